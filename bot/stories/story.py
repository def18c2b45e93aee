"""What a story is: steps of a person, and what is expected of the bot, the mailbox and the accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

Reset = Literal["open", "look", "password"]
NEW, OLD = "new", "old"
"""Instead of a password: the mailed one, and the one before it."""


@dataclass(frozen=True)
class Step:
    """Something that is done or expected, and the line it is written on."""

    line: int


@dataclass(frozen=True)
class Say(Step):
    """The person writes."""

    text: str


@dataclass(frozen=True)
class Press(Step):
    """The person presses a button of the latest messages, or of any earlier one."""

    title: str
    earlier: bool = False


@dataclass(frozen=True)
class Forge(Step):
    """Somebody sends a button's payload that may never have been offered."""

    payload: str


@dataclass(frozen=True)
class Refused(Step):
    """The service did not take the message and said this."""

    response: str


@dataclass(frozen=True)
class Answer(Step):
    """What the bot answers to the latest message. ``responses`` are all of its messages, in order."""

    responses: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    no_buttons: bool = False
    messages: int | None = None
    keep_as: str = ""
    same_as: str = ""


@dataclass(frozen=True)
class Mails(Step):
    """What has arrived for an address in the whole story; the texts are of the latest mail. No address: nothing."""

    to: str
    count: int | None = None
    subject: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link(Step):
    """The link of a mail is opened (GET), looked at by a program (HEAD) or used with a new password (POST)."""

    to: str
    number: int
    action: Reset
    expected: str
    password: str = ""


@dataclass(frozen=True)
class AccountState(Step):
    """What the account system has. ``password``: ``NEW``, ``OLD``, or the password itself."""

    platform: str
    login: str
    status: str = ""
    password: str = ""
    must_change: bool | None = None


@dataclass(frozen=True)
class Wait(Step):
    """Time passes."""

    time: timedelta


@dataclass(frozen=True)
class NewConversation(Step):
    """Another conversation begins; the first one is called ``inicio``."""

    name: str


@dataclass(frozen=True)
class BackTo(Step):
    """An earlier conversation goes on."""

    name: str


@dataclass(frozen=True)
class Restart(Step):
    """The service is stopped and started again."""


@dataclass(frozen=True)
class Story:
    """One story.

    Attributes:
        bumpy: whether something goes otherwise than the shortest way.
        pending: why the product cannot yet do this; empty when it can.
    """

    title: str
    file: Path
    line: int
    bumpy: bool
    pending: str = ""
    steps: tuple[Step, ...] = field(default=())
