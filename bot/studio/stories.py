"""The conversation tests of a draft, and what becomes of them with a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from bot.stories.nodes import StoryInvalid
from bot.stories.reader import Reader
from bot.stories.responses import Responses
from bot.stories.story import Story
from bot.studio.files import Workspace
from bot.studio.live_side import mark_of
from bot.studio.places import STORIES, responses


@dataclass(frozen=True)
class Stories:
    """The conversation tests that ought to hold.

    Attributes:
        unreadable: what is wrong with each file that cannot be read, in sentences.
    """

    found: Sequence[Story]
    unreadable: Sequence[str]

    def marks(self) -> list[str]:
        """A mark of each, which stays while it is only moved within its file."""
        return [mark_of([one.title, *(replace(step, line=0) for step in one.steps)]) for one in self.found]


@lru_cache(maxsize=1)
def read_stories(staged: Path, project: Path) -> Stories:
    """The tests of a draft. They may name what the draft's project says or what is said today: a response that a draft
    takes away makes its stories fail, not its files unreadable."""
    reader = Reader({*responses(Workspace(staged)), *responses(Workspace(project))})
    found: list[Story] = []
    unreadable = []
    for file in sorted((staged / STORIES).rglob("*.yml")):
        try:
            found += reader.file(file, found)
        except StoryInvalid as invalid:
            unreadable.append(str(invalid))
    return Stories([one for one in found if not one.pending], unreadable)


async def play(stories: Sequence[Story], project: Path, model: Path) -> list[str]:
    """What is wrong with each story on a project's data with this model; empty where it holds."""
    from bot.sandbox import sandbox
    from bot.stories.player import Player, StoryDoesNotHold

    sayings, wrong = Responses(responses(Workspace(project))), []
    async with sandbox(project, model) as running:
        for story in stories:
            await running.begin_anew()
            try:
                await Player(running, sayings).play(story)
                wrong.append("")
            except StoryDoesNotHold as failed:
                wrong.append(failed.problem)
            except Exception as error:  # a story that breaks the service is a story that does not hold
                wrong.append(type(error).__name__)
    return wrong
