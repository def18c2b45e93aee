"""Answers questions about the content of the guides from their facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.guides.certainty import Certainty
from bot.guides.interfaces import FactAnswer
from bot.guides.match import Entry, Hit, Index
from bot.guides.model import Fact, Guide, Library
from bot.guides.text import Vocabulary, has_question_mark, plain
from bot.platforms import Platform

# Measured on tests/guides/preguntas.yml: below this a wrong answer becomes likely.
CERTAIN = 0.51
# A topic without a question ("horario de atención") may as well be something else.
CERTAIN_TOPIC = 0.7
# Two facts closer than this are both possible, unless they say the same.
AHEAD = 0.01
# On two platforms at once: the better one must lead by this, else the platform is asked for.
CLEAR = 0.12


class Questions:
    """The facts of all guides, by platform."""

    def __init__(self, library: Library, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.certainty = Certainty(library.words, vocabulary)
        self._facts: dict[Platform, dict[str, tuple[Guide, Fact]]] = {}
        self._indexes: dict[Platform, Index] = {}
        self._names = {platform: _patterns(name.words) for platform, name in library.platforms.items()}
        self._countries = {platform: _patterns(name.country) for platform, name in library.platforms.items()}
        lexicon = _lexicon(library, vocabulary)
        for platform in Platform:
            found = {f"{guide.id}#{fact.id}": (guide, fact) for guide in library.of(platform) for fact in guide.facts}
            self._facts[platform] = found
            self._indexes[platform] = Index(
                vocabulary, [self._entry(vocabulary, platform, key, *pair) for key, pair in found.items()], lexicon
            )

    def _entry(self, vocabulary: Vocabulary, platform: Platform, key: str, guide: Guide, fact: Fact) -> Entry:
        forms = tuple(vocabulary.words(self._without(question, platform)) for question in fact.questions)
        about = vocabulary.words(" ".join((*fact.words, fact.answer)))
        return Entry(key, forms, frozenset(about))

    def _without(self, text: str, platform: Platform) -> str:
        """The text without the platform's own names, which every question may hold."""
        text = plain(text)
        for name in self._names.get(platform, ()):
            text = name.sub(" ", text)
        return text

    def named(self, question: str) -> Platform | None:
        """The one platform that a question names."""
        text = plain(question)
        for names in (self._names, self._countries):
            found = [platform for platform, all_of in names.items() if any(name.search(text) for name in all_of)]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def answer(self, question: str, platform: Platform | None) -> FactAnswer | None:
        """The certain answer, or None. See :meth:`bot.guides.interfaces.GuideService.answer`."""
        if not self._vocabulary.is_question(question):
            return None
        platform = self.named(question) or platform
        if platform:
            return self._best(question, platform)
        found = sorted(self._everywhere(question).values(), key=lambda answer: -answer.score)
        if not found or (len(found) > 1 and found[0].score - found[1].score < CLEAR):
            return None
        return found[0]

    def platforms(self, question: str) -> Sequence[Platform]:
        """Every platform with a certain answer."""
        named = self.named(question)
        if not self._vocabulary.is_question(question):
            return ()
        return (named,) if named else tuple(self._everywhere(question))

    def _everywhere(self, question: str) -> Mapping[Platform, FactAnswer]:
        answers = {platform: self._best(question, platform) for platform in Platform}
        return {platform: answer for platform, answer in answers.items() if answer}

    def _best(self, question: str, platform: Platform) -> FactAnswer | None:
        rest = self._without(question, platform)
        bare = not self._vocabulary.words(rest) and self._vocabulary.asks(rest) and rest != plain(question)
        hits = (
            self._indexes[platform].bare()
            if bare
            else self._indexes[platform].search(rest, named=rest != plain(question))
        )
        plainly = has_question_mark(question) or self._vocabulary.asks(question)
        if not hits or hits[0].score < (CERTAIN if plainly else CERTAIN_TOPIC) or self._doubtful(platform, hits):
            return None
        guide, fact = self._facts[platform][hits[0].key]
        index = self._indexes[platform]
        forms = [self._without(form, platform) for form in fact.questions]
        sure = self.certainty.sure(question, index.known(rest), forms, index.weigh)
        return FactAnswer(guide, fact.id, fact.answer, fact.source, fact.step, round(hits[0].score, 3), sure)

    def _doubtful(self, platform: Platform, hits: Sequence[Hit]) -> bool:
        """Whether another fact, which says something else, fits as well."""
        if len(hits) < 2 or hits[0].score - hits[1].score >= AHEAD:
            return False
        (_, first), (_, second) = (self._facts[platform][hit.key] for hit in hits[:2])
        return first.answer != second.answer


def _patterns(names: Sequence[str]) -> Sequence[re.Pattern[str]]:
    """Whole words, the longest first."""
    return [re.compile(rf"\b{re.escape(plain(name))}\b") for name in sorted(names, key=len, reverse=True)]


def _lexicon(library: Library, vocabulary: Vocabulary) -> frozenset[str]:
    """Every word that the guides use."""
    texts: list[str] = []
    for guide in library.guides.values():
        texts += [guide.title, guide.purpose, guide.who, *guide.at_hand, *guide.words]
        for step in guide.steps:
            texts += [step.title, *step.do, *step.see, *step.other, *step.words]
            for trouble in step.troubles:
                texts += [trouble.problem, *trouble.words, *trouble.remedy]
        for fact in guide.facts:
            texts += [*fact.questions, *fact.words, fact.answer]
    return frozenset(vocabulary.words(" ".join(texts)))
