"""Phrases found in a text, whatever its accents and capitals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache


def plain(text: str) -> str:
    """Lower case without accents, for comparing words (ñ is kept)."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("ñ", "\0"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("\0", "ñ")


def holds_any(text: str, phrases: Sequence[str]) -> bool:
    """Whether the text holds one of the phrases, whatever its accents and capitals."""
    words = plain(text)
    return any(_whole_words(phrase).search(words) for phrase in phrases)


@lru_cache(maxsize=2_000)
def _whole_words(phrase: str) -> re.Pattern[str]:
    """Finds a phrase of the vocabulary; made once, because a message is held against all of them."""
    return re.compile(rf"\b{re.escape(plain(phrase))}\b")


@lru_cache(maxsize=2_000)
def _begins_a_word(phrase: str) -> re.Pattern[str]:
    """The same for a phrase that may go on: «administrador» in «administradora»."""
    return re.compile(rf"\b{re.escape(plain(phrase))}")


def choice_in(text: str, choices: Mapping[str, Sequence[str]]) -> str | None:
    """The choice whose longest phrase the text holds: «no soy administrador» must win over «administrador»."""
    words = plain(text)
    hits = [
        (len(phrase), value)
        for value, phrases in choices.items()
        for phrase in phrases
        if _begins_a_word(phrase).search(words)
    ]
    return max(hits)[1] if hits else None
