"""Takes personal data out of what people wrote, before it reaches any file. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from bot.brain.nlu.entities import extract
from bot.brain.nlu.normalise import fold

KINDS = ("email", "phone", "id_document", "ruc", "user_code", "username", "date")
_LONG_NUMBER = re.compile(r"\d[\d\s.\-]{4,}\d")
_CALLED = re.compile(
    r"(?P<lead>\b(?:me llamo|mi nombre es|le (?:habla|escribe|saluda)|soy (?:el|la)? ?"
    r"(?:señor|señora|sr\.?|sra\.?|ing\.?|lic\.?|dr\.?|dra\.?|abg\.?)?)\s+)(?P<name>(?:[A-ZÁÉÍÓÚÑ][\wáéíóúñ]+\s?){1,4})"
)
_WORD = re.compile(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,}\b")


def mask(
    text: str,
    replacements: Mapping[str, str],
    names: Collection[str] = (),
    is_word: Callable[[str], bool] = lambda _token: True,
) -> str:
    """The text with every datum replaced by a made-up one of the same kind.

    Args:
        replacements: by kind of datum, and for ``name`` and ``number``.
        names: first names and surnames, folded, that count as a person's when they are capitalised.
        is_word: whether a token is an ordinary word; what is none may be a user name.
    """
    for one in sorted(extract(text, is_word).entities, key=lambda found: -found.start):
        if one.kind in KINDS and str(one.value) != replacements.get(one.kind):
            text = text[: one.start] + replacements.get(one.kind, "") + text[one.end :]
    text = _CALLED.sub(lambda found: found["lead"] + replacements["name"] + _blank(found["name"]), text)
    kept = set(replacements.values())
    text = _LONG_NUMBER.sub(lambda found: found[0] if _ours(found, text, kept) else replacements["number"], text)
    if names:
        text = _WORD.sub(lambda found: replacements["name"] if fold(found[0]).text in names else found[0], text)
    name = re.escape(replacements["name"])
    text = re.sub(rf"\b{name}(?:\s+{name}\b)+", replacements["name"], text)
    return " ".join(text.split())


def _blank(name: str) -> str:
    return " " if name.endswith(" ") else ""


def _ours(found: re.Match[str], text: str, kept: Collection[str]) -> bool:
    """Whether a number is (part of) one of our own replacements."""
    around = text[max(0, found.start() - 12) : found.end() + 12]
    return any(found[0].strip() in one and one in around for one in kept)
