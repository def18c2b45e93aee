"""Which messages a text is most like, by the words that they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

LOOKED_AT = 12


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


def groups(texts: Sequence[str], least: float = 0.45) -> list[list[int]]:
    """Places of texts that are alike, biggest group first; each text is in one group."""
    if not texts:
        return []
    rows = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32).fit_transform(
        [text or "." for text in texts]
    )
    likeness = (rows @ rows.T).toarray() if len(texts) <= 3_000 else None
    made: list[list[int]] = []
    left = list(range(len(texts)))
    while left:
        first = left[0]
        row = likeness[first] if likeness is not None else (rows @ rows[first].T).toarray().ravel()
        members = [at for at in left if at == first or row[at] >= least]
        made.append(members)
        chosen = set(members)
        left = [at for at in left if at not in chosen]
    return sorted(made, key=lambda members: (-len(members), members[0]))
