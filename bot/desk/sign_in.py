"""What a sign-in is refused for, and the pure rules of passwords, codes and delays."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import pyotp
from zxcvbn import zxcvbn

from bot.errors import VentanillaError

FREE_ATTEMPTS = 3
LONGEST_DELAY = timedelta(minutes=15)
SHORTEST_PASSWORD = 12
WEAKEST_SCORE = 3
"""Of zxcvbn's 0 to 4: safely unguessable with a slow hash."""


class SignInFailed(VentanillaError):
    """Name, password or code are wrong; the answer is the same for all and for unknown names.

    Attributes:
        wait: seconds after which another attempt is taken.
    """

    def __init__(self, wait: int = 0) -> None:
        super().__init__("sign-in failed")
        self.wait = wait


class SignInDelayed(SignInFailed):
    """Too many failures; nothing was checked."""


class SessionEnded(VentanillaError):
    """There is no such session (any more)."""


class InvitationInvalid(VentanillaError):
    """The invitation is unknown, used or too old."""


class PasswordTooWeak(VentanillaError):
    """The new password can be guessed.

    Attributes:
        reason: ``short`` or ``weak``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"password {reason}")
        self.reason = reason


class AgentUnknown(VentanillaError):
    """There is no such agent.

    Attributes:
        agent: the number or address that was asked for.
    """

    def __init__(self, agent: str) -> None:
        super().__init__(f"there is no agent {agent}")
        self.agent = agent


class AgentExists(VentanillaError):
    """An agent with this address exists already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"an agent with the address {email} exists already")
        self.email = email


def check_password(password: str, email: str, easy: Sequence[str] = ()) -> None:
    """Refuses passwords that can be guessed.

    Args:
        easy: words that add nothing, beside those of zxcvbn, which knows little Spanish.

    Raises:
        PasswordTooWeak: it is too short, or zxcvbn finds it guessable.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooWeak("short")
    known = [email, *re.split(r"[^a-z0-9]+", email.lower()), "ventanilla", *easy]
    if zxcvbn(password[:72], user_inputs=known)["score"] < WEAKEST_SCORE:
        raise PasswordTooWeak("weak")


def delay_after(failures: int) -> timedelta:
    """1, 2, 4 … seconds from the fourth attempt on."""
    if failures <= FREE_ATTEMPTS:
        return timedelta()
    return min(LONGEST_DELAY, timedelta(seconds=2 ** min(20, failures - FREE_ATTEMPTS - 1)))


def matching_step(secret: str, code: str, used: int, now: datetime) -> int | None:
    """The time step whose code this is, one step of tolerance either way; None for wrong and used ones (RFC 6238)."""
    totp, given = pyotp.TOTP(secret), "".join(code.split())
    current = int(now.timestamp()) // totp.interval
    for step in (current - 1, current, current + 1):
        if step > used and secrets.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            return step
    return None


def hash_token(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
