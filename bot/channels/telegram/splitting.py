"""Long texts in parts that Telegram takes, cut where a reader would pause. Pure.

Telegram counts UTF-16 code units after the markup was read (Bot API, "Formatting options"; 1–4096 for ``text`` of
``sendMessage``, 0–1024 for ``caption`` of ``sendPhoto``).
"""

from __future__ import annotations

import re
import unicodedata

MAX_TEXT = 4096
MAX_CAPTION = 1024

_PAUSES = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])[\"'»”)\]]*\s+"),
    re.compile(r"(?<=[;:,])\s+"),
    re.compile(r"\s+"),
)
"""Places to cut at, the best first."""

_LEAST = 0.5
"""A better kind of pause is preferred to a later one as long as the part stays this full."""


def utf16_length(text: str) -> int:
    """The length as Telegram counts it: characters beyond the basic plane count twice."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def split(text: str, limit: int = MAX_TEXT) -> list[str]:
    """The text in parts of at most ``limit`` UTF-16 units, without the white space at the cuts.

    An empty text has no parts. A word is cut only when it alone is longer than the limit.
    """
    parts, rest = [], text.strip()
    while rest:
        reach = _reach(rest, limit)
        if reach == len(rest):
            parts.append(rest)
            break
        cut = _cut(rest, reach)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return parts


def _reach(text: str, limit: int) -> int:
    """How many characters from the start fit."""
    if len(text) * 2 <= limit:
        return len(text)
    units = 0
    for index, char in enumerate(text):
        units += 2 if ord(char) > 0xFFFF else 1
        if units > limit:
            return index
    return len(text)


def _cut(text: str, reach: int) -> int:
    # One character more is looked at: a pause right behind the last one that fits is a good place.
    window = text[: reach + 1]
    for kind in _PAUSES:
        ends = [found for found in kind.finditer(window) if 0 < found.start() <= reach]
        if ends and ends[-1].start() >= reach * _LEAST:
            return ends[-1].start() + _closing(ends[-1].group())
    return _between_signs(text, reach)


def _closing(pause: str) -> int:
    """Closing quotation marks and brackets stay with their sentence."""
    return len(pause) - len(pause.lstrip("\"'»”)]"))


def _between_signs(text: str, reach: int) -> int:
    """A place near ``reach`` that does not part a letter from its accent or an emoji from what shapes it."""
    for cut in range(reach, max(reach - 20, 0), -1):
        after, before = text[cut], text[cut - 1]
        shaped = unicodedata.combining(after) or after in "\u200d\ufe0e\ufe0f\u20e3" or 0x1F3FB <= ord(after) <= 0x1F3FF
        if not shaped and before != "\u200d":
            return cut
    return max(reach, 1)
