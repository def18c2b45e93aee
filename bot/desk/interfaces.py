"""What other parts may ask of the help desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from bot.errors import VentanillaError
from bot.platforms import Platform

GENERAL = "general"
"""The team of cases whose platform is not known."""

TEAMS = (*(platform.value for platform in Platform), GENERAL)
"""Teams are platforms, and one for the rest."""


class Reason(str, Enum):
    """Why a conversation goes to a person."""

    ASKED = "asked"
    """The person wants one."""
    FAILED = "failed"
    """A third failure of the bot or of a form."""
    IDENTITY = "identity"
    """Who asks cannot be proved with the data given."""
    MAILBOX = "mailbox"
    """The registered mailbox is lost."""
    INACTIVE = "inactive"
    """An inactive account that needs a form."""
    FRUSTRATED = "frustrated"
    STEP = "step"
    """A step of a guide does not work."""
    FOLLOW_UP = "follow_up"
    """The person goes on with a case that was answered by mail."""


class CaseState(str, Enum):
    """Where a case is."""

    WAITING = "waiting"
    """In the live queue; the person waits in the chat."""
    TAKEN = "taken"
    """An agent speaks with the person."""
    PENDING = "pending"
    """To be answered by mail; the bot has the conversation meanwhile."""
    ANSWERED = "answered"
    """Answered by mail, and open until the person or the agent ends it."""
    CLOSED = "closed"


class CloseReason(str, Enum):
    """How a case ended."""

    SOLVED = "solved"
    REFERRED = "referred"
    """The institution itself has to act, and the person was told how."""
    NOT_SOLVED = "not_solved"
    RETURNED = "returned"
    """The agent gave the conversation back to the bot."""
    LEFT = "left"
    """The person left the queue."""
    IDLE = "idle"
    """The person did not answer any more."""
    DUPLICATE = "duplicate"


class OfferKind(str, Enum):
    """What can honestly be offered now."""

    LIVE = "live"
    MAIL = "mail"


class Absence(str, Enum):
    """Why nobody is there."""

    NONE = ""
    CLOSED = "closed"
    HOLIDAY = "holiday"
    NOBODY = "nobody"
    FULL = "full"
    """More people wait than can be attended before the desk closes."""


@dataclass(frozen=True)
class Availability:
    """What may be promised now, looked up before anything is offered.

    Attributes:
        kind: whether somebody is there.
        absence: why not, when nobody is.
        ahead: how many wait already.
        minutes: the honest range of the wait, from and to; zeros without a live offer.
        opens_at: when the desk opens next (None while it is open).
        answer_by: until when a case by mail is answered.
        facts: the same in words, for the responses: ``wait_from``, ``wait_to``, ``ahead``, ``opens``, ``answer_by``,
            ``holiday``.
    """

    kind: OfferKind
    absence: Absence
    ahead: int
    minutes: tuple[int, int]
    opens_at: datetime | None
    answer_by: datetime
    facts: dict[str, str | int]


@dataclass(frozen=True)
class CaseContext:
    """What the bot knows when it hands over.

    Attributes:
        platform: None where it is not known yet.
        topic: the intent or task that it is about.
        guide: id of the guide under way, or empty.
        step: its step's title or id, or empty.
        login: the user code or name that the person gave, or empty; agents see it masked.
        email: where the answer goes when nobody is there, or empty.
        resume: the payload with which the bot takes up what was interrupted (``/repetir_paso``), or empty.
        key: idempotency key of the user's message that led here; the same key opens one case.
    """

    platform: Platform | None = None
    topic: str = ""
    guide: str = ""
    step: str = ""
    login: str = ""
    email: str = ""
    resume: str = ""
    key: str = ""


@dataclass(frozen=True)
class CaseOpened:
    """A committed case. The person has been told by then: the caller says nothing more.

    Attributes:
        number: as the person reads it.
        kind: ``LIVE``: the bot is silent from now on, whatever it answers in this turn is not sent.
        needs_email: the case is by mail and no address is known; :meth:`DeskService.set_email` takes one.
    """

    number: str
    kind: OfferKind
    needs_email: bool
    facts: dict[str, str | int]


@dataclass(frozen=True)
class CaseStatus:
    """What a person is told of their own case. ``facts``: ``number``, ``opened``, ``answer_by``, ``closed``."""

    state: CaseState
    facts: dict[str, str | int]


class CaseUnknown(VentanillaError):
    """There is no such case, or not for who asks: the answer is the same."""


class TooManyQuestions(VentanillaError):
    """Too many attempts to learn of a case.

    Attributes:
        minutes: after which another one is taken.
    """

    def __init__(self, minutes: int) -> None:
        super().__init__(f"again in {minutes} min")
        self.minutes = minutes


class CaseTaken(VentanillaError):
    """Somebody else has the case.

    Attributes:
        by: that agent's name.
    """

    def __init__(self, by: str) -> None:
        super().__init__("the case is taken")
        self.by = by


class CaseMoved(VentanillaError):
    """The case is not in a state in which this can be done.

    Attributes:
        state: where it is.
    """

    def __init__(self, state: CaseState) -> None:
        super().__init__(f"the case is {state.value}")
        self.state = state


class NotAllowed(VentanillaError):
    """The agent's role or teams do not allow it."""


class Signals(Protocol):
    """Passing things between a person and the agent who has their case."""

    async def typing(self, conversation: str) -> None:
        """The person is writing."""

    async def received(self, conversation: str, seq: int) -> None:
        """Everything up to a message stands on the person's screen."""

    def follow(self, conversation: str = "") -> AsyncIterator[str]:
        """The conversation, each time an agent writes in it; without one, all of them. Ends with the service."""


class DeskService(Protocol):
    """What the conversation asks of the help desk."""

    async def offer(self, platform: Platform | None) -> Availability:
        """What can be offered now. Ask before anything is promised."""

    async def open_case(self, conversation: str, reason: Reason, context: CaseContext) -> CaseOpened:
        """Opens a case, or gives the open one of this conversation.

        Availability is looked up again inside. Owner, case and the words to the person commit together.

        Raises:
            ConversationUnknown: there is no such conversation.
        """

    async def set_email(self, conversation: str, email: str) -> str:
        """Gives the conversation's newest open case an address for its answer, and mails its number there.

        Returns:
            The case's number.

        Raises:
            CaseUnknown: no case of this conversation is open.
        """

    async def case_status(self, number: str, email: str, conversation: str) -> CaseStatus:
        """The state of one's own case.

        Raises:
            CaseUnknown: number and address do not belong together.
            TooManyQuestions: too many attempts of this conversation or for this number.
        """

    async def cases_of(self, conversation: str) -> Sequence[CaseStatus]:
        """The cases that this conversation itself opened, newest first: no address has to be given for those."""
