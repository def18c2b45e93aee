"""Data in a message: user codes, e-mails, document numbers, telephones, dates and user names, found by rule.

Everything is found in the folded text with dictated numbers written out; the places that come back are those of
the original text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.brain.nlu.aligned import Aligned
from bot.brain.nlu.finders.base import Found
from bot.brain.nlu.finders.code import USER_CODE, find_codes
from bot.brain.nlu.finders.date import DATE, find_dates
from bot.brain.nlu.finders.email import EMAIL, find_emails
from bot.brain.nlu.finders.number import ID_DOCUMENT, PHONE, RUC, find_numbers
from bot.brain.nlu.finders.username import USERNAME, find_usernames
from bot.brain.nlu.normalise import fold
from bot.brain.nlu.platform_names import platforms_in
from bot.brain.nlu.spoken import write_out

KINDS = (USER_CODE, EMAIL, RUC, ID_DOCUMENT, PHONE, DATE, USERNAME)
_EXPECTED = {
    "id_document": "id",
    "document": "id",
    "nit": "nit",
    "ruc": "ruc",
    "phone": "phone",
    "birth_date": "birth",
    "date": "birth",
}


@dataclass(frozen=True)
class Extraction:
    """What was found in a message.

    Attributes:
        entities: data in the order of the text, no two of them overlapping, then the platforms.
        masked: the folded text with each of them replaced by a placeholder such as ``<email>``, for the classifier.
    """

    entities: tuple[Found, ...]
    masked: str


def _anything_is_a_word(_token: str) -> bool:
    return True


def extract(
    text: str, is_word: Callable[[str], bool] = _anything_is_a_word, requested: str | None = None
) -> Extraction:
    """Finds all data in a message.

    Args:
        text: as the person wrote it.
        is_word: whether a token is an ordinary word; without it only unmistakable user names are found.
        requested: the slot that the conversation asks for, or None.
    """
    ground = write_out(fold(text))
    found = sorted(_without_overlaps(_find(ground.text, is_word, requested or "")), key=lambda one: one.start)
    masked: list[str] = []
    done = 0
    for one in found:
        masked += [ground.text[done : one.start], f" <{one.kind}> "]
        done = one.end
    masked.append(ground.text[done:])
    platforms = platforms_in(ground.text, found)
    return Extraction(tuple(_back(ground, one) for one in (*found, *platforms)), "".join(masked))


def _find(text: str, is_word: Callable[[str], bool], requested: str) -> Iterator[Found]:
    expected = _EXPECTED.get(requested, "")
    yield from find_emails(text)
    usernames = list(find_usernames(text, is_word, requested in ("username", "user_code")))
    digits = any(character.isdigit() for character in text)
    if digits or "_" in text or "bajo" in text:
        yield from _codes_or_usernames(text, usernames)
    if digits:
        yield from (one for one in usernames if one.value.isdigit())
        yield from find_dates(text, expected == "birth")
        yield from find_numbers(text, "" if expected == "birth" else expected)
    yield from usernames


_OLD_CODE = re.compile(r"[a-z]{1,2}_\w+|\w+_\w+_\w+")


def _codes_or_usernames(text: str, usernames: list[Found]) -> Iterator[Found]:
    """A token with letters and an underscore is a code, unless it is called a user name and has no code's shape."""
    named = {(one.start, one.end) for one in usernames}
    for code in find_codes(text):
        if (
            (code.start, code.end) in named
            and not re.fullmatch(r"\d+_\d+", code.value)
            and not _OLD_CODE.fullmatch(code.value)
        ):
            continue
        yield code


def _without_overlaps(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in found:
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return kept


def _back(ground: Aligned, one: Found) -> Found:
    start, end = ground.span(one.start, one.end)
    return Found(one.kind, start, end, one.value, one.confidence, one.facts)


def as_rasa(found: Found, extractor: str) -> dict[str, Any]:
    """The entity as Rasa passes it on; places are those of the original text."""
    return {
        "entity": found.kind,
        "start": found.start,
        "end": found.end,
        "value": found.value,
        "confidence_entity": found.confidence,
        "extractor": extractor,
        **({"additional_info": dict(found.facts)} if found.facts else {}),
    }
