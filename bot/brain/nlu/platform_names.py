"""Which platform a message is about: named, misspelled, called by its institution, or implied by a code's shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.brain.nlu.finders.base import Found
from bot.brain.nlu.lexicon import read_package_yaml
from bot.platforms import Platform

PLATFORM = "platform"
_WORD = re.compile(r"[^\W\d_]{4,}")
_SEACE_CODE = re.compile(r"\d{6}_\d{5}")


@dataclass(frozen=True)
class _Names:
    exact: tuple[tuple[Platform, re.Pattern[str]], ...]
    near: tuple[tuple[Platform, str], ...]
    never: frozenset[str]
    hints: tuple[tuple[Platform, re.Pattern[str]], ...]


@lru_cache(maxsize=1)
def _names() -> _Names:
    table = read_package_yaml("platforms.yml")
    platforms = [(platform, table[platform.value]) for platform in Platform]

    def joined(patterns: Sequence[str]) -> re.Pattern[str]:
        return re.compile(r"(?<![\w@.])(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + r")(?![\w@])")

    return _Names(
        tuple((platform, joined(names["exact"])) for platform, names in platforms),
        tuple((platform, word) for platform, names in platforms for word in names["near"]),
        frozenset(word for _platform, names in platforms for word in names["never"]),
        tuple(
            (platform, joined(table["hints"][platform.value]))
            for platform in Platform
            if table["hints"][platform.value]
        ),
    )


def named(text: str) -> list[Found]:
    """Every platform that a folded text names, in the order of the text."""
    names = _names()
    found = [
        Found(PLATFORM, *match.span(), platform.value, 1.0)
        for platform, pattern in names.exact
        for match in pattern.finditer(text)
    ]
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) > 8 or word in names.never or any(one.start <= match.start() < one.end for one in found):
            continue
        for platform, name in names.near:
            if word[0] == name[0] and OSA.distance(word, name, score_cutoff=1) <= 1:
                found.append(Found(PLATFORM, *match.span(), platform.value, 0.7))
                break
    return sorted(found, key=lambda one: one.start)


def implied(text: str, data: Sequence[Found]) -> Found | None:
    """The platform that the data or the words imply when none is named; its place is that of the hint.

    A code of six and five digits is SEACE's; a RUC of 13 digits, or the word RUC, is SOCE's, the only platform whose
    sign-in page asks for it.
    """
    for one in data:
        if one.kind == "user_code" and _SEACE_CODE.fullmatch(one.value):
            return Found(PLATFORM, one.start, one.end, Platform.SEACE.value, 0.9)
    for one in data:
        if one.kind == "ruc":
            if one.facts.get("country") == "ec":
                return Found(PLATFORM, one.start, one.end, Platform.SOCE.value, 0.7)
            return None
    for platform, pattern in _names().hints:
        match = pattern.search(text)
        if match:
            return Found(PLATFORM, *match.span(), platform.value, 0.6)
    return None


def platforms_in(text: str, data: Sequence[Found]) -> list[Found]:
    """The platforms of a message: those named (not within an address), else the one implied, else none."""
    addresses = [one for one in data if one.kind == "email"]
    found = [one for one in named(text) if not any(other.start <= one.start < other.end for other in addresses)]
    if found:
        return found
    hint = implied(text, data)
    return [hint] if hint else []


def main_platform(found: Sequence[Found]) -> str | None:
    """The platform that the message is about when it names several: the last one ("no SEACE, SOCE")."""
    return found[-1].value if found else None
