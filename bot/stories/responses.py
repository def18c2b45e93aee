"""Tells which response of ``data/responses`` a message of the bot is, so that rewording breaks no story."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_FACT = re.compile(r"\{(\w+)\}")


class Responses:
    """All responses, as patterns: each fact stands for any text.

    Args:
        responses: each with its variations, as the files in ``data/responses`` have them.
    """

    def __init__(self, responses: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._patterns = {name: _patterns(variations) for name, variations in responses.items()}

    @property
    def names(self) -> frozenset[str]:
        """The names of all responses."""
        return frozenset(self._patterns)

    def is_one(self, name: str, text: str) -> bool:
        """Whether a text is this response, with whichever facts."""
        return any(pattern.fullmatch(text.strip()) for pattern in self._patterns.get(name, ()))

    def name_of(self, text: str) -> str:
        """The likeliest name of a text; empty when it is none of them. The more of it is fixed, the likelier."""
        # A response that is one fact and nothing else would be every text.
        found = [name for name in self._patterns if self.is_one(name, text) and self._fixed(name) > 0]
        return max(found, key=self._fixed, default="")

    def _fixed(self, name: str) -> int:
        return max(len(pattern.pattern.replace(".+", "")) for pattern in self._patterns[name])


def _patterns(variations: Sequence[Mapping[str, Any]]) -> list[re.Pattern[str]]:
    texts = [str(each.get("text") or "").strip() for each in variations]
    return [_pattern(text) for text in texts if text]


def _pattern(text: str) -> re.Pattern[str]:
    pieces = _FACT.split(text)
    # Odd pieces are the facts' names.
    parts = [".+" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)]
    return re.compile("".join(parts), re.DOTALL)
