"""The brain that the running service asks: its model can be changed between two turns.

A turn ends with the model that it began with. A new one is loaded beside the one in use, in a thread, so that answering
never waits for it; taking it into use is one assignment.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from bot.brain.interfaces import Turn, TurnResult
from bot.brain.memory import before_models, give_back
from bot.brain.models import ModelShelf
from bot.errors import VentanillaError

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at which model is to be in use: another process may have changed it."""

LAST_TURNS = 10.0
"""Seconds that the next change waits for the last turns of the model that was replaced before."""


Loader = Callable[[Path], Any]
"""An archive in; a brain with ``parse`` out. Called in a thread."""


@contextmanager
def _turns_first() -> Iterator[None]:
    """Has a thread that computes hand over to the turns ten times as often: each of the many small waits of a turn
    would otherwise end with a hundredth of a second in the queue for the interpreter."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class _Turns:
    """The turns that a model is answering. It does not hold the model."""

    def __init__(self) -> None:
        self._under_way = 0
        self._last_ended: asyncio.Event | None = None

    @contextmanager
    def one(self) -> Iterator[None]:
        """One turn, for as long as the block runs."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if self._last_ended is not None and not self._under_way:
                self._last_ended.set()

    async def ended(self) -> None:
        """Returns when the last one has ended; for a model that gets no new ones."""
        if self._under_way:
            self._last_ended = asyncio.Event()
            await self._last_ended.wait()


class LiveBrain:
    """Answers with the model in use.

    Args:
        shelf: the models.
        load: makes a brain of an archive, with actions that work on the data as they are now.
    """

    def __init__(self, shelf: ModelShelf, load: Loader) -> None:
        self._shelf, self._load = shelf, load
        self._listeners: list[Callable[[], None]] = []
        self._lock: asyncio.Lock | None = None
        self.name = shelf.current() or ""
        before_models()
        self._brain: Any = load(shelf.current_path())
        self._turns = _Turns()
        self._letting_go: asyncio.Task[None] | None = None
        give_back()

    async def respond(self, turn: Turn) -> TurnResult:
        """Answers one message; see :class:`bot.brain.interfaces.Brain`."""
        brain = self._brain
        with self._turns.one():
            result: TurnResult = await brain.respond(turn)
        return result

    def on_change(self, listener: Callable[[], None]) -> None:
        """Has ``listener`` called, between two turns, whenever another model was taken into use."""
        self._listeners.append(listener)

    async def parse(self, text: str) -> Mapping[str, Any]:
        """What the model in use understands of a text."""
        found: Mapping[str, Any] = await self._brain.parse(text)
        return found

    async def switch(self, name: str) -> float:
        """Loads a model of the shelf and takes it into use; says for how many seconds nothing could be answered.

        Raises:
            VentanillaError: it cannot be loaded; the one in use stays.
        """
        async with self._one_at_a_time():
            await self.settled(LAST_TURNS)
            with _turns_first():
                fresh = await asyncio.to_thread(self._load, self._shelf.path(name))
            began = time.perf_counter()
            replaced, self._turns = self._turns, _Turns()
            self._brain, self.name = fresh, name
            for listener in self._listeners:
                listener()
            pause = time.perf_counter() - began
            self._letting_go = asyncio.create_task(self._let_go(replaced))
        log.info("model_in_use", model=name)
        return pause

    async def settled(self, at_most: float | None = None) -> None:
        """Returns when nothing of a replaced model is left in memory, or after ``at_most`` seconds."""
        if self._letting_go is not None:
            await asyncio.wait({self._letting_go}, timeout=at_most)

    async def _let_go(self, turns: _Turns) -> None:
        """Gives back what a replaced model held, once its last turn has ended: until then that turn holds all of it."""
        await turns.ended()
        await asyncio.to_thread(give_back)

    async def watch(self) -> None:
        """Takes up whichever model is put to use by another process, for as long as the service runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            wanted = self._shelf.current()
            if wanted and wanted != self.name and not self._one_at_a_time().locked():
                try:
                    await self.switch(wanted)
                except (VentanillaError, OSError) as error:
                    log.error("model_not_taken_up", model=wanted, error=type(error).__name__)

    def _one_at_a_time(self) -> asyncio.Lock:
        if self._lock is None:
            self._lock = asyncio.Lock()
        return self._lock
