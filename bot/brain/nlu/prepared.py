"""Training messages made ready for learning: mistyped copies beside them, mistakes corrected, features counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from bot.brain.nlu.arrays import Array
from bot.brain.nlu.contrast import contrasted_words
from bot.brain.nlu.features import count, joined, ngrams
from bot.brain.nlu.noise import mistyped_words
from bot.brain.nlu.side_by_side import side_by_side
from bot.brain.nlu.typos import TypoFixer

WORTH_TWO_CORES = 2_000
"""Messages from which on a second process is worth its start."""

PARTS = 8
"""Into how many jobs the counting is cut, so that both cores are done at the same time."""


@dataclass(frozen=True)
class Prepared:
    """Training messages, counted.

    Attributes:
        intents: their names in order.
        gold: each message's intent, as a place among the names.
        typos: the typing corrector learnt from them.
        names: all features.
        counts: a row for each message, then one for each message mistyped on purpose.
    """

    intents: list[str]
    gold: Array
    typos: TypoFixer
    names: list[str]
    counts: csr_matrix


def prepare(masked: Sequence[str], labels: Sequence[str], seed: int) -> Prepared:
    """Counts messages whose data are placeholders, and a mistyped copy of each.

    ``seed`` draws the mistakes.
    """
    spoken = [contrasted_words(text) for text in masked]
    intents = sorted(set(labels))
    typos = TypoFixer.learn(spoken)
    # The mistyped copies teach what is left of a mistake after correction.
    both = [*spoken, *(mistyped_words(one, seed) for one in spoken)]
    names, counts = _counted(both, typos)
    return Prepared(intents, np.array([intents.index(label) for label in labels]), typos, names, counts)


def _counted(spoken: Sequence[Sequence[Any]], typos: TypoFixer) -> tuple[list[str], csr_matrix]:
    def counted(some: Sequence[Sequence[Any]]) -> tuple[list[str], csr_matrix]:
        return count([ngrams(typos.fix_contrasted(one)) for one in some])

    if len(spoken) < 2 * WORTH_TWO_CORES:
        return counted(spoken)
    # Counted where they are made: arrays are sent back in a fraction of the time that features by name take. In small
    # parts, because a mistyped message takes longer than one that is as it was.
    size = len(spoken) // PARTS + 1
    return joined(side_by_side([partial(counted, spoken[at : at + size]) for at in range(0, len(spoken), size)]))
