"""Typing mistakes, corrected only toward words of the training data, and never where a common word stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.brain.nlu.contrast import DENIED
from bot.brain.nlu.lexicon import common_words
from bot.brain.nlu.spelling import sound

SHORTEST = 4
"""Shorter words are left alone: too many of them are one letter apart."""

_FREQUENT = 15
_ENDINGS = frozenset(("s", "es", "n", "la", "lo", "le", "las", "los", "les", "me", "te", "se", "nos"))
_INFLECTION = re.compile(r"[aeio][srn]?$")


class TypoFixer:
    """Knows the words of the training data; deterministic, without state that changes an answer."""

    def __init__(self, counts: Mapping[str, int], known_from: int = 3) -> None:
        """``counts``: how many training messages hold a word; from ``known_from`` on it counts as a word."""
        self._targets = sorted((word for word, times in counts.items() if times >= known_from and _plain(word)))
        self._by_length: dict[int, list[str]] = {}
        for word in self._targets:
            if len(word) >= SHORTEST:
                self._by_length.setdefault(len(word), []).append(word)
        self._known = set(self._targets)
        self._counts = {word: counts[word] for word in self._targets}
        self._sounds: dict[str, str] = {}
        for word in sorted(self._targets, key=lambda word: (-counts[word], word)):
            self._sounds.setdefault(sound(word), word)
        self._fix = lru_cache(maxsize=16384)(self._find)

    @classmethod
    def learn(cls, messages: Iterable[Sequence[str]], known_from: int = 3) -> TypoFixer:
        """From the words of the training messages."""
        counts: Counter[str] = Counter()
        for words in messages:
            counts.update({word.lstrip(DENIED) for word in words})
        return cls({word: times for word, times in counts.items() if times >= known_from}, known_from)

    @property
    def counts(self) -> Mapping[str, int]:
        """The words it corrects toward, with the number of training messages that hold them."""
        return self._counts

    def knows(self, word: str) -> bool:
        """Whether the training data uses the word."""
        return word in self._known

    def is_word(self, token: str) -> bool:
        """Whether a token is a word: a known or common one, or a frequent one mistyped."""
        if token in self._known or token in common_words():
            return True
        return self._counts.get(self._fix(token), 0) >= _FREQUENT

    def fix(self, words: Sequence[str]) -> list[str]:
        """The words, each replaced by the nearest known one when it is unknown and clearly mistyped."""
        return [word if word in self._known else self._fix(word) for word in words]

    def fix_contrasted(self, words: Sequence[str]) -> list[str]:
        """The same for words of which the denied ones have :data:`bot.brain.nlu.contrast.DENIED` before them."""
        plain = self.fix([word.lstrip(DENIED) for word in words])
        return [DENIED + new if old[0] == DENIED else new for old, new in zip(words, plain, strict=True)]

    def _find(self, word: str) -> str:
        if len(word) < SHORTEST or not _plain(word) or word in common_words():
            return word
        heard = self._sounds.get(sound(word))
        if heard is not None:
            return heard
        nearest = self._nearest(word)
        return word if nearest is None or _inflected(word, nearest) else nearest

    def _nearest(self, word: str) -> str | None:
        allowed = 1 if len(word) < 8 else 2
        best: tuple[int, int, str] | None = None
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for candidate, distance, _index in process.extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=allowed, limit=8
            ):
                # The first letter is seldom the mistyped one; frequent words are likelier meant.
                if candidate[0] != word[0] and distance > 1:
                    continue
                ranked = (distance, -self._counts[candidate], candidate)
                if best is None or ranked < best:
                    best = ranked
        return best[2] if best else None


def _inflected(word: str, known: str) -> bool:
    """Whether the word is rather another form of the known one ("podés" of "poder", "buscarla" of "buscar")."""
    short, long = sorted((word, known), key=len)
    if long.startswith(short) and long[len(short) :] in _ENDINGS:
        return True
    return len(word) == len(known) and word[:-1] == known[:-1] and bool(_INFLECTION.search(word))


def _plain(word: str) -> bool:
    """Letters only: codes, numbers, addresses and placeholders are never touched."""
    return word.isalpha()
