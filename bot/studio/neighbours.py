"""Which messages a text is most like, by the words that they share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import log, sqrt

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel
from sklearn.feature_extraction.text import TfidfVectorizer

_DIGITS = re.compile(r"\d")
LOOKED_AT = 12
STEM = 5
"""Letters by which words count as the same: endings make no other subject."""


class Nearest:
    """Which of many texts are almost the same as another. Nothing is indexed: a look at all of them takes two
    thousandths of a second, an index of them half a second and much memory, again after every change.

    Args:
        texts: from :func:`bot.brain.nlu.similar.comparable`.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def near(self, text: str, least: float) -> Iterator[tuple[int, float]]:
        """Places and likeness of the texts at least ``least`` like this one, other numbers being another text."""
        numbers = _DIGITS.findall(text)
        for other, likeness, place in process.extract_iter(
            text, self._texts, scorer=Indel.normalized_similarity, score_cutoff=least
        ):
            if _DIGITS.findall(other) == numbers:
                yield place, likeness


class Neighbours:
    """An index of short texts with their labels.

    Args:
        texts: from :func:`bot.brain.nlu.similar.comparable`.
        labels: one each.
    """

    def __init__(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._labels = list(labels)
        self._vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+", dtype=np.float32)  # noqa: S106
        self._rows = self._vectors.fit_transform(texts) if texts else None

    def votes(self, text: str, without: Collection[int] = ()) -> dict[str, float]:
        """The labels of the likest texts with their shares of the likeness; the text itself is not asked."""
        if self._rows is None:
            return {}
        likeness = np.asarray((self._rows @ self._vectors.transform([text]).T).todense()).ravel()
        order = np.argsort(-likeness, kind="stable")[: LOOKED_AT + len(without) + 5]
        found: dict[str, float] = defaultdict(float)
        taken = 0
        for at in order:
            if at in without or likeness[at] <= 0 or likeness[at] > 0.999:
                continue
            found[self._labels[at]] += float(likeness[at])
            taken += 1
            if taken == LOOKED_AT:
                break
        total = sum(found.values()) or 1.0
        return {label: share / total for label, share in found.items()}


def groups(texts: Sequence[str], known: Mapping[str, int], total: int, least: float = 0.3) -> list[list[int]]:
    """Places of texts that are alike, biggest group first; each text is in one group.

    Args:
        texts: from :func:`bot.brain.nlu.similar.comparable`.
        known: in how many of the training messages each word is: what is in many of them makes nobody alike.
        total: how many training messages there are.
        least: how alike a text must be to the first of its group.
    """
    stems: Counter[str] = Counter()
    for word, count in known.items():
        stems[word[:STEM]] += count
    rows = [_weighed(text, stems, total) for text in texts]
    made: list[list[int]] = []
    left = list(range(len(texts)))
    while left:
        first = rows[left[0]]
        members = [at for at in left if at == left[0] or sum(first[k] * v for k, v in rows[at].items()) >= least]
        made.append(members)
        chosen = set(members)
        left = [at for at in left if at not in chosen]
    return sorted(made, key=lambda members: (-len(members), members[0]))


def alike(
    texts: Sequence[str], pool: Sequence[str], known: Mapping[str, int], total: int, least: float = 0.35
) -> list[int]:
    """Places in the pool of what is like one of the texts, likest first; arguments as for :func:`groups`."""
    stems: Counter[str] = Counter()
    for word, count in known.items():
        stems[word[:STEM]] += count
    rows = [_weighed(text, stems, total) for text in texts]
    scored = []
    for at, text in enumerate(pool):
        own = _weighed(text, stems, total)
        score = max((sum(row[k] * v for k, v in own.items()) for row in rows), default=0.0)
        if score >= least:
            scored.append((-score, at))
    return [at for _score, at in sorted(scored)]


def _weighed(text: str, stems: Mapping[str, int], total: int) -> Counter[str]:
    found = Counter(
        {word[:STEM]: log((2 + total) / (1 + min(total, stems.get(word[:STEM], 0)))) for word in text.split()}
    )
    # A word of every tenth message says nothing of the subject, however short the text.
    telling = Counter({stem: weight for stem, weight in found.items() if weight > log(10)}) or found
    length = sqrt(sum(weight * weight for weight in telling.values())) or 1.0
    return Counter({stem: weight / length for stem, weight in telling.items()})
