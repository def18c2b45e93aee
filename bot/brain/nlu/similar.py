"""Near-duplicates among short texts, fast: their rarest shingles find the candidates, edit distance decides."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from rapidfuzz.distance import Indel

from bot.brain.nlu.normalise import fold, plain_words

SHINGLE = 4
TELLING = 10
"""How many of a text's rarest shingles look for candidates; a near-duplicate keeps most of them."""

_DIGITS = re.compile(r"\d")


def comparable(text: str) -> str:
    """The text as near-duplicates are compared: without case, accents, punctuation, elongation or telephone spelling.

    A text without any word (pictures, marks) stays as it is.
    """
    return " ".join(plain_words(fold(text).text)) or text.strip()


def shingles(text: str) -> set[str]:
    """The runs of :data:`SHINGLE` letters of a text, the padded text itself when it is shorter."""
    padded = f" {text} "
    if len(padded) <= SHINGLE:
        return {padded}
    return {padded[start : start + SHINGLE] for start in range(len(padded) - SHINGLE + 1)}


class Likeness:
    """An index of texts that answers which of them are almost the same as another."""

    def __init__(self, texts: Sequence[str]) -> None:
        """``texts`` come from :func:`comparable`."""
        self._texts = texts
        self._holders: Mapping[str, list[int]] = _index(texts)
        self._lengths = list(map(len, texts))
        self._digits = [_DIGITS.findall(text) for text in texts]

    def near(self, text: str, least: float, before: int | None = None) -> Iterator[tuple[int, float]]:
        """The indexed texts at least ``least`` like this one (normalised Indel similarity; 1 is the same).

        Args:
            text: from :func:`comparable`.
            least: smallest likeness that counts.
            before: only texts before this place in the index.
        """
        places = self._sharing(text, before)
        if not places:
            return
        slack, digits = len(text) * (1 - least) / least + 1, _DIGITS.findall(text)
        shortest, longest = len(text) - slack - 0.2 * len(text), len(text) + slack + 0.2 * len(text)
        for place in places:
            if shortest <= self._lengths[place] <= longest and digits == self._digits[place]:
                other = self._texts[place]
                likeness = Indel.normalized_similarity(text, other, score_cutoff=least)
                if likeness >= least:
                    yield place, likeness

    def _sharing(self, text: str, before: int | None) -> Sequence[int]:
        """The texts that share enough of this one's rarest shingles to be worth a look."""
        held = sorted((len(self._holders[shingle]), shingle) for shingle in shingles(text) & self._holders.keys())
        telling = [self._holders[shingle] for _times, shingle in held[:TELLING]]
        if before is not None:
            telling = [places[: bisect_left(places, before)] for places in telling]
        shared = Counter(chain.from_iterable(telling))
        enough = 2 if len(held) > TELLING else 1
        return [place for place, times in shared.items() if times >= enough]


def _index(texts: Sequence[str]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for shingle in shingles(text):
            holders[shingle].append(place)
    return holders
