"""Finds the guide, the step, or the trouble of a step, that words point to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.guides.draw.alt import labels_of
from bot.guides.interfaces import Place
from bot.guides.match import Entry, Index
from bot.guides.model import Guide, Library, Step
from bot.guides.text import Vocabulary, plain
from bot.platforms import Platform

# How well words must fit a step, inside one guide and over all guides, a trouble of the step at hand, and a guide.
IN_GUIDE = 0.34
ANYWHERE = 0.45
IN_STEP = 0.34
IN_TITLES = 0.5


class Steps:
    """The steps of all guides, searchable by what is written in them and on their drawings."""

    def __init__(self, library: Library, vocabulary: Vocabulary) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._by_guide: dict[str, Index] = {}
        self._by_platform: dict[Platform | None, Index] = {}
        self._by_title: dict[Platform | None, Index] = {}
        names = {plain(name) for platform in library.platforms.values() for name in platform.words}
        self._names = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})\b")

    def within(self, guide: Guide, text: str) -> int:
        """The index of the step of this guide, or -1."""
        places = self.in_guide(guide, text, 1)
        return places[0].index if places else -1

    def in_guide(self, guide: Guide, text: str, limit: int) -> Sequence[Place]:
        """The best steps of one guide."""
        if guide.id not in self._by_guide:
            self._by_guide[guide.id] = Index(self._vocabulary, self._entries([guide]))
        return self._places(self._by_guide[guide.id], text, limit, IN_GUIDE)

    def anywhere(self, text: str, platform: Platform | None, limit: int) -> Sequence[Place]:
        """The best steps of a platform, or of all."""
        if platform not in self._by_platform:
            guides = self._library.of(platform) if platform else self._library.guides.values()
            self._by_platform[platform] = Index(self._vocabulary, self._entries(guides))
        return self._places(self._by_platform[platform], text, limit, ANYWHERE)

    def titles(self, text: str, platform: Platform | None, limit: int) -> Sequence[Place]:
        """The guides that the words name, best first, each at its beginning."""
        if platform not in self._by_title:
            guides = self._library.of(platform) if platform else self._library.guides.values()
            self._by_title[platform] = Index(self._vocabulary, map(self._title, guides))
        hits = self._by_title[platform].search(self._vocabulary.without_asking(self._unnamed(text)), named=True)
        found = [hit for hit in hits if hit.score >= IN_TITLES][:limit]
        return [Place(self._library.guides[hit.key], 0, round(hit.score, 3)) for hit in found]

    def _title(self, guide: Guide) -> Entry:
        forms = [self._vocabulary.words(self._unnamed(text)) for text in (guide.title, *guide.words)]
        about = " ".join((guide.purpose, *(step.title for step in guide.steps)))
        return Entry(guide.id, [form for form in forms if form], frozenset(self._vocabulary.words(about)))

    def _unnamed(self, text: str) -> str:
        """The text without the platforms' names, which are in most titles and messages."""
        return self._names.sub(" ", plain(text))

    def _places(self, index: Index, text: str, limit: int, least: float) -> Sequence[Place]:
        topic = self._vocabulary.without_asking(text)
        places = []
        for hit in index.search(topic, named=True)[:limit]:
            guide_id, _, step_id = hit.key.partition("#")
            guide = self._library.guides[guide_id]
            if hit.score >= least:
                places.append(Place(guide, guide.index(step_id), round(hit.score, 3)))
        return places

    def trouble(self, step: Step, text: str) -> str:
        """The id of the trouble that the words describe, or an empty text."""
        forms = ((trouble.id, (trouble.problem, *trouble.words)) for trouble in step.troubles)
        index = Index(
            self._vocabulary,
            [Entry(key, [self._vocabulary.words(text) for text in texts], frozenset()) for key, texts in forms],
        )
        hits = index.search(text, named=True)
        return hits[0].key if hits and hits[0].score >= IN_STEP else ""

    def _entries(self, guides: Iterable[Guide]) -> Iterable[Entry]:
        for guide in guides:
            for step in guide.steps:
                labels = labels_of(step.drawing) if step.drawing else ()
                forms = [self._vocabulary.words(text) for text in (step.title, *step.words)]
                about = " ".join((guide.title, *guide.words, *step.do, *step.see, *labels))
                yield Entry(
                    f"{guide.id}#{step.id}", [form for form in forms if form], frozenset(self._vocabulary.words(about))
                )
