"""The guides as the rest of the program uses them: found, walked, asked, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.guides.draw.alt import alt_text
from bot.guides.draw.layout import layout
from bot.guides.draw.png import rasterise
from bot.guides.draw.svg import render
from bot.guides.interfaces import Button, FactAnswer, GuideUnknown, Image, Place, Walk, Walked
from bot.guides.load import load_library
from bot.guides.model import Guide, Library, Step
from bot.guides.questions import Questions
from bot.guides.search import Steps
from bot.guides.text import Vocabulary
from bot.guides.walk import Walker
from bot.platforms import Platform

# Where the pages are mounted; drawings and step anchors hang below it.
ROOT = "/guias"


def load_guides(folder: Path) -> LibraryGuides:
    """The service over a folder of guides.

    Raises:
        GuidesInvalid: something in the folder must be corrected first.
    """
    return LibraryGuides(load_library(folder))


class LibraryGuides:
    """A :class:`bot.guides.interfaces.GuideService` over guides in memory."""

    def __init__(self, library: Library) -> None:
        self.library = library
        vocabulary = Vocabulary.of(library.words)
        self._questions = Questions(library, vocabulary)
        self._steps = Steps(library, vocabulary)
        self._walker = Walker(self._steps.within, self._steps.trouble, self._image)
        self._by_intent = {
            (guide.platform, intent): guide for guide in library.guides.values() for intent in guide.intents
        }
        # Drawings never change while the service runs; PNG costs tens of milliseconds, some kilobytes each.
        self._png = lru_cache(maxsize=256)(self._rasterise)

    def all(self, platform: Platform | None = None) -> Sequence[Guide]:
        return self.library.of(platform) if platform else list(self.library.guides.values())

    def get(self, guide_id: str) -> Guide:
        try:
            return self.library.guides[guide_id]
        except KeyError:
            raise GuideUnknown(guide_id) from None

    def find(self, intent: str, platform: Platform) -> Guide | None:
        return self._by_intent.get((platform, intent))

    def platforms_for(self, intent: str) -> Sequence[Platform]:
        return [platform for platform in Platform if (platform, intent) in self._by_intent]

    def answer(self, question: str, platform: Platform | None = None) -> FactAnswer | None:
        return self._questions.answer(question, platform)

    def platforms_that_answer(self, question: str) -> Sequence[Platform]:
        return self._questions.platforms(question)

    def asks_the_way(self, text: str) -> bool:
        return self._questions.certainty.asks_the_way(text)

    def asks_for_a_guide(self, text: str) -> bool:
        return self._questions.certainty.asks_for_a_guide(text)

    def search(
        self, text: str, platform: Platform | None = None, *, within: str = "", limit: int = 3
    ) -> Sequence[Place]:
        if within:
            return self._steps.in_guide(self.get(within), text, limit)
        return self._steps.anywhere(text, platform, limit)

    def named(self, text: str, platform: Platform | None = None, *, limit: int = 3) -> Sequence[Place]:
        return self._steps.titles(self._questions.certainty.without_guide_words(text), platform, limit)

    def walk(self, walk: Walk, command: str, value: str = "") -> Walked:
        walked = self._walker.do(self.get(walk.guide), walk, command, value)
        return replace(walked, shown=tuple(replace(s, buttons=self._titled(s.buttons)) for s in walked.shown))

    def _titled(self, buttons: Sequence[Button]) -> Sequence[Button]:
        """The buttons, those that begin another guide with its title; one to a guide that is gone is left out."""
        titles = {guide_id: guide.title for guide_id, guide in self.library.guides.items()}
        return tuple(
            replace(button, title=titles[button.value]) if button.kind == "start" else button
            for button in buttons
            if button.kind != "start" or button.value in titles
        )

    def svg(self, guide_id: str, step_id: str) -> str:
        return self._draw(guide_id, step_id, "auto")

    def png(self, guide_id: str, step_id: str) -> bytes:
        return self._png(guide_id, step_id)

    def alt(self, guide_id: str, step_id: str) -> str:
        """The alternative text of a step's drawing; empty when it has none."""
        step = self.get(guide_id).step(step_id)
        return alt_text(step.drawing) if step and step.drawing else ""

    def mail_facts(self, guide_id: str, public_url: str) -> Mapping[str, Any]:
        guide = self.get(guide_id)
        link = f"{public_url.rstrip('/')}{ROOT}/{guide.id}"
        steps = [
            {
                "number": number,
                "title": step.title,
                "do": list(step.do),
                "see": list(step.see),
                "link": f"{link}#paso-{number}",
                "image": f"{link}/{step.id}.png" if step.drawing else "",
                "alt": alt_text(step.drawing) if step.drawing else "",
            }
            for number, step in enumerate(guide.steps, 1)
        ]
        return {
            "title": guide.title,
            "purpose": guide.purpose,
            "platform": self.library.platforms[guide.platform].name,
            "at_hand": list(guide.at_hand),
            "link": link,
            "steps": steps,
            "sources": [source.cite for source in guide.sources],
        }

    def _image(self, guide: Guide, step: Step) -> Image | None:
        return Image(f"{ROOT}/{guide.id}/{step.id}.svg", alt_text(step.drawing)) if step.drawing else None

    def _draw(self, guide_id: str, step_id: str, theme: str) -> str:
        step = self.get(guide_id).step(step_id)
        if step is None or step.drawing is None:
            raise GuideUnknown(guide_id, step_id)
        return render(layout(step.drawing), alt_text(step.drawing), theme)

    def _rasterise(self, guide_id: str, step_id: str) -> bytes:
        return rasterise(self._draw(guide_id, step_id, "light"))
