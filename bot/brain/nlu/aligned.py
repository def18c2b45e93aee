"""Text that may be rewritten without losing where each character came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Aligned:
    """A rewriting of an original text.

    Attributes:
        text: the rewritten text.
        starts: for each of its characters, where the piece of the original begins that it stands for.
        ends: for each of its characters, where that piece ends.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Aligned:
        """The text itself."""
        return cls(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))

    def map_characters(self, change: Callable[[str], str]) -> Aligned:
        """Rewrites character by character; ``change`` may answer none, one or several."""
        out = list(map(change, self.text))
        if set(map(len, out)) <= {1}:
            return Aligned("".join(out), self.starts, self.ends)
        starts: list[int] = []
        ends: list[int] = []
        for new, start, end in zip(out, self.starts, self.ends, strict=True):
            starts.extend([start] * len(new))
            ends.extend([end] * len(new))
        return Aligned("".join(out), tuple(starts), tuple(ends))

    def sub(self, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]) -> Aligned:
        """Rewrites each match; the new characters all stand for the whole match.

        A match that comes back unchanged keeps its characters' own places.
        """
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = change(match)
            if new == match.group() or match.start() == match.end():
                continue
            out += [self.text[done : match.start()], new]
            starts.extend(self.starts[done : match.start()])
            ends.extend(self.ends[done : match.start()])
            starts.extend([self.starts[match.start()]] * len(new))
            ends.extend([self.ends[match.end() - 1]] * len(new))
            done = match.end()
        if not done:
            return self
        return Aligned("".join(out) + self.text[done:], (*starts, *self.starts[done:]), (*ends, *self.ends[done:]))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of ``text[start:end]``, which must not be empty."""
        return self.starts[start], self.ends[end - 1]
