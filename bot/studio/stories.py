"""The conversation tests of a draft, and what becomes of them with a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
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


@lru_cache(maxsize=2)
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


class Shared:
    """The places of many stories, handed out one at a time to whichever process asks; made before one is forked."""

    def __init__(self, count: int) -> None:
        self._count, self._next = count, get_context("fork").Value("i", 0)

    def __iter__(self) -> Iterator[int]:
        while (place := self._take()) < self._count:
            yield place

    def _take(self) -> int:
        with self._next.get_lock():
            self._next.value += 1
            return self._next.value - 1


async def play(stories: Sequence[Story], project: Path, model: Path, places: Iterable[int]) -> dict[int, str]:
    """What is wrong with the stories at these places, on a project's data with this model; empty where one holds."""
    from bot.sandbox import sandbox
    from bot.stories.player import Player, StoryDoesNotHold

    wrong: dict[int, str] = {}
    left = iter(places)
    place = next(left, None)
    if place is None:
        return wrong
    sayings = Responses(responses(Workspace(project)))
    async with sandbox(project, model) as running:
        while place is not None:
            await running.begin_anew()
            try:
                await Player(running, sayings).play(stories[place])
                wrong[place] = ""
            except StoryDoesNotHold as failed:
                wrong[place] = failed.problem
            except Exception as error:  # a story that breaks the service is a story that does not hold
                wrong[place] = type(error).__name__
            place = next(left, None)
    return wrong
