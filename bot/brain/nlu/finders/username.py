"""User names ("mi usuario es gongoragabriela"): they have no shape of their own, so the words around them tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.brain.nlu.finders.base import Found

USERNAME = "username"

_NOUN = r"(?:nombre\s+de\s+)?(?:usuari[oa]s?|user\s*name|user|login|usr|usario|ususario|usuaro|uusario|usu|nick|cuenta)"
_NAMED = re.compile(
    rf"\b{_NOUN}\s*(?:(?:mio|actual|registrado|correcto|antiguo|nuevo|completo|institucional)\s*)?"
    r"(?P<link>:|=|\bes\b|\bera\b|\bseria\b|\bllamad[oa]\b|\bse\s+llama\b|\bque\s+es\b|\bcon\s+nombre\b|\bcorresponde\s+a\b|->|-)\s*:?\s*"
    r"(?:(?:el|este|asi)\s*:?\s+)?(?P<quote>[\"'])?(?P<name>[a-zñ0-9][\wñ.\-]{2,39})(?(quote)[\"'])"
)
_FARTHER = re.compile(
    rf"\b{_NOUN}\s+(?:[a-zñ]+\s+){{1,4}}(?:es|era|:)\s*:?\s*(?P<quote>[\"'])?(?P<name>[a-zñ0-9][\wñ.\-]{{3,39}})(?(quote)[\"'])"
)
_AFTER = re.compile(rf"\b{_NOUN}\s+(?P<quote>[\"'])?(?P<name>[a-zñ0-9][\wñ.\-]{{2,39}})(?(quote)[\"'])")
_WITH = re.compile(
    r"\b(?:ingreso|ingresaba|entro|entraba|logueo|accedo|figuro|aparezco|estoy|registr\w+|escribo|pongo|puse)\s+(?:siempre\s+)?(?:con|como)\s+(?:el\s+usuario\s+)?"
    r"(?P<quote>[\"'])?(?P<name>[a-zñ0-9][\wñ.\-]{2,39})(?(quote)[\"'])"
)
_QUOTED = re.compile(r"[\"'](?P<name>[a-zñ0-9][\wñ.\-]{3,39})[\"']")
_BARE = re.compile(r"\s*[\"']?(?P<name>[a-zñ0-9][\wñ.\-]{3,39})[\"']?\s*[.!]?\s*")
_MIXED = re.compile(r"(?=.*[a-zñ])(?=.*[\d._])[\wñ.\-]+")

_DIGITS = re.compile(r"\d{6,13}")
_MENTIONS = re.compile(r"\b(?:usuario|user|login)\b")
_ODD_START = re.compile(r"(?![bcdfgkpt]r|[bcfgkp]l|ch|ll|ps|gn|st|sp|sc|sh|wh|th|tw|qu)[bcdfghjklmnñpqrstvwxz]{2}")
"""An initial and a surname run together ("mrosero") begin like no Spanish word."""


def find_usernames(text: str, is_word: Callable[[str], bool], expected: bool = False) -> Iterator[Found]:
    """Every user name of a prepared text.

    Args:
        text: folded.
        is_word: whether a token is an ordinary word (known, or a misspelling of one), which no user name is.
        expected: the conversation asked for a user name or code; then a message of one token is one.
    """
    if expected and (match := _BARE.fullmatch(text)) and not is_word(match["name"].strip(".-")):
        yield _found(match, 0.8)
        return
    for match in _NAMED.finditer(text):
        name = match["name"].strip(".-")
        digits = _DIGITS.fullmatch(name) and match["link"] != "-"
        if match["quote"] or digits or _looks_invented(name, is_word):
            yield _found(match, 0.9)
    for pattern, confidence in ((_AFTER, 0.8), (_FARTHER, 0.7), (_WITH, 0.7)):
        for match in pattern.finditer(text):
            name = match["name"].strip(".-")
            if match["quote"] or (len(name) >= 5 and _looks_invented(name, is_word)):
                yield _found(match, confidence)
    for match in _QUOTED.finditer(text):
        if _MENTIONS.search(text) and _looks_invented(match["name"], is_word):
            yield _found(match, 0.7)


def _looks_invented(name: str, is_word: Callable[[str], bool]) -> bool:
    """Whether a token is no word: letters mixed with figures or dots, a start no word has, or simply unknown."""
    if _MIXED.fullmatch(name):
        return True
    return name.isalpha() and (not is_word(name) or bool(_ODD_START.match(name) and len(name) >= 5))


def _found(match: re.Match[str], confidence: float) -> Found:
    name = match["name"].rstrip(".-")
    start = match.start("name")
    return Found(USERNAME, start, start + len(name), name, confidence)
