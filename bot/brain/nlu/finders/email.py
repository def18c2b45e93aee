"""E-mail addresses: written, written with blanks in them, and dictated ("jorge punto mamani arroba …")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.brain.nlu.finders.base import Found

EMAIL = "email"

_SIGN = r"(?:\s*@+\s*|\s*[(\[]\s*(?:at|arroba)\s*[)\]]\s*|\s+(?:arr?oba|arrova|arrob)\s+|\s*\barr?oba\b\s*)"
_DOT = r"(?:\s*\.\s*|\s+punto\s+|\s*,(?=\w)|\s*\(\s*punto\s*\)\s*)"
_LOW = r"(?:\s*_\s*|\s+gui?on\s*(?:bajo|abajo)\s+|\s+raya\s+(?:baja|abajo|al piso)\s+|\s+subgui?on\s+|\s+underscore\s+)"
_DASH = r"(?:-|\s+gui?on(?:\s+(?:medio|normal))?\s+|\s+menos\s+)"
_ATOM = r"[\wñ+%]+"
_TOP = r"(?:com|gob|gov|edu|org|net|pe|ec|co|es|mil|info|fin|example|test|me|io|app|test|invalid)"
_ADDRESS = re.compile(
    rf"(?<![\w@])(?P<local>{_ATOM}(?:(?:(?:\.|\s+punto\s+|\s*\(\s*punto\s*\)\s*)|{_LOW}|{_DASH}){_ATOM})*(?:\s+(?=\d+{_SIGN})\d+)?)"
    rf"(?P<sign>{_SIGN})"
    rf"(?P<domain>[a-z0-9]+(?:{_DASH}[a-z0-9]+|(?:\.|\s+punto\s+|,)(?!{_TOP}\b)[a-z0-9]+)*(?:{_DOT}{_TOP}\b)+)"
)
_KNOWN_HOST = re.compile(
    rf"(?<![\w@])(?P<local>{_ATOM}(?:(?:(?:\.|\s+punto\s+)|{_LOW}|{_DASH}){_ATOM})*(?:\s+(?=\d+{_SIGN})\d+)?)"
    rf"(?P<sign>{_SIGN})(?P<domain>gmail|hotmail|outlook|yahoo|icloud)(?P<top>\s*com)\b"
)
_FROM_SPOKEN = (
    (re.compile(_LOW), "_"),
    (re.compile(r"\s*\(\s*punto\s*\)\s*|\s+punto\s+"), "."),
    (re.compile(r"\s+gui?on(?:\s+(?:medio|normal))?\s+|\s+menos\s+"), "-"),
    (re.compile(r"\s*,\s*"), "."),
    (re.compile(r"\s+"), ""),
)
_LEAD_NAME = re.compile(
    r"\b(?:correo|mail|email|e-mail|imeil|direccion|electronico)\s+(?:\w+\s+){0,3}?(?:es|seria|:)\s+(?P<words>(?:[a-zñ]+\s+){1,3})$"
)
_NOT_NAME = re.compile(
    r"\b(?:el|la|es|mi|de|que|y|a|en|no|si|este|eh|correo|mail|nuevo|registrado|institucional|personal|todo|junto|minuscula|minusculas|con|como|anterior|bueno|pues|mire)\b"
)


def written(spoken: str) -> str:
    """A dictated or loosely written part of an address as it is spelled."""
    for pattern, new in _FROM_SPOKEN:
        spoken = pattern.sub(new, spoken)
    return spoken.strip(".")


def find_emails(text: str) -> Iterator[Found]:
    """Every address of a folded text, in lower case; ``value`` holds no blanks."""
    if "@" not in text and "ob" not in text and "(at)" not in text and "[at]" not in text:
        return
    taken: list[tuple[int, int]] = []
    for pattern in (_ADDRESS, _KNOWN_HOST):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            yield _address(text, match)


def _address(text: str, match: re.Match[str]) -> Found:
    start = match.start()
    local = written(match["local"])
    dictated = "@" not in match["sign"]
    if dictated and re.fullmatch("[a-zñ]+", local):
        name = _LEAD_NAME.search(text[max(0, start - 60) : start])
        if name and not _NOT_NAME.search(name["words"]):
            local = re.sub(r"\s+", "", name["words"]) + local
            start -= len(name["words"])
    domain = written(match["domain"]) + (".com" if "top" in match.groupdict() else "")
    return Found(EMAIL, start, match.end(), f"{local}@{domain}", 0.9 if dictated else 1.0)
