"""Messages made worse on purpose, to measure what accents and typing mistakes cost. Deterministic for a seed."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence

from bot.brain.nlu.slips import BESIDE

SHORTEST = 4
"""Shorter words are left as they are."""

_WORD = re.compile(r"[^\W\d_]+")


def without_accents(text: str) -> str:
    """The text without its accents; the ñ stays."""
    decomposed = unicodedata.normalize("NFD", text.replace("ñ", "\0").replace("Ñ", "\1"))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return plain.replace("\0", "ñ").replace("\1", "Ñ")


def with_typos(text: str, seed: int = 0, every: int = 3) -> str:
    """One typing mistake in every third word of four letters or more: a letter swapped, lost, doubled or replaced."""
    lots = random.Random(f"{seed}:{text}")  # noqa: S311 - not a secret
    count = 0

    def spoil(match: re.Match[str]) -> str:
        nonlocal count
        word = match.group()
        if len(word) < SHORTEST or "@" in text[max(0, match.start() - 1) : match.end() + 1]:
            return word
        count += 1
        return _mistyped(word, lots) if count % every == 0 or len(_WORD.findall(text)) < every else word

    return _WORD.sub(spoil, text)


def mistyped_words(words: Sequence[str], seed: int = 0) -> list[str]:
    """The same for the words of a message: one in three of its long words, placeholders never."""
    lots = random.Random(f"{seed}:{' '.join(words)}")  # noqa: S311 - not a secret
    long = [at for at, word in enumerate(words) if len(word) >= SHORTEST and word.isalpha()]
    spoiled = set(long[lots.randrange(3) :: 3] if len(long) > 2 else long[:1])
    return [_mistyped(word, lots) if at in spoiled else word for at, word in enumerate(words)]


def _mistyped(word: str, lots: random.Random) -> str:
    at = lots.randrange(1, len(word) - 1)
    kind = lots.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    beside = BESIDE.get(word[at].lower(), word[at])
    return word[:at] + lots.choice(beside) + word[at + 1 :]
