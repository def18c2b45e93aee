"""The studio of one command: opened, asked, closed; and who asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from rich.console import Console

from bot.app import build_core, build_studio
from bot.brain.models import ModelShelf
from bot.commands.accounts import CommandFailed
from bot.db.migrate import upgrade
from bot.desk.agent_store import AgentStore, DeskRole, Right
from bot.settings import load_settings
from bot.studio.interfaces import Person, StudioError
from bot.studio.service import Studio
from bot.studio.wording import Wording

T = TypeVar("T")


class ShelfSwitch:
    """Stands for the running bot's model: a running service sees the shelf's change and takes the model up itself."""

    def __init__(self, shelf: ModelShelf) -> None:
        self._shelf, self._understanding = shelf, None

    @property
    def name(self) -> str:
        """The model in use, or empty."""
        return self._shelf.current() or ""

    async def switch(self, name: str) -> float:
        """Sees to it that the model can be loaded."""
        from bot.brain.nlu.parse import Understanding

        await asyncio.to_thread(Understanding, self._shelf.path(name))
        return 0.0

    async def parse(self, text: str) -> Mapping[str, Any]:
        """What the model in use understands of a text."""
        from bot.brain.nlu.parse import Understanding

        understanding: Any = self._understanding or Understanding(self._shelf.current_path())
        self._understanding = understanding
        parsed = understanding.parse(text)
        ranking = [{"name": name, "confidence": chance} for name, chance in parsed.ranking]
        return {"intent": {"name": parsed.intent, "confidence": parsed.confidence}, "intent_ranking": ranking}


@asynccontextmanager
async def open_studio() -> AsyncIterator[Studio]:
    """The studio on the present settings."""
    core = build_core(load_settings())
    await upgrade(core.database)
    studio = build_studio(core, ShelfSwitch(ModelShelf(core.settings.models)))
    try:
        yield studio
    finally:
        await studio.close()
        await core.database.close()


async def person_of(email: str) -> Person:
    """Who asks.

    Raises:
        CommandFailed: they may not teach.
    """
    core = build_core(load_settings())
    try:
        await upgrade(core.database)
        proofs = await AgentStore(core.database).by_email(email)
    finally:
        await core.database.close()
    if proofs is None or not proofs.agent.enabled or not proofs.agent.may(Right.TEACH):
        raise CommandFailed(f"{email} is no trainer or administrator; see `ventanilla agents add --role trainer`")
    return Person(proofs.agent.email, proofs.agent.name, proofs.agent.role is DeskRole.ADMIN)


def run(work: Callable[[Studio], Awaitable[T]]) -> T:
    """Does something with the studio; what it refuses is said in its own words."""

    async def running() -> T:
        async with open_studio() as studio:
            try:
                return await work(studio)
            except StudioError as error:
                raise CommandFailed((await studio.wording()).error(error)) from error

    return asyncio.run(running())


def known(wording: Wording, name: str) -> str:
    """An intent's title with the name that commands take."""
    return f"{wording.intent(name)} ({name})"


def show(words: str) -> None:
    """Prints a line as it is."""
    Console().print(words, highlight=False, markup=False, soft_wrap=True)
