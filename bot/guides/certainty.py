"""Whether an answer is so certain that it is given instead of what the message would lead to otherwise.

A word that a question shares with a fact may be chance. What counts here is that the message asks for one fact,
neither for the way nor for something to be done, and that it holds most of what one form of the fact's question is
about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bot.guides.model import Words
from bot.guides.text import Vocabulary, has_question_mark, plain

Weigh = Callable[[str], float]

# Measured on tests/guides/preguntas.yml against every message that the intents are trained with.
_FIT = 0.5
_SHARED = 2
# So much of it that even one shared word, or a message that also tells of the person, is no chance.
_FIT_ALMOST_ALL = 0.8
_SHARED_ALMOST_ALL = 3
_FIT_WAY = 0.75
_REST = "…"


@dataclass(frozen=True)
class Overlap:
    """How a message and one form of a question match: weighted share of both, number of words in common."""

    fit: float
    shared: int
    form: int


class Certainty:
    """Judges questions by the lists in ``palabras.yml``."""

    def __init__(self, words: Words, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._way, self._wondering, self._telling = map(_any_of, (words.way, words.wondering, words.telling))
        self._guide = _any_of(words.guide)
        self._asking = _any_of(vocabulary.asking - set(map(plain, words.way)))

    def sure(self, text: str, asked: Sequence[str], questions: Sequence[str], weigh: Weigh) -> bool:
        """Whether the fact with these question forms is what the text asks for.

        Args:
            text: the message.
            asked: its words that count.
            questions: the fact's forms.
            weigh: a word in, its weight out.
        """
        found = self._overlap(asked, [self._vocabulary.words(form) for form in questions], weigh)
        if found.shared == 0 or not (has_question_mark(text) or self._asks(text)):
            return False
        if self.asks_the_way(text):
            return self.asks_the_way(questions[found.form]) and found.fit >= _FIT_WAY and found.shared >= _SHARED
        almost_all = found.fit >= _FIT_ALMOST_ALL and found.shared >= _SHARED_ALMOST_ALL
        if self._telling.search(self._stripped(text)):
            return almost_all
        return found.fit >= _FIT and found.shared >= _SHARED

    def asks_the_way(self, text: str) -> bool:
        """Whether the text asks to be shown how rather than for one fact: the word that comes first decides."""
        stripped = self._stripped(text)
        way, asking = self._way.search(stripped), self._asking.search(stripped)
        return way is not None and (asking is None or way.start() < asking.start())

    def asks_for_a_guide(self, text: str) -> bool:
        """Whether the text asks for a guide by that name, or for steps."""
        return bool(self._guide.search(plain(text)))

    def without_guide_words(self, text: str) -> str:
        """What a guide is asked for about."""
        return self._guide.sub(" ", plain(text))

    def _asks(self, text: str) -> bool:
        stripped = self._stripped(text)
        return bool(self._asking.search(stripped) or self._way.search(stripped))

    def _stripped(self, text: str) -> str:
        return self._wondering.sub(" que ", plain(text))

    def _overlap(self, asked: Sequence[str], forms: Sequence[tuple[str, ...]], weigh: Weigh) -> Overlap:
        content = self._content(asked)
        total = sum(map(weigh, content))
        best = Overlap(0.0, 0, 0)
        for number, form in enumerate(forms):
            wanted = self._content(form)
            common = [word for word in content if word in wanted]
            if common:
                weight = sum(map(weigh, common))
                fit = 2 * weight / (total + sum(map(weigh, wanted)))
                best = max(best, Overlap(fit, len(common), number), key=lambda overlap: (overlap.fit, overlap.shared))
        return best

    def _content(self, words: Collection[str]) -> list[str]:
        return [word for word in words if word not in self._vocabulary.asking]


def _any_of(phrases: Collection[str]) -> re.Pattern[str]:
    """Matches one of the phrases as whole words; a phrase that ends in «…» also as the beginning of a word."""
    expressions = [
        re.escape(plain(phrase.removesuffix(_REST))) + (r"\w*" if phrase.endswith(_REST) else "")
        for phrase in sorted(phrases, key=len, reverse=True)
    ]
    # Without any phrase nothing matches.
    return re.compile(rf"\b(?:{'|'.join(expressions)})\b" if expressions else r"(?!)")
