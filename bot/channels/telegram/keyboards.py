"""Buttons of the log as inline keyboards. Pure.

Telegram gives a button 64 bytes of data and payloads are often longer, so a button carries its place in the log
instead: conversation, message, position. Nothing has to be kept for it, it never expires, and what is pressed is
looked up where it was written. (Bot API, ``InlineKeyboardButton.callback_data``: 1–64 bytes.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CHOSEN = "-"
"""The data of the one button that is left once a choice was made; pressing it does nothing."""

SHORT_TITLE = 14
"""Titles up to this length stand two in a row; a phone shows no more of them."""

MAX_BUTTONS = 100
_KNOWN_BY = 8
_DATA = re.compile(r"([0-9a-f-]{8}):([0-9]{1,9}):([0-9]{1,2})")


@dataclass(frozen=True)
class Place:
    """Where a button was written: which message of which conversation, and which of its buttons."""

    conversation: str
    seq: int
    index: int

    @property
    def data(self) -> str:
        """The button's data; of the conversation its beginning is enough to tell it from a chat's earlier one."""
        return f"{self.conversation[:_KNOWN_BY]}:{self.seq}:{self.index}"

    def is_in(self, conversation: str) -> bool:
        """Whether it is a button of this conversation."""
        return conversation[:_KNOWN_BY] == self.conversation[:_KNOWN_BY]


@dataclass(frozen=True)
class Button:
    """One button as Telegram gets it."""

    title: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


def keyboard(conversation: str, seq: int, buttons: Sequence[Mapping[str, str]]) -> Keyboard:
    """The keyboard of a message: short titles two in a row, others one."""
    rows: list[list[Button]] = []
    for index, button in enumerate(buttons[:MAX_BUTTONS]):
        # A button without words would have Telegram refuse the message.
        title = button.get("title", "").strip() or "…"
        made = Button(title, Place(conversation, seq, index).data)
        if rows and len(rows[-1]) == 1 and max(len(title), len(rows[-1][0].title)) <= SHORT_TITLE:
            rows[-1].append(made)
        else:
            rows.append([made])
    return tuple(tuple(row) for row in rows)


def chosen(title: str) -> Keyboard:
    """What is left of a keyboard: the choice, marked."""
    return ((Button(f"✓ {title}", CHOSEN),),)


def place_of(data: str) -> Place | None:
    """Where the button with this data was written; None for data that we never made."""
    found = _DATA.fullmatch(data)
    return Place(found.group(1), int(found.group(2)), int(found.group(3))) if found else None
