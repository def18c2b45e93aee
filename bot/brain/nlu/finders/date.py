"""Dates with a year, as people write a birth date; the value is ISO 8601."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import lru_cache

from bot.brain.nlu.finders.base import Found, lead
from bot.brain.nlu.lexicon import lexicon

DATE = "date"
PIVOT = 15
"""Two-digit years up to this one are of this century: nobody younger has an account."""

_SIGN = r"(\s*[/.\-_]\s*|\s+)"
_SEPARATED = re.compile(
    r"(?<![\w@./-])(\d{1,4})(\s*[/.\-_]\s*|\s+)(\d{1,2})(\s*[/.\-_]\s*|\s+)(\d{4}|\d{2})(?![\w@]|[./-]\d)"
)
_SOLID = re.compile(r"(?<![\w@./-])(\d{8}|\d{6})(?![\w@]|[./-]\d)")
_FIRST = r"1\s?(?:e?r[oa]?|°|o)|primero|primer"
_NUMBERED = re.compile(
    r"(?<![\w./-])(?:dia\s+)?(\d{1,2})\s*,?\s*(?:del?\s+)?(?:mes\s+)?(\d{1,2})\s*,?\s*(?:(?:del?|del\s+ano|ano|año)\s+)+(\d{4})(?!\w)"
)


@lru_cache(maxsize=1)
def _named() -> tuple[re.Pattern[str], re.Pattern[str]]:
    months = "|".join(sorted(lexicon().months, key=len, reverse=True))
    before_year = r"(?:\s*(?:,|-|/)?\s*(?:del?\s+)?(?:el\s+)?(?:ano\s+|año\s+)?|\s*[-/.]\s*)"
    year = before_year + r"(?:'?(?P<year>\d{4}|\d{2}))(?!\w|[.,]?\d)"
    link = r"(?:\s*(?:de|del|d|/|-|\.)?\s*(?:mes\s+de\s+)?)"
    day = rf"(?P<day>\d{{1,2}}|{_FIRST})"
    return (
        re.compile(rf"(?<![\w./-]){day}{link}(?P<month>{months})\.?{year}"),
        re.compile(rf"(?<![\w])(?P<month>{months})\.?\s*(?:el\s+)?{day}{year}"),
    )


def full_year(digits: str) -> int:
    """A year of four digits, or of two read by :data:`PIVOT`."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if year <= PIVOT else 1900 + year


def _iso(year: int, month: int, day: int) -> str:
    """ISO form, or empty when there is no such day or nobody alive or active can mean it."""
    if not 1900 <= year <= 2099:
        return ""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _day_first(first: str, second: str, year: str) -> str:
    """Day before month, as in the three countries; the other way round only when that is the sole possible reading."""
    full = full_year(year)
    return _iso(full, int(second), int(first)) or _iso(full, int(first), int(second))


def _separated(match: re.Match[str]) -> str:
    first, second, third = match[1], match[3], match[5]
    if len(first) == 4:
        return _iso(int(first), int(second), int(third)) if len(third) == 2 else ""
    if len(first) > 2:
        return ""
    return _day_first(first, second, third)


def solid(digits: str) -> str:
    """Eight or six digits in a row read as day, month, year (or year first), as ISO; empty when they are no date."""
    if len(digits) == 8:
        return _day_first(digits[:2], digits[2:4], digits[4:]) or _iso(
            int(digits[:4]), int(digits[4:6]), int(digits[6:])
        )
    return _day_first(digits[:2], digits[2:4], digits[4:])


def find_dates(text: str, expected: bool = False) -> Iterator[Found]:
    """Every date of a prepared text.

    Args:
        text: folded, with dictated numbers written out.
        expected: the conversation asked for a date; then "15031985" is one.
    """
    for match in _SEPARATED.finditer(text):
        blank = not match[2].strip() or not match[4].strip()
        announced = expected or lead(text, *match.span()) == "birth" or match.span() == (0, len(text.strip()))
        if blank and not announced:
            continue
        if not blank and len(match[5]) == 2 and len(match[1]) < 3 and match[2].strip() == "." and not announced:
            continue
        value = _separated(match)
        if value:
            yield Found(DATE, *match.span(), value, 1.0 if not blank else 0.9)
    for pattern in _named():
        for match in pattern.finditer(text):
            day = int(match["day"]) if match["day"].isdigit() else 1
            value = _iso(full_year(match["year"]), lexicon().months[match["month"]], day)
            if value:
                yield Found(DATE, match.start(), match.end(), value, 1.0)
    for match in _NUMBERED.finditer(text):
        value = _day_first(match[1], match[2], match[3])
        if value:
            yield Found(DATE, match.start(1), match.end(), value, 0.9)
    for match in _SOLID.finditer(text):
        if expected or lead(text, *match.span()) == "birth":
            value = solid(match[1])
            if value:
                yield Found(DATE, *match.span(), value, 0.8)
