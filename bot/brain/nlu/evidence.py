"""Whether a message says anything at all: fingers run over the keyboard leave no word, and so nothing to act on.

The model would still be sure of some intent, by pieces that happen to occur in one of its messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from bot.brain.nlu.lexicon import common_words

SHORTEST = 4
"""Shorter words stand by chance in any row of letters: they neither say something nor take it away."""

_PIECE = 3
_OCCURS_FROM = 3
_PRONOUNCEABLE = 0.25
"""The least share of its pieces that a word, a name, slang or a mistake has in common with common words. With half of
them asked for, «noup», «oki doki» and «faqs» were lost; letters struck at random have hardly any."""


@lru_cache(maxsize=1)
def _pieces_of_words() -> frozenset[str]:
    counts: Counter[str] = Counter()
    for word in common_words():
        counts.update(set(_pieces(word)))
    return frozenset(piece for piece, times in counts.items() if times >= _OCCURS_FROM)


def _pieces(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[start : start + _PIECE] for start in range(len(padded) - _PIECE + 1)]


@lru_cache(maxsize=4096)
def is_pronounceable(word: str) -> bool:
    """Whether letters follow each other as they do in Spanish words."""
    pieces = _pieces(word)
    return sum(piece in _pieces_of_words() for piece in pieces) >= _PRONOUNCEABLE * len(pieces)


def says_nothing(words: Sequence[str], is_known: Callable[[str], bool]) -> bool:
    """Whether nothing in a message is a word or a datum, and half of its letters or more are no word of any kind.

    Args:
        words: the words of the message, typing mistakes corrected; data are placeholders such as ``<email>``.
        is_known: whether the training data uses a word.
    """
    nonsense = 0
    said = [word for word in words if word not in ("?", "!")]
    for word in said:
        if not word.isalpha():
            return False
        if len(word) < SHORTEST:
            continue
        if is_known(word) or word in common_words() or is_pronounceable(word):
            return False
        nonsense += len(word)
    return nonsense > 0 and 2 * nonsense >= sum(map(len, said))
