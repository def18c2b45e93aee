"""User codes: SEACE's ``001952_56989`` however it is typed, and the older ones with letters (``e_md_lloque2``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.brain.nlu.finders.base import Found, lead

USER_CODE = "user_code"

_UNDERSCORED = re.compile(r"(?<![\w@])(?<!\d\.)(\d{3,9})\s*_+\s*(\d{3,9})(?![\w@])")
_DASHED = re.compile(r"(?<![\w@+-])(?<!\d\.)(0\d{5})(\s*-+\s*|\s+|\s*[./]\s*)(\d{4,6})(?![\w@]|[.-]\d)")
_LOOSE = re.compile(r"(?<![\w@.+-])(\d{4,8})(\s*-+\s*|\s+|\s*[./]\s*)(\d{4,6})(?![\w@]|[.-]\d)")
_JOINED = re.compile(r"(?<![\w@+-])(?<!\d\.)(0\d{5})(\d{5})(?![\w@]|[.-]\d)")
_LETTERED = re.compile(r"(?<![\w@.])(?=[\w]*[a-z])[a-z0-9]+(?:_+[a-z0-9]+)+(?![\w@])")
_DASHED_LETTERS = re.compile(r"(?<![\w@.-])e-[a-z]{2,5}-[a-z0-9]{3,}(?![\w@-])")
_SPOKEN_SIGN = r"\s+(?:gui?on\s*bajo|raya\s+(?:baja|al piso))\s+"
_LETTERED_SPOKEN = re.compile(
    rf"(?<![\w@.])([a-z]{{1,3}}){_SPOKEN_SIGN}([a-z0-9]+)(?:{_SPOKEN_SIGN}([a-z0-9]+))?(?![\w@])"
)


def find_codes(text: str) -> Iterator[Found]:
    """Every user code of a prepared text.

    ``value`` is ``digits_digits``, or the lettered code in lower case. The official form is six and five digits
    (manual 000, sign-in form); with an underscore or a word such as "código" before it other lengths pass too, so
    that the platform's rules and not the extractor say what is wrong with it.
    """
    for match in _UNDERSCORED.finditer(text):
        yield Found(USER_CODE, *match.span(), f"{match[1]}_{match[2]}", 1.0)
    for match in _DASHED.finditer(text):
        if lead(text, *match.span()) in ("", "code", "user"):
            yield Found(USER_CODE, *match.span(), f"{match[1]}_{match[3]}", 0.9)
    for match in _LOOSE.finditer(text):
        if lead(text, *match.span()) in ("code", "user") and not _could_be_date(match):
            yield Found(USER_CODE, *match.span(), f"{match[1]}_{match[3]}", 0.8)
    for match in _JOINED.finditer(text):
        if lead(text, *match.span()) in ("code", "user"):
            yield Found(USER_CODE, *match.span(), f"{match[1]}_{match[2]}", 0.7)
    for match in _LETTERED.finditer(text):
        yield Found(USER_CODE, *match.span(), match.group(), 0.8)
    for match in _DASHED_LETTERS.finditer(text):
        yield Found(USER_CODE, *match.span(), match.group().replace("-", "_"), 0.7)
    for match in _LETTERED_SPOKEN.finditer(text):
        if lead(text, *match.span()) in ("code", "user"):
            yield Found(USER_CODE, *match.span(), "_".join(part for part in match.groups() if part), 0.7)


def _could_be_date(match: re.Match[str]) -> bool:
    return len(match[1]) <= 4 and len(match[3]) <= 4
