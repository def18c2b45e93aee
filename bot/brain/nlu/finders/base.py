"""What every finder works on and answers with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.brain.nlu.lexicon import lexicon


@dataclass(frozen=True)
class Found:
    """A datum in the prepared text.

    Attributes:
        kind: the entity's name.
        start: where it begins in the prepared text.
        end: where it ends there.
        value: in one normal form.
        confidence: 0 to 1; 1 when a check digit or an unmistakable form proves the kind.
        facts: further facts, for example the country of a telephone number.
    """

    kind: str
    start: int
    end: int
    value: str
    confidence: float
    facts: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _leads() -> Mapping[str, re.Pattern[str]]:
    """For each kind the words that announce it; ``other`` announces a number that is none of ours."""
    return {kind: re.compile(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])") for kind, words in lexicon().leads.items()}


_AFTER = re.compile(
    r"\s*(?:\(|,|:|=|-)?\s*(?:(?:es|seria|fue|como|ese es|ahi)\s+)?(?:(?:mi|el|la|su|numero de|num de)\s+)*([\w.]+)"
)
_CLAUSE_END = re.compile(r"\n|;|\w{4,}\. ")
_NEAR = 44
_PREFER = ("other", "nit", "ruc", "id", "phone", "birth", "code", "user")


def lead(text: str, start: int, end: int, kinds: Sequence[str] = _PREFER) -> str:
    """Which kind of datum the words beside ``text[start:end]`` announce; empty when they say nothing.

    The nearest announcing word before it counts, unless another number stands between; else one right after it
    ("41236587 es mi dni").
    """
    before = text[max(0, start - _NEAR) : start]
    cut = max((match.end() for match in _CLAUSE_END.finditer(before)), default=0)
    number = max((match.end() for match in re.finditer(r"\d{3,}|@\w+", before)), default=0)
    before = before[max(cut, number) :]
    best = max(
        ((match.end(), -_PREFER.index(kind), kind) for kind in kinds for match in _leads()[kind].finditer(before)),
        default=None,
    )
    if best is not None:
        return best[2]
    after = _AFTER.match(text, end, end + 30)
    if after:
        for kind in kinds:
            if _leads()[kind].fullmatch(after[1].strip(".")) and kind != "other":
                return kind
    return ""
