"""Dictated numbers and signs, written out: "cero cero uno guion bajo cinco" becomes ``001_5``."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.brain.nlu.aligned import Aligned
from bot.brain.nlu.lexicon import lexicon

_ARTICLES = ("un", "una")
"""Numbers only after another ("treinta y un"), else articles."""
_REPEAT = {"doble": 2, "triple": 3}
_FILLER = r"(?:\s*(?:,|\.\.\.|eh+|este|coma)\s*|\s+)"
_UNDERSCORE = re.compile(
    r"(?<=\d)\s*,?\s*(?:gui?on(?:cito)?\s*(?:de\s+)?(?:bajo|abajo)|sub\s*gui?on|underscore|barra\s+baja|piso"
    r"|(?:raya|rayita)\s+(?:baja|abajo|al piso|de abajo))\s*,?\s*(?=\d)"
)
_HYPHEN = re.compile(
    r"(?<=\d)\s*,?\s*\b(?:gui?on(?:cito)?|raya|rayita)(?:\s+(?:medio|normal|del medio))?\b\s*,?\s*(?=\d)"
)
_DIGIT_BY_DIGIT = re.compile(r"(?<![\w-])\d(?:[ ]\d){5,}(?![\w-])")


@lru_cache(maxsize=1)
def _run() -> re.Pattern[str]:
    """Two or more numbers in a row, at least one of them in words (checked by the caller)."""
    table = lexicon()
    names = [
        *(word for word in table.units if word not in _ARTICLES),
        *table.teens,
        *table.tens,
        *table.hundreds,
        "mil",
        *_REPEAT,
    ]
    number = "(?:" + "|".join(sorted(names, key=len, reverse=True)) + r"|\d{1,4}|ceros)"
    return re.compile(rf"(?<![\w.@_-]){number}\b(?:(?:\s+y\s+|{_FILLER}){number}\b)+(?![@_])")


_SINGLE = re.compile(r"[^\W\d_]+|\d+")


def _below_hundred(tokens: list[str], at: int) -> tuple[int | None, int]:
    table = lexicon()
    word = tokens[at] if at < len(tokens) else ""
    if word in table.tens:
        value = table.tens[word]
        after = at + 2 if at + 1 < len(tokens) and tokens[at + 1] == "y" else at + 1
        unit = table.units.get(tokens[after]) if after < len(tokens) else None
        if unit and unit < 10:
            return value + unit, after + 1
        return value, at + 1
    if word in table.teens:
        return table.teens[word], at + 1
    if word in table.units:
        return table.units[word], at + 1
    return None, at


def _below_thousand(tokens: list[str], at: int) -> tuple[int | None, int]:
    hundreds = lexicon().hundreds.get(tokens[at]) if at < len(tokens) else None
    if hundreds is None:
        return _below_hundred(tokens, at)
    rest, after = _below_hundred(tokens, at + 1)
    if rest:
        return hundreds + rest, after
    return hundreds, at + 1


def _cardinal(tokens: list[str], at: int) -> tuple[int | None, int]:
    if tokens[at] == "mil":
        thousands, after = 1, at
    else:
        found, after = _below_thousand(tokens, at)
        if found is None or after >= len(tokens) or tokens[after] != "mil" or not found:
            return found, after
        thousands = found
    rest, end = _below_thousand(tokens, after + 1) if after + 1 < len(tokens) else (None, after + 1)
    return thousands * 1000 + (rest or 0), end if rest else after + 1


def digits(tokens: list[str]) -> str:
    """The digits that a row of number words stands for, each number written after the other."""
    out = ""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.isdigit():
            out, at = out + token, at + 1
        elif token in _REPEAT and at + 1 < len(tokens):
            value, after = _below_hundred(tokens, at + 1)
            digit = tokens[at + 1] if tokens[at + 1].isdigit() else str(value if value is not None else "")
            out, at = out + digit * _REPEAT[token], max(after, at + 2)
        elif at + 1 < len(tokens) and tokens[at + 1] == "ceros":
            value, _after = _below_hundred(tokens, at)
            out, at = out + "0" * (value or 0), at + 2
        else:
            value, after = _cardinal(tokens, at)
            if value is None:
                at += 1
                continue
            out, at = out + str(value), after
    return out


def _write_run(match: re.Match[str]) -> str:
    tokens = _SINGLE.findall(match.group())
    tokens = [token for token in tokens if token not in ("este", "coma") and not re.fullmatch("eh+", token)]
    if all(token.isdigit() for token in tokens):
        return match.group()
    return digits(tokens)


def write_out(folded: Aligned) -> Aligned:
    """Dictated digits and signs between them written with figures; places stay those of the original."""
    text = folded
    if any(character.isalpha() for character in text.text):
        text = text.sub(_run(), _write_run)
        text = text.sub(_numbered_date(), _write_date)
        text = text.sub(_single_before_sign(), lambda match: str(_cardinal([match.group()], 0)[0]))
    text = text.sub(_DIGIT_BY_DIGIT, lambda match: match.group().replace(" ", ""))
    text = text.sub(_UNDERSCORE, lambda _match: "_")
    return text.sub(_HYPHEN, lambda _match: "-")


@lru_cache(maxsize=1)
def _single_before_sign() -> re.Pattern[str]:
    """A lone number word next to a dictated sign or month: "siete guion bajo", "cinco de marzo"."""
    table = lexicon()
    names = "|".join(sorted({*table.units, *table.teens, *table.tens}, key=len, reverse=True))
    months = "|".join(sorted(table.months, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})\b(?=\s+(?:gui?on|raya|(?:de|del)\s+(?:{months})\b|(?:{months})\b))")


@lru_cache(maxsize=1)
def _numbered_date() -> re.Pattern[str]:
    """A date without the month's name: "siete del ocho del 79"."""
    table = lexicon()
    names = "|".join(sorted({*table.units, *table.teens, *table.tens}, key=len, reverse=True))
    part = rf"(?:{names}|\d{{1,2}})"
    return re.compile(rf"\b({part})\s+del?\s+({part})\s+del?\s+(?:ano\s+|año\s+)?(\d{{4}}|\d{{2}})\b")


def _write_date(match: re.Match[str]) -> str:
    day, month = (part if part.isdigit() else str(_cardinal([part], 0)[0]) for part in match.groups()[:2])
    return f"{day}/{month}/{match[3]}"
