"""What a drawing shows, before it has any size. A label that begins with ``(1)`` is the thing to press, number 1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

_MARK = re.compile(r"^\((\d)\)\s*(.*)$", re.DOTALL)


@dataclass(frozen=True)
class Label:
    """A text on the screen, with the number of its mark or 0."""

    text: str
    mark: int = 0

    @staticmethod
    def read(raw: str) -> Label:
        """``"(1) Entrar"`` → ``Label("Entrar", 1)``."""
        found = _MARK.match(raw.strip())
        return Label(found.group(2).strip(), int(found.group(1))) if found else Label(raw.strip())


@dataclass(frozen=True)
class Heading:
    label: Label


@dataclass(frozen=True)
class Paragraph:
    """Text of the page; ``small`` for notes."""

    label: Label
    small: bool = False


@dataclass(frozen=True)
class Field:
    """A box to fill. ``kind``: ``text``, ``list``, ``secret`` or ``date``."""

    label: Label
    value: str = ""
    kind: str = "text"
    required: bool = False


@dataclass(frozen=True)
class FieldGrid:
    """Several fields, two a line."""

    fields: Sequence[Field]


@dataclass(frozen=True)
class Check:
    label: Label
    checked: bool = False


@dataclass(frozen=True)
class Options:
    """Radio buttons, one of them chosen."""

    labels: Sequence[Label]
    chosen: str = ""


@dataclass(frozen=True)
class Buttons:
    """Buttons side by side; the first, or the marked ones, are drawn strong."""

    labels: Sequence[Label]


@dataclass(frozen=True)
class Links:
    labels: Sequence[Label]


@dataclass(frozen=True)
class Table:
    """A table; the cells of the columns named in ``links`` look like links."""

    columns: Sequence[Label]
    rows: Sequence[Sequence[Label]]
    links: Sequence[str] = ()


@dataclass(frozen=True)
class Alert:
    """A message of the platform. ``kind``: ``good``, ``bad`` or ``warn``."""

    label: Label
    kind: str = "warn"


@dataclass(frozen=True)
class TreeItem:
    label: Label
    children: Sequence[TreeItem] = ()


@dataclass(frozen=True)
class Tree:
    """A menu, opened."""

    items: Sequence[TreeItem]


@dataclass(frozen=True)
class Stages:
    """The progress line of a form in several parts; ``current`` counts from 1."""

    labels: Sequence[Label]
    current: int = 1


@dataclass(frozen=True)
class Card:
    """Names and values, one pair a line."""

    pairs: Sequence[tuple[Label, str]]


Element = Union[  # noqa: UP007 - evaluated at run time
    Heading,
    Paragraph,
    Field,
    FieldGrid,
    Check,
    Options,
    Buttons,
    Links,
    Table,
    Alert,
    Tree,
    Stages,
    Card,
]


@dataclass(frozen=True)
class Drawing:
    """One screen.

    Attributes:
        kind: ``window`` (a page in a browser), ``mail`` or ``dialog``.
        title: the window's title.
        menu: the menu bar, may be empty.
        sender, subject: of a mail.
    """

    kind: str
    title: str
    elements: Sequence[Element]
    menu: Sequence[Label] = ()
    sender: str = ""
    subject: str = ""
