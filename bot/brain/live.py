"""The brain that the running service asks: its model can be changed between two turns.

A turn ends with the model that it began with. A new one is loaded beside the one in use, in a thread, so that answering
never waits for it; taking it into use is one assignment.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from bot.brain.interfaces import Turn, TurnResult
from bot.brain.models import ModelShelf
from bot.errors import VentanillaError

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at which model is to be in use: another process may have changed it."""


Loader = Callable[[Path], Any]
"""An archive in; a brain with ``parse`` out. Called in a thread."""


def _set_apart() -> None:
    """Tells the garbage collector to leave alone what is there before any model: a look at all of that stops every
    turn for a quarter of a second, each time a model was changed."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def _give_memory_back() -> None:
    """Lets go of what the loading of a model left, and of the model that was replaced.

    Rasa's graph holds itself in circles, which would stay until the next full round of the collector; and glibc keeps
    what is freed in pieces that seldom fit the next model: without a trim twenty models took 120 MB more.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


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
        _set_apart()
        self._brain: Any = load(shelf.current_path())
        _give_memory_back()

    async def respond(self, turn: Turn) -> TurnResult:
        """Answers one message; see :class:`bot.brain.interfaces.Brain`."""
        brain = self._brain
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
            with _turns_first():
                fresh = await asyncio.to_thread(self._load, self._shelf.path(name))
            began = time.perf_counter()
            self._brain, self.name = fresh, name
            for listener in self._listeners:
                listener()
            pause = time.perf_counter() - began
        del fresh
        await asyncio.to_thread(_give_memory_back)
        log.info("model_in_use", model=name)
        return pause

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
