"""How unlikely a slip of the fingers is: what people type by mistake for a word they mean."""

from __future__ import annotations

_ROWS = ("qwertyuiop", "asdfghjklñ", "zxcvbnm")
BESIDE = {key: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _ROWS for at, key in enumerate(row)}
"""Keys beside each key in its row of a Spanish keyboard."""

SAME_SOUND, USUAL, UNUSUAL, SECOND, FIRST_LETTER = -1.0, 0.0, 2.5, 4.0, 2.0
"""Costs, as logarithms of how many times rarer: letters swapped, lost, doubled or taken from the next key are usual;
another letter, a second mistake in one word and one in its first letter are not."""


def cost(typed: str, meant: str, distance: int) -> float:
    """The cost of the slips between two different words that are ``distance`` mistakes (OSA) apart."""
    first = 0.0 if typed[0] == meant[0] else FIRST_LETTER
    if distance > 1:
        return first + SECOND
    start = _shared(typed, meant)
    end = _shared(typed[start:][::-1], meant[start:][::-1])
    new, lost = typed[start : len(typed) - end], meant[start : len(meant) - end]
    if len(typed) < len(meant):
        usual = True
    elif len(typed) > len(meant):
        usual = new in (typed[start - 1 : start], typed[start + 1 : start + 2])
    else:
        usual = len(new) == 2 or new in BESIDE.get(lost, ())
    return first + (USUAL if usual else UNUSUAL)


def _shared(one: str, other: str) -> int:
    """How many letters two words begin with in common."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
