"""Near-duplicates among short texts, fast: their rarest shingles find the candidates, edit distance decides."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

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

    def near(self, text: str, least: float, before: int | None = None) -> Iterator[tuple[int, float]]:
        """The indexed texts at least ``least`` like this one (normalised Indel similarity; 1 is the same).

        Args:
            text: from :func:`comparable`.
            least: smallest likeness that counts.
            before: only texts before this place in the index.
        """
        held = sorted((len(self._holders[shingle]), shingle) for shingle in shingles(text) if shingle in self._holders)
        shared: Counter[int] = Counter()
        for _times, shingle in held[:TELLING]:
            shared.update(self._holders[shingle])
        enough = 2 if len(held) > TELLING else 1
        slack = len(text) * (1 - least) / least + 1
        for place, times in shared.items():
            if times < enough or (before is not None and place >= before):
                continue
            other = self._texts[place]
            if abs(len(other) - len(text)) <= slack + 0.2 * len(text):
                likeness = Indel.normalized_similarity(text, other, score_cutoff=least)
                if likeness >= least and _DIGITS.findall(text) == _DIGITS.findall(other):
                    yield place, likeness


def _index(texts: Sequence[str]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for shingle in shingles(text):
            holders[shingle].append(place)
    return holders
