"""What happens at the desk, as it happens, for every console of this process."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from bot.desk.case_store import CaseStore
from bot.desk.pauses import pause

log = structlog.get_logger(__name__)

POLL = 0.4
"""Seconds between two looks for what any replica has written."""

OVERLAP = 200
"""Ids below the newest that are read again: on PostgreSQL a smaller number may be committed later."""

KEPT = 2_000


@dataclass(frozen=True)
class DeskEvent:
    """One thing that happened; ``id`` is the cursor."""

    id: int
    team: str
    case: int | None
    kind: str
    agent: int | None
    detail: str


class DeskFeed:
    """One reader of the events for all consoles of a process."""

    def __init__(self, cases: CaseStore, *, poll: float = POLL) -> None:
        self._cases, self._poll = cases, poll
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._queues: set[asyncio.Queue[DeskEvent | None]] = set()
        self._last = 0
        self._later: set[asyncio.Task[Any]] = set()
        self._closing = asyncio.Event()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Has something written although its request is being cancelled, as it is when a console goes away."""
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def settle(self) -> None:
        """Waits for what is still being written. Call it before the database is closed."""
        await asyncio.gather(*self._later, return_exceptions=True)

    async def run(self) -> None:
        """Reads on and on, until :meth:`close`. A read is never cancelled half-way."""
        self._last = await self._cases.last_event()
        await self._read()
        while not await pause(self._closing, self._poll):
            try:
                for event in await self._read():
                    for queue in self._queues:
                        queue.put_nowait(event)
            except Exception as error:  # the database may be away; the next look catches up
                log.warning("desk_feed_failed", error=type(error).__name__)

    async def follow(self, after: int) -> AsyncIterator[DeskEvent]:
        """The events behind a cursor and then every new one, each once; ends with the feed, also one closed before."""
        queue: asyncio.Queue[DeskEvent | None] = asyncio.Queue()
        self._queues.add(queue)
        if self._closing.is_set():
            queue.put_nowait(None)
        told: set[int] = set()
        try:
            for row in await self._cases.events_after(after) if after else ():
                told.add(row.id)
                yield _event(row)
            while True:
                event = await queue.get()
                if event is None:
                    return
                if event.id not in told:
                    yield event
        finally:
            self._queues.discard(queue)

    def close(self) -> None:
        """Ends the reading and every following."""
        self._closing.set()
        for queue in self._queues:
            queue.put_nowait(None)

    async def _read(self) -> list[DeskEvent]:
        fresh = []
        for row in await self._cases.events_after(max(0, self._last - OVERLAP), limit=OVERLAP + 500):
            if row.id not in self._seen:
                self._seen[row.id] = None
                fresh.append(_event(row))
            self._last = max(self._last, row.id)
        while len(self._seen) > KEPT:
            self._seen.popitem(last=False)
        return fresh


def _event(row: object) -> DeskEvent:
    return DeskEvent(*(getattr(row, name) for name in ("id", "team", "case", "kind", "agent", "detail")))
