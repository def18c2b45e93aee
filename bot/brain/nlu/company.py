"""Which words keep each other's company in the training messages.

That decides between two readings of a typing mistake.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

START, END = "^", "$"
_SMOOTHING = 8.0
"""How many times a word's company must have been seen to weigh as much as how frequent words are by themselves."""


class Company:
    """Counts of words and of pairs of neighbours; deterministic."""

    def __init__(self, counts: Mapping[str, int], pairs: Mapping[str, int]) -> None:
        """``counts`` of words, and of pairs written with a blank between them."""
        self._counts = counts
        self.pairs = dict(pairs)
        self._total = float(sum(counts.values()) or 1)

    @classmethod
    def learn(cls, messages: Iterable[Sequence[str]], counts: Mapping[str, int], least: int = 2) -> Company:
        """From messages; pairs of words in ``counts`` (and the ends of a message) seen ``least`` times are kept."""
        seen: Counter[tuple[str, str]] = Counter()
        for words in messages:
            seen.update(pairwise((START, *words, END)))
        known = {START, END, *counts}
        kept = {
            f"{left} {right}": times
            for (left, right), times in sorted(seen.items())
            if times >= least and left in known and right in known
        }
        return cls(counts, kept)

    def met(self, left: str, right: str) -> bool:
        """Whether the two stand side by side in the training messages."""
        return f"{left} {right}" in self.pairs

    def likelihood(self, left: str, word: str, right: str) -> float:
        """The logarithm of how likely the word is between its neighbours; an unknown neighbour says nothing."""
        times = self._counts.get(word, 0.3)
        alone = times / self._total
        out = math.log(alone)
        if self._knows(left):
            seen = self.pairs.get(f"{left} {word}", 0)
            out = math.log((seen + _SMOOTHING * alone) / (self._times(left) + _SMOOTHING))
        if self._knows(right):
            beside = self._times(right) / self._total
            seen = self.pairs.get(f"{word} {right}", 0)
            out += math.log((seen + _SMOOTHING * beside) / (times + _SMOOTHING)) - math.log(beside)
        return out

    def _knows(self, word: str) -> bool:
        return word in (START, END) or word in self._counts

    def _times(self, word: str) -> float:
        return float(self._counts.get(word) or self._total / 12)
