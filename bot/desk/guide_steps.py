"""Steps of the guides that an agent can send, and an answer that the guides suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversations.interfaces import Author
from bot.desk.model import Case
from bot.desk.view import Line
from bot.guides.interfaces import GuideService, GuideUnknown, Walk
from bot.platforms import Platform

LATEST = 3
"""Messages of the person that a suggestion may answer."""


@dataclass(frozen=True)
class StepChoice:
    """A guide with its steps, each as value and title."""

    guide: str
    title: str
    steps: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class StepMessage:
    """A step as it is sent."""

    text: str
    card: Mapping[str, Any]
    image: Mapping[str, str] | None


class GuideSteps:
    """The guides as agents use them.

    Args:
        guides: None where there are none; then nothing is offered.
    """

    def __init__(self, guides: GuideService | None) -> None:
        self._guides = guides

    def options(self, case: Case) -> list[StepChoice]:
        """The guides of the case's platform, the one under way first."""
        if self._guides is None or not case.platform:
            return []
        found = [
            StepChoice(
                guide.id,
                guide.title,
                [(f"{guide.id}#{number}", step.title) for number, step in enumerate(guide.steps, start=1)],
            )
            for guide in self._guides.all(Platform(case.platform))
        ]
        return sorted(found, key=lambda each: each.guide != case.guide)

    def title(self, guide: str) -> str:
        """A guide's title; where it is gone, its id."""
        try:
            return self._guides.get(guide).title if self._guides else guide
        except GuideUnknown:
            return guide

    def message(self, value: str) -> StepMessage | None:
        """A chosen step; None when there is no such step."""
        guide, _, number = value.partition("#")
        if self._guides is None or not number.isdecimal():
            return None
        try:
            walked = self._guides.walk(Walk(guide), "jump", number)
        except GuideUnknown:
            return None
        step = next((shown.step for shown in walked.shown if shown.step is not None), None)
        if step is None:
            return None
        return StepMessage(step.title, step.as_card(), step.image.as_dict() if step.image else None)

    def suggestion(self, case: Case, lines: Sequence[Line]) -> str:
        """What the manuals answer to the newest of the person's last messages; empty when nothing is certain."""
        if self._guides is None or not case.platform:
            return ""
        said = [line.text for line in lines if line.author is Author.USER][-LATEST:]
        found = (self._guides.answer(text, Platform(case.platform)) for text in reversed(said) if text)
        return next((answer.text for answer in found if answer), "")
