"""How wide a text is, from the widths of the font that the drawings are set in (``fonts/README.md``)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")
ASCENT = 0.78
"""Height of capitals with an accent above the baseline, as a share of the font size."""
DESCENT = 0.24
LEADING = 1.32
# Long addresses may break behind these.
_BREAKS = re.compile(r"(?<=[/.@_])")


@lru_cache(maxsize=1)
def _widths() -> Mapping[str, Mapping[str, int]]:
    loaded: Mapping[str, Mapping[str, int]] = json.loads((FONTS / "widths.json").read_text(encoding="utf-8"))
    return loaded


def width(text: str, size: float, bold: bool = False) -> float:
    """The advance of a line, in the unit of ``size``. Characters outside the font count as the widest letter."""
    table = _widths()["bold" if bold else "regular"]
    return sum(table.get(char, 1000) for char in text) * size / 1000


def wrap(text: str, size: float, limit: float, bold: bool = False) -> tuple[Sequence[str], Sequence[str]]:
    """Breaks a text into lines no wider than ``limit``.

    Returns:
        The lines, and the words that had to be broken where no break is natural.
    """
    lines: list[str] = []
    broken: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if width(candidate, size, bold) <= limit:
            line = candidate
            continue
        if line:
            lines.append(line)
        pieces = _pieces(word, size, limit, bold, broken)
        lines += pieces[:-1]
        line = pieces[-1]
    return [*lines, line] if line else lines, broken


def longest_word(text: str, size: float, bold: bool = False) -> float:
    """The width below which a text cannot be set without breaking a word."""
    parts = [part for word in text.split() for part in _BREAKS.split(word)]
    return max((width(part, size, bold) for part in parts), default=0)


def _pieces(word: str, size: float, limit: float, bold: bool, broken: list[str]) -> list[str]:
    """A word that is too wide, cut behind its punctuation, or anywhere when that is not enough."""
    pieces = [""]
    for part in _BREAKS.split(word):
        if width(pieces[-1] + part, size, bold) <= limit:
            pieces[-1] += part
            continue
        if pieces[-1]:
            pieces.append("")
        if width(part, size, bold) > limit:
            broken.append(word)
        for char in part:
            if pieces[-1] and width(pieces[-1] + char, size, bold) > limit:
                pieces.append("")
            pieces[-1] += char
    return pieces
