"""Finds the fact that answers a question, and the step that words point to: word overlap weighted by rarity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

from rapidfuzz import fuzz

from bot.guides.text import Vocabulary

# A word may be misspelt: from this similarity on it counts as the same, for words of at least five letters.
_ALIKE = 84
# Shares of the heaviest weight. A word of the question that no fact holds speaks against every fact: a little when
# the guides use it elsewhere, much when they never do ("¿cuál es el teléfono de la policía?").
_ELSEWHERE = 0.5
_FOREIGN = 1.8
_FOREIGN_BUT_NAMED = 0.6
# "Which", "where", "who" are in most questions: they tell two facts apart, but are no evidence by themselves.
_ASKING = 0.3


@dataclass(frozen=True)
class Entry:
    """Something to be found.

    Attributes:
        forms: ways to ask for it, each as words.
        about: further words that belong to it.
    """

    key: str
    forms: Sequence[tuple[str, ...]]
    about: frozenset[str]

    @cached_property
    def about_all(self) -> frozenset[str]:
        """Every word of the entry."""
        return self.about.union(*self.forms)


@dataclass(frozen=True)
class Hit:
    """A found entry and how well it fits, 0 to 1."""

    key: str
    score: float


class Index:
    """Entries of one platform (or one guide), ready to be searched."""

    def __init__(self, vocabulary: Vocabulary, entries: Iterable[Entry], lexicon: Collection[str] = ()) -> None:
        """``lexicon``: every word that the guides use anywhere."""
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._entries = list(entries)
        counts = Counter(word for entry in self._entries for word in entry.about_all)
        total = max(1, len(self._entries))
        self._heaviest = log(1 + total)
        most = self._heaviest * _ASKING
        self._weights: Mapping[str, float] = {
            word: min(log(1 + total / n), most) if word in vocabulary.asking else log(1 + total / n)
            for word, n in counts.items()
        }

    def search(self, text: str, *, named: bool = False) -> Sequence[Hit]:
        """Every entry that shares something with the text, best first.

        Args:
            named: the text names the platform, so that strange words in it count less.
        """
        words = self.known(text)
        if not any(word in self._weights for word in words):
            return ()
        foreign = _FOREIGN_BUT_NAMED if named else _FOREIGN
        asked = {word: self._weights.get(word, self._outside(word, foreign)) for word in words}
        hits = [Hit(entry.key, self._score(asked, entry)) for entry in self._entries]
        return sorted((hit for hit in hits if hit.score > 0), key=lambda hit: -hit.score)

    def bare(self) -> Sequence[Hit]:
        """The entries that can be asked for by nothing but the platform's name ("¿qué es el SECOP II?")."""
        return [Hit(entry.key, 1.0) for entry in self._entries if () in entry.forms]

    def known(self, text: str) -> Sequence[str]:
        """The words of a text that count, misspelt ones replaced by what they most resemble."""
        words = self._vocabulary.words(text)
        return [word if word in self._weights or len(word) < 5 else self._nearest(word) for word in words]

    def weigh(self, word: str) -> float:
        """How much a word says: the rarer, the more."""
        return self._weights.get(word, self._heaviest)

    def _nearest(self, word: str) -> str:
        best, score = word, float(_ALIKE)
        for known in self._weights:
            if known[0] != word[0]:
                continue
            # An ending that no rule knows ("caracterez"), or a letter or two amiss.
            alike = 90.0 if len(known) >= 5 and word.startswith(known) else 0.0
            if abs(len(known) - len(word)) <= 2:
                alike = max(alike, fuzz.ratio(word, known))
            if alike >= score:
                best, score = known, alike
        return best

    def _outside(self, word: str, foreign: float) -> float:
        if word in self._vocabulary.asking or word.isdigit():
            return self._heaviest * _ASKING
        return self._heaviest * (_ELSEWHERE if word in self._lexicon else foreign)

    def _score(self, asked: Mapping[str, float], entry: Entry) -> float:
        """The best of: how much of the question a form covers, and of the form the question, evenly; and how much
        of the question the entry as a whole covers, for questions put in other words."""
        if not any(word in entry.about_all for word in asked if word not in self._vocabulary.asking):
            return 0.0
        total = sum(asked.values())
        best = 0.0
        for form in entry.forms:
            common = sum(weight for word, weight in asked.items() if word in form)
            if common:
                precision, recall = common / total, common / sum(self._weights[word] for word in form)
                best = max(best, 2 * precision * recall / (precision + recall))
        covered = sum(weight for word, weight in asked.items() if word in entry.about_all) / total
        return 0.6 * best + 0.4 * covered if best else 0.3 * covered
