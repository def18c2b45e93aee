"""Brings two people's versions of one text together, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Part:
    """A run of lines. Where both sides changed it differently, ``conflict`` is set and each side's lines are given."""

    lines: Sequence[str]
    conflict: bool = False
    mine: Sequence[str] = ()
    theirs: Sequence[str] = ()


@dataclass(frozen=True)
class Merged:
    """What came of a merge, part by part in order."""

    parts: Sequence[Part]

    @property
    def conflicts(self) -> int:
        """In how many places both sides want something else."""
        return sum(part.conflict for part in self.parts)

    def text(self, take_mine: Sequence[bool] = ()) -> str:
        """The merged text; the n-th conflict is settled by the n-th choice (mine, else theirs)."""
        choices = iter(take_mine)
        chosen: list[str] = []
        for part in self.parts:
            if part.conflict:
                chosen += part.mine if next(choices, False) else part.theirs
            else:
                chosen += part.lines
        return "".join(chosen)


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Both sides' changes to a common text. What only one side changed, or both alike, is taken; nothing is lost."""
    ground, left, right = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    anchors = _anchors(ground, left, right)
    parts: list[Part] = []
    at = (0, 0, 0)
    for anchor in [*anchors, (len(ground), len(left), len(right), 0)]:
        before = ground[at[0] : anchor[0]]
        parts += _between(before, left[at[1] : anchor[1]], right[at[2] : anchor[2]])
        size = anchor[3]
        if size:
            parts.append(Part(ground[anchor[0] : anchor[0] + size]))
        at = (anchor[0] + size, anchor[1] + size, anchor[2] + size)
    return Merged(parts)


def _between(before: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[Part]:
    if mine == theirs or theirs == before:
        return [Part(mine)] if mine else []
    if mine == before:
        return [Part(theirs)] if theirs else []
    return [Part((), True, mine, theirs)]


def _anchors(ground: Sequence[str], left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Runs of lines that all three have: place in each, and length."""
    to_left = {
        a + k: b + k for a, b, n in SequenceMatcher(None, ground, left, False).get_matching_blocks() for k in range(n)
    }
    to_right = {
        a + k: b + k for a, b, n in SequenceMatcher(None, ground, right, False).get_matching_blocks() for k in range(n)
    }
    runs: list[tuple[int, int, int, int]] = []
    for at in range(len(ground)):
        if at not in to_left or at not in to_right:
            continue
        here = (at, to_left[at], to_right[at])
        if runs and all(here[k] == runs[-1][k] + runs[-1][3] for k in range(3)):
            runs[-1] = (*runs[-1][:3], runs[-1][3] + 1)
        else:
            runs.append((*here, 1))
    return runs
