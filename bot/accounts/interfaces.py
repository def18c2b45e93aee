"""Accounts: what they are, what can be asked of the system that keeps them, and what may go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from bot.db.engine import Transaction
from bot.errors import VentanillaError
from bot.platforms import Platform


class Role(str, Enum):
    """Administrators of an entity's account, or its other users (delegates, suppliers)."""

    ADMIN = "admin"
    USER = "user"


class Status(str, Enum):
    """An account's state as its platform keeps it. Expiry is computed, never stored."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Account:
    """One user of one platform. Empty strings and None where the platform lacks a datum."""

    platform: Platform
    user_code: str
    username: str
    id_document: str
    ruc: str
    email: str
    phone: str
    full_name: str
    birth_date: date | None
    entity: str
    role: Role
    status: Status
    password_changed_at: datetime | None
    must_change_password: bool = False

    @property
    def login(self) -> str:
        """What the person types to sign in: the user code on SEACE, the user name elsewhere."""
        return self.user_code or self.username


class AccountBackendError(VentanillaError):
    """The system that keeps the accounts could not do what was asked."""


class AccountBackendUnavailable(AccountBackendError):
    """It does not answer, or answers that it cannot now. Trying again later may work."""


class AccountChangeUncertain(AccountBackendUnavailable):
    """A change was sent to a remote system and its answer was lost: it may have been made or not."""


class AccountUnknown(AccountBackendError):
    """There is no such account."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(f"no such account on {platform.value}")
        self.platform = platform


@dataclass(frozen=True)
class AccountQuery:
    """Which accounts to find: every field given must match (case and blanks around are ignored).

    At least one field besides the platform is given. ``phone`` is compared by its last ten digits at most.
    """

    platform: Platform
    user_code: str = ""
    username: str = ""
    id_document: str = ""
    ruc: str = ""
    email: str = ""
    phone: str = ""
    role: Role | None = None


class AccountBackend(Protocol):
    """The system that keeps the accounts: ours in SQL, or an institution's own over HTTP."""

    @property
    def local(self) -> bool:
        """Whether :meth:`set_password` writes inside the caller's transaction, so that it commits with the mail."""

    async def find(self, query: AccountQuery) -> Sequence[Account]:
        """Every account that matches, in a stable order; empty when none does.

        Raises:
            AccountBackendUnavailable: the system does not answer.
        """

    async def set_password(
        self,
        transaction: Transaction | None,
        platform: Platform,
        login: str,
        new_password: str,
        *,
        temporary: bool,
        idempotency_key: str,
    ) -> None:
        """Replaces the password, notes when, and lifts a block by expiry; never an inactive state.

        A local backend writes inside ``transaction``, which it needs. A remote one calls its system and ignores it.
        A repeated ``idempotency_key`` is the same change and has no second effect.

        Args:
            login: the account's :attr:`Account.login`.
            temporary: the person must choose another one at the first sign-in.

        Raises:
            AccountUnknown: no such account.
            AccountChangeUncertain: the answer of a remote system was lost after the change was sent.
            AccountBackendUnavailable: the system does not answer; nothing was changed.
        """

    async def verify_password(self, platform: Platform, login: str, password: str) -> bool:
        """Whether this password signs in now (demo page and tests). False for unknown accounts, in equal time."""


# ---------------------------------------------------------------------------------------------
# The account service: what the conversation asks for. Every method counts its attempt against the limits
# before it looks anything up, writes the audit trail, and repeats its answer, without a second effect,
# when it is called again with the same idempotency key.


@dataclass(frozen=True)
class RequestContext:
    """Who asks, for limits, audit and idempotency.

    Attributes:
        conversation: the conversation's id.
        address: the client's network address, or empty where a channel has none.
        idempotency_key: unique for the user's message that led to the request.
    """

    conversation: str
    address: str
    idempotency_key: str


class Result(str, Enum):
    """How a request ended. The conversation's response is named after it: ``utter_<task>_<platform>_<result>``.

    ``ACCEPTED`` is the one neutral answer: it is the same whether or not the data belong to an account.
    """

    ACCEPTED = "accepted"
    """Whatever is due goes by mail to the address on file, if the data are right."""
    BAD_FORMAT = "bad_format"
    """A code or name that cannot exist on this platform; nothing was looked up. Facts: ``reason``."""
    INACTIVE = "inactive"
    """Told only to who gave the login and its registered e-mail, or as the platform discloses."""
    LIMITED = "limited"
    """Too many attempts. Facts: ``minutes`` to wait."""
    UNAVAILABLE = "unavailable"
    """The account system does not answer; nothing was changed."""
    NOT_CONFIRMED = "not_confirmed"
    """The data given do not prove who asks: same answer for unknown and wrong."""
    CHALLENGE_FAILED = "challenge_failed"
    """The security check's answer is wrong or too old; a new one has been asked for."""
    NO_EMAIL = "no_email"
    """The delegate's contact has no e-mail, so nothing can be sent (told to a proven administrator only)."""
    DELEGATE_UNKNOWN = "delegate_unknown"
    """The entity has no such user (told to a proven administrator only)."""
    DONE = "done"
    """It was done and this person may know it. Facts: ``email`` masked."""
    FOUND = "found"
    """Told as the platform discloses. Facts: ``what`` (username|email), ``shown`` (masked, whole or empty),
    ``email`` masked."""
    NOT_FOUND = "not_found"
    """Only where the platform's disclosure is not ``mail``."""
    ACTIVE = "active"
    EXPIRED = "expired"
    """Blocked by itself because the password was not changed in time. Facts: ``days`` since the last change."""
    BLOCKED = "blocked"
    RECENT = "recent"
    """The same was sent moments ago; nothing was sent again. Facts: ``minutes`` until it can be."""
    NOTHING_SENT = "nothing_sent"
    """Nothing was sent in this conversation that could be sent again."""


@dataclass(frozen=True)
class Outcome:
    """A result and the facts that its response may show: never a secret, addresses always masked."""

    result: Result
    facts: dict[str, str | int]


@dataclass(frozen=True)
class CodeCheck:
    """Whether a code or user name can exist on a platform.

    Attributes:
        valid: whether it has the platform's form.
        reason: why it is not valid, one of the reasons that the responses have words for:
            ``empty``, ``letters``, ``separator``, ``blank``, ``short``, ``long``, ``characters``, ``only_digits``.
            A valid one may carry a piece of advice: ``upper_case`` (lower case is advised on SOCE).
        normalized: the code without blanks around it, dashes of other kinds made underscores where that is the form.
    """

    valid: bool
    reason: str
    normalized: str


@dataclass(frozen=True)
class ResetPage:
    """What the page behind a reset link may show."""

    login: str
    platform: Platform
    expires_at: datetime


class ResetLinkInvalid(VentanillaError):
    """The link is unknown, used, replaced by a newer one or too old: the page says the same of all four."""


class PasswordRejected(VentanillaError):
    """The new password does not meet the platform's rules.

    Attributes:
        reasons: keys of the rules that it fails: ``length_min``, ``length_max``, ``upper``, ``lower``,
            ``digit``, ``letter``, ``special``, ``common``, ``contains_login``, ``repeated``.
    """

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("password rejected: " + ", ".join(reasons))
        self.reasons = tuple(reasons)


class AccountService(Protocol):
    """Account recovery by each platform's rules."""

    def check_code(self, platform: Platform, code: str) -> CodeCheck:
        """Whether the code or user name has the platform's form. Pure; tells nothing about accounts."""

    async def reset_by_code(self, platform: Platform, user_code: str, email: str, context: RequestContext) -> Outcome:
        """SEACE: a new password to the registered address (ACCEPTED, INACTIVE, BAD_FORMAT, LIMITED, UNAVAILABLE)."""

    async def challenge(self, context: RequestContext) -> str:
        """Draws a new security check for the conversation, keeps its answer on the server and returns the question's
        two numbers as ``"7+5"``; the response puts it in words."""

    async def reset_administrator(
        self,
        platform: Platform,
        identifier: str,
        email: str,
        birth_date: date,
        challenge_answer: str,
        reason: str,
        context: RequestContext,
    ) -> Outcome:
        """SOCE: the administrator's own reset: temporary password and request letter by mail
        (ACCEPTED, CHALLENGE_FAILED, LIMITED, UNAVAILABLE)."""

    async def reset_on_behalf(self, platform: Platform, username: str, reason: str, context: RequestContext) -> Outcome:
        """SOCE: the help desk has the administrator's own reset sent, to the registered address as always
        (ACCEPTED, LIMITED, UNAVAILABLE)."""

    async def ask_administrator(self, platform: Platform, ruc: str, username: str, context: RequestContext) -> Outcome:
        """SOCE: mails the entity's administrator that this delegate needs a reset (ACCEPTED, LIMITED, UNAVAILABLE)."""

    async def reset_delegate(
        self,
        platform: Platform,
        identifier: str,
        email: str,
        birth_date: date,
        delegate: str,
        context: RequestContext,
    ) -> Outcome:
        """SOCE: a proven administrator resets a delegate, whose new password goes to the delegate's address;
        the administrator gets a notice
        (DONE, NO_EMAIL, DELEGATE_UNKNOWN, NOT_CONFIRMED, INACTIVE, LIMITED, UNAVAILABLE)."""

    async def send_link(
        self, platform: Platform, username: str, context: RequestContext, *, again: bool = False
    ) -> Outcome:
        """SECOP II: one link by mail. Asked again within the cool-down nothing more is sent and the answer is the
        same; a newer link kills the older (ACCEPTED, BAD_FORMAT, LIMITED, UNAVAILABLE)."""

    async def look_up(self, platform: Platform, kind: str, value: str, context: RequestContext) -> Outcome:
        """Finds a user name (``kind`` ``id_document``, ``email`` or ``ruc``) or the e-mail on file (``phone`` or
        ``username``), disclosed as the platform says (FOUND, NOT_FOUND, ACCEPTED, LIMITED, UNAVAILABLE)."""

    async def status(self, platform: Platform, login: str, email: str, context: RequestContext) -> Outcome:
        """The account's state, only to who knows login and registered e-mail
        (ACTIVE, INACTIVE, EXPIRED, BLOCKED, NOT_CONFIRMED, BAD_FORMAT, LIMITED, UNAVAILABLE)."""

    async def send_again(self, context: RequestContext) -> Outcome:
        """Does again what this conversation last asked to be mailed, with a new secret, within limits
        (DONE, RECENT, LIMITED, NOTHING_SENT, UNAVAILABLE). Same answer whether or not the data were right."""

    async def open_reset(self, token: str) -> ResetPage:
        """What the page of a reset link shows; leaves the link valid.

        Raises:
            ResetLinkInvalid: the link cannot be used.
        """

    async def complete_reset(self, token: str, new_password: str) -> ResetPage:
        """Sets the password chosen on the page and uses the link up.

        Raises:
            ResetLinkInvalid: the link cannot be used (any more).
            PasswordRejected: the password breaks a rule; the link stays valid.
        """
