"""What the classifier counts in a message: words, what they mean to a help desk, and pieces of words by their sound."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bot.brain.nlu.arrays import Array
from bot.brain.nlu.concepts import concept_of
from bot.brain.nlu.contrast import DENIED
from bot.brain.nlu.spelling import sound

SHORTEST_PIECE, LONGEST_PIECE = 2, 5
MOST_CONCEPTS = 13
"""A message with more different concepts tells a story; which of them meet in it says little."""

WORD, SENSE, PIECE = "w", "s", "c"
LEAST: Mapping[str, int] = {WORD: 2, SENSE: 3, PIECE: 3}
"""In how many training messages a feature must occur to be kept, by block (the first letter of its name)."""

FEW = 2000
"""With fewer training messages every feature is kept: there is nothing to spare."""


def ngrams(words: Sequence[str]) -> Counter[str]:
    """How often each feature occurs in a message.

    Args:
        words: from :func:`bot.brain.nlu.contrast.contrasted_words`, after typing mistakes were corrected.

    Returns:
        Features by name; the first letter tells the block: ``w`` words and pairs, ``s`` concepts, pairs of them, and
        rows of words in which concepts stand for words, ``c`` pieces of words.
    """
    denied = [word[1:] for word in words if word[0] == DENIED]
    words = [word for word in words if word[0] != DENIED]
    heard = [sound(word) for word in words]
    found: Counter[str] = Counter(WORD + word for word in heard)
    found.update(f"{WORD}{left} {right}" for left, right in pairwise(("^", *heard, "$")))
    found.update(_senses(words, heard))
    found.update(WORD + DENIED + sound(word) for word in denied)
    found.update(f"{SENSE}{DENIED}{concept}" for concept in map(concept_of, denied) if concept)
    found.update(chain.from_iterable(_pieces(word) for word in heard if word[0] != "<"))
    return found


@lru_cache(maxsize=4096)
def _pieces(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    size = len(padded)
    return tuple(
        PIECE + padded[start : start + length]
        for length in range(SHORTEST_PIECE, min(LONGEST_PIECE, size) + 1)
        for start in range(size - length + 1)
    )


def _senses(words: Sequence[str], heard: Sequence[str]) -> list[str]:
    senses = [concept_of(word) for word in words]
    concepts = [sense for sense in senses if sense]
    out = [f"{SENSE}#{concept}" for concept in concepts]
    out += [f"{SENSE}#{left}#{right}" for left, right in pairwise(concepts)]
    different = sorted(set(concepts))
    if len(different) <= MOST_CONCEPTS:
        out += [f"{SENSE}{left}+{right}" for at, left in enumerate(different) for right in different[at + 1 :]]
    row = ["^", *(sense or word for sense, word in zip(senses, heard, strict=True)), "$"]
    out += [f"{SENSE}{left} {right}" for left, right in pairwise(row)]
    out += [f"{SENSE}{left} {middle} {right}" for left, middle, right in zip(row, row[1:], row[2:], strict=False)]
    return out


def count(counted: Sequence[Mapping[str, int]]) -> tuple[list[str], csr_matrix]:
    """All features of many messages: their names in order, and how often each occurs, a row for each message."""
    names = sorted(set().union(*counted))
    index = {name: column for column, name in enumerate(names)}
    ends = np.cumsum([0, *map(len, counted)])
    columns = np.fromiter(map(index.__getitem__, chain.from_iterable(counted)), dtype=np.int32, count=ends[-1])
    numbers = chain.from_iterable(features.values() for features in counted)
    times = np.fromiter(numbers, dtype=np.float32, count=ends[-1])
    counts = csr_matrix((times, columns, ends), shape=(len(counted), len(names)))
    # Sums of floats depend on their order: the same order here and for a single message gives the same answers.
    counts.sort_indices()
    return names, counts


def joined(parts: Sequence[tuple[list[str], csr_matrix]]) -> tuple[list[str], csr_matrix]:
    """What :func:`count` would have given for the messages of all parts, one part after the other."""
    names = sorted(set().union(*(part for part, _counts in parts)))
    index = {name: column for column, name in enumerate(names)}
    rows = []
    for part, counts in parts:
        # A part's names are in order too, so that its columns stay in order.
        columns = np.fromiter((index[name] for name in part), dtype=np.int32, count=len(part))
        rows.append(
            csr_matrix((counts.data, columns[counts.indices], counts.indptr), shape=(counts.shape[0], len(names)))
        )
    return names, vstack(rows, format="csr")


class Vectoriser:
    """Turns counts into a sparse row: sublinear, weighted by rarity, pieces and the rest each of length one."""

    def __init__(self, names: Sequence[str], rarity: Array) -> None:
        """``names`` of the features kept, in the order of the columns; ``rarity`` is each column's weight."""
        self.names = list(names)
        self.rarity = rarity.astype(np.float32)
        self._index = {name: column for column, name in enumerate(self.names)}
        self._is_piece = np.array([name[0] == PIECE for name in self.names], dtype=bool)

    @classmethod
    def learn(cls, names: Sequence[str], counts: csr_matrix) -> tuple[Vectoriser, Array]:
        """Keeps what occurs often enough in the counted messages; also answers with the columns that were kept."""
        holding = np.bincount(counts.indices, minlength=counts.shape[1])
        least = np.array([LEAST[name[0]] if counts.shape[0] >= FEW else 1 for name in names])
        kept = np.flatnonzero(holding >= least)
        rarity = np.log((1 + counts.shape[0]) / (1 + holding[kept])) + 1
        return cls([names[column] for column in kept], rarity), kept

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """Counted messages, reduced to the kept columns, as weighted rows."""
        values = (1 + np.log(counts.data)) * self.rarity[counts.indices]
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        pieces = self._is_piece[counts.indices]
        for block in (pieces, ~pieces):
            squares = np.bincount(rows[block], weights=values[block] ** 2, minlength=counts.shape[0])
            values[block] /= np.sqrt(squares)[rows[block]]
        return csr_matrix((values.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)

    def knows(self, word: str) -> bool:
        """Whether the word, or one that sounds like it, is a feature that was kept."""
        return WORD + sound(word) in self._index

    def row(self, features: Mapping[str, int]) -> tuple[Array, Array]:
        """The columns of one message and their values; the same as :meth:`weigh` gives, without its overhead."""
        index = self._index
        known = sorted((index[name], times) for name, times in features.items() if name in index)
        columns = np.array([column for column, _times in known], dtype=np.intp)
        times = np.array([times for _column, times in known], dtype=np.float32)
        values = (1 + np.log(times)) * self.rarity[columns]
        pieces = self._is_piece[columns]
        for block in (pieces, ~pieces):
            norm = math.sqrt(float(np.dot(values[block], values[block])))
            if norm:
                values[block] /= norm
        return columns, values.astype(np.float32)
