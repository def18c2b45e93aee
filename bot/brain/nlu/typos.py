"""Typing mistakes, corrected only toward words of the training data.

An unknown word becomes the likeliest known one near it: by the slip of the fingers that would explain it, by how
frequent the known word is, and by the words beside it. A common word is replaced only where it never stands and another
often does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.brain.nlu.company import END, START, Company
from bot.brain.nlu.contrast import DENIED
from bot.brain.nlu.lexicon import common_words
from bot.brain.nlu.slips import SAME_SOUND, USUAL, cost
from bot.brain.nlu.spelling import sound

SHORTEST = 4
"""Shorter words are no targets: too many of them are one letter apart."""

KNOWN_FROM = 3
"""In how many training messages a word must occur to count as one."""

_FREQUENT = 15
_MISSPELT_SHARE = 0.02
_MISSPELT_FROM = 6
_REAL_WORD_DOUBT = 6.0
"""How much likelier another word must be before a word that exists is taken for a mistake (a logarithm)."""

_ENDINGS = frozenset(("s", "es", "n", "la", "lo", "le", "las", "los", "les", "me", "te", "se", "nos"))
_INFLECTION = re.compile(r"[aeio][srn]?$")


class TypoFixer:
    """Knows the words of the training data; deterministic, without state that changes an answer."""

    def __init__(
        self, counts: Mapping[str, int], known_from: int = KNOWN_FROM, pairs: Mapping[str, int] | None = None
    ) -> None:
        """``counts``: how many training messages hold a word; ``pairs``: how many hold two side by side."""
        self._targets = sorted((word for word, times in counts.items() if times >= known_from and _plain(word)))
        self._alike: dict[tuple[int, str], list[str]] = {}
        self._by_rest: dict[str, list[str]] = {}
        for word in self._targets:
            if len(word) >= SHORTEST:
                self._alike.setdefault((len(word), word[0]), []).append(word)
                self._by_rest.setdefault(word[1:], []).append(word)
        self._known = set(self._targets)
        self._counts = dict(counts)
        self._sounds: dict[str, str] = {}
        for word in sorted(self._targets, key=lambda word: (-counts[word], word)):
            self._sounds.setdefault(sound(word), word)
        self.company = Company(counts, pairs or {})
        self._near = lru_cache(maxsize=32768)(self._find_near)

    @classmethod
    def learn(cls, messages: Iterable[Sequence[str]], known_from: int = KNOWN_FROM) -> TypoFixer:
        """From the words of the training messages."""
        plain = [[word.lstrip(DENIED) for word in words] for words in messages]
        counts: Counter[str] = Counter()
        for words in plain:
            counts.update(set(words))
        often = {word: times for word, times in counts.items() if times >= known_from}
        known = cls(often, known_from)
        kept = {word: times for word, times in often.items() if not known.is_misspelt(word)}
        return cls(kept, known_from, Company.learn(plain, kept).pairs)

    @property
    def counts(self) -> Mapping[str, int]:
        """The words it knows, with the number of training messages that hold them."""
        return self._counts

    def knows(self, word: str) -> bool:
        """Whether the training data uses the word."""
        return word in self._known

    def is_word(self, token: str) -> bool:
        """Whether a token is a word: a known or common one, or a frequent one mistyped."""
        if token in self._known or token in common_words():
            return True
        return self._counts.get(self._fixed(START, token, END), 0) >= _FREQUENT

    def is_misspelt(self, word: str) -> bool:
        """Whether a known word is itself a usual mistake for a far more frequent one."""
        if len(word) <= SHORTEST or word in common_words() or not _plain(word):
            return False
        limit = self._counts[word] / _MISSPELT_SHARE
        return any(self._counts[other] >= limit and price <= USUAL for other, price in self._near(word))

    def fix(self, words: Sequence[str]) -> list[str]:
        """The words, each replaced by the likeliest known one when it is clearly mistyped."""
        out = [START]
        for at, word in enumerate(words):
            out.append(self._fixed(out[-1], word, words[at + 1] if at + 1 < len(words) else END))
        return out[1:]

    def fix_contrasted(self, words: Sequence[str]) -> list[str]:
        """The same for words of which the denied ones have :data:`bot.brain.nlu.contrast.DENIED` before them."""
        plain = self.fix([word.lstrip(DENIED) for word in words])
        return [DENIED + new if old[0] == DENIED else new for old, new in zip(words, plain, strict=True)]

    def _fixed(self, left: str, word: str, right: str) -> str:
        if len(word) < SHORTEST - 1 or not _plain(word):
            return word
        if word in self._known or word in common_words():
            return self._doubted(left, word, right)
        near = self._near(word)
        if len(word) < SHORTEST:
            near = [pair for pair in near if self._fits(left, pair[0], right)]
        if not near:
            return word
        return min((price - self.company.likelihood(left, other, right), other) for other, price in near)[1]

    def _doubted(self, left: str, word: str, right: str) -> str:
        """A word that exists, or another one when only that one ever stands between these neighbours."""
        if self._fits(left, word, right):
            return word
        # Words with other ends may be another form of the same word, which is no mistake.
        near = [
            other
            for other, price in self._near(word)
            if price <= USUAL and other[-1] == word[-1] and self._fits(left, other, right)
        ]
        if not near:
            return word
        likeliest, best = max((self.company.likelihood(left, other, right), other) for other in near)
        return best if likeliest - self.company.likelihood(left, word, right) > _REAL_WORD_DOUBT else word

    def _fits(self, left: str, word: str, right: str) -> bool:
        return self.company.met(left, word) or self.company.met(word, right)

    def _find_near(self, word: str) -> Sequence[tuple[str, float]]:
        """Known words that may be meant by another one, and what the mistakes between them cost."""
        pairs = (*self._same_first_letter(word), *((other, 1) for other in self._other_first_letter(word)))
        found = {other: cost(word, other, distance) for other, distance in pairs if not _inflected(word, other)}
        heard = self._sounds.get(sound(word))
        if heard is not None and heard != word and len(word) >= SHORTEST:
            found[heard] = SAME_SOUND
        return sorted(found.items())

    def _same_first_letter(self, word: str) -> Iterator[tuple[str, int]]:
        allowed = 1 if len(word) < 8 else 2
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            known = self._alike.get((length, word[0]), ())
            for other, distance, _index in process.extract(
                word, known, scorer=OSA.distance, score_cutoff=allowed, limit=None
            ):
                if distance:
                    yield other, distance

    def _other_first_letter(self, word: str) -> Iterator[str]:
        """The first letter is seldom the mistyped one: here nothing else may be wrong. It was replaced, left out, put
        before the word, or changed places with the second."""
        rest = word[1:]
        swapped = word[1::-1] + word[2:]
        whole = [other for other in (rest, swapped) if other in self._by_rest.get(other[1:], ())]
        for other in (*self._by_rest.get(rest, ()), *self._by_rest.get(word, ()), *whole):
            if other[0] != word[0]:
                yield other


def _inflected(word: str, known: str) -> bool:
    """Whether the word is rather another form of the known one ("podés" of "poder", "buscarla" of "buscar")."""
    short, long = sorted((word, known), key=len)
    if long.startswith(short) and long[len(short) :] in _ENDINGS:
        return True
    return len(word) == len(known) and word[:-1] == known[:-1] and bool(_INFLECTION.search(word))


def _plain(word: str) -> bool:
    """Letters only: codes, numbers, addresses and placeholders are never touched."""
    return word.isalpha()
