"""Comparable texts, many at once: what :func:`bot.brain.nlu.similar.comparable` gives, letter by letter from a table.

The messages are indexed anew whenever one is added, while the service answers: each is made comparable once a process.
"""

from __future__ import annotations

from bot.brain.nlu.normalise import fold, plain_words
from bot.brain.nlu.similar import comparable

_TILDE_APART = "\u0303"


class _Letters(dict[int, str]):
    """Each letter as :func:`fold` writes it; asked for once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = fold(chr(code)).text
        return folded


class Plain:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self._letters, self._known = _Letters(), dict[str, str]()

    def __call__(self, text: str) -> str:
        """The text as near-duplicates are compared."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._made(text)
        return found

    def _made(self, text: str) -> str:
        if _TILDE_APART in text:
            # The one letter that is folded by what stands beside it.
            return comparable(text)
        return " ".join(plain_words(text.translate(self._letters))) or text.strip()
