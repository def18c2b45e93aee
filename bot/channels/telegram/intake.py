"""Updates on their way in: written down first, then dealt with, a chat's in the order of their numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog

from bot.channels.interfaces import TryAgain
from bot.channels.telegram.guard import chat_of, guarded
from bot.channels.telegram.passwords import carries_password
from bot.channels.telegram.updates_store import Job, UpdatesStore
from bot.clock import Clock
from bot.errors import VentanillaError
from bot.waiting import end, wait_at_most

log = structlog.get_logger(__name__)

Process = Callable[[Job], Awaitable[None]]
"""Deals with one update; raises when it could not."""

AT_ONCE = 8
LEASE = 12.0
POLL = 1.0
MAX_ATTEMPTS = 12
"""With the waits in between about half an hour."""

OUR_FAULTS = (TypeError, ValueError, LookupError, AttributeError, AssertionError, ArithmeticError)
MAX_ATTEMPTS_AT_OURS = 4
"""A fault in the program does not pass by waiting, and the chat's next updates wait behind this one."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 300.0
KEEP_DAYS = 3


class NotAnUpdate(VentanillaError):
    """What came is not an update of the Bot API, or not as the library knows them."""


class Intake:
    """The queue of updates and those who work on it.

    Args:
        process: deals with an update.
        at_once: how many chats are served at the same time.
    """

    def __init__(
        self,
        store: UpdatesStore,
        process: Process,
        clock: Clock,
        *,
        lease: float = LEASE,
        poll: float = POLL,
        first_wait: float = FIRST_WAIT,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store, self._process, self._clock = store, process, clock
        self._lease, self._poll, self._first_wait, self._at_once = lease, poll, first_wait, at_once
        self._running: dict[int, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._closing = False

    def start(self) -> None:
        """Begins to deal with updates."""
        self._loops = [
            asyncio.create_task(self._work(), name="telegram intake"),
            asyncio.create_task(self._keep(), name="telegram intake leases"),
        ]

    async def close(self, grace: float) -> None:
        """Lets what is being dealt with end, for a while. The rest waits for the next start."""
        # Python 3.10's wait_for may swallow a cancellation that comes together with what it waits for.
        self._closing = True
        await end(*self._loops)
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=grace)
        for update_id, task in list(self._running.items()):
            task.cancel()
            await asyncio.wait([task], timeout=grace)
            await self._give_back(update_id)

    async def add(self, raw: dict[str, Any]) -> bool:
        """Writes an update down; a password in it is not.

        Returns:
            False when its number was there before.

        Raises:
            NotAnUpdate: it has no number.
            DatabaseUnavailable: it cannot be kept now.
        """
        update_id = raw.get("update_id")
        if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id < 2**63:
            raise NotAnUpdate("update_id")
        new = await self._store.add(update_id, chat_of(raw), guarded(raw, carries_password), self._clock())
        self._woken.set()
        return new

    async def _work(self) -> None:
        purged_at = self._clock() - timedelta(days=1)
        while not self._closing:
            self._woken.clear()
            try:
                taken = await self._take()
                if self._clock() - purged_at > timedelta(hours=1):
                    purged_at = self._clock()
                    await self._store.purge(purged_at - timedelta(days=KEEP_DAYS))
            except Exception as error:
                log.error("telegram_intake_trouble", error=type(error).__name__)
                taken = 0
            if not taken:
                await wait_at_most(self._woken, self._poll)

    async def _take(self) -> int:
        free = self._at_once - len(self._running)
        if free <= 0:
            return 0
        now = self._clock()
        jobs = await self._store.take(free, now, now + timedelta(seconds=self._lease))
        for job in jobs:
            task = asyncio.create_task(self._deal_with(job), name=f"telegram update {job.update_id}")
            self._running[job.update_id] = task
        return len(jobs)

    async def _deal_with(self, job: Job) -> None:
        try:
            await self._process(job)
            await self._store.done(job.update_id, self._clock())
        except Exception as error:
            await self._failed(job, error)
        finally:
            self._running.pop(job.update_id, None)
            self._woken.set()

    async def _failed(self, job: Job, error: Exception) -> None:
        facts = {"update": job.update_id, "attempts": job.attempts + 1, "error": type(error).__name__}
        try:
            most = MAX_ATTEMPTS_AT_OURS if isinstance(error, OUR_FAULTS) else MAX_ATTEMPTS
            if isinstance(error, NotAnUpdate) or job.attempts + 1 >= most:
                log.error("telegram_update_given_up", **facts)
                await self._store.done(job.update_id, self._clock())
                return
            log.warning("telegram_update_postponed", **facts)
            asked = error.seconds if isinstance(error, TryAgain) else 0.0
            seconds = max(min(self._first_wait * 2**job.attempts, LONGEST_WAIT), asked)
            await self._store.put_back(job.update_id, self._clock() + timedelta(seconds=seconds))
        except Exception as trouble:
            # Its lease runs out, and it is taken again.
            log.error("telegram_intake_trouble", error=type(trouble).__name__)

    async def _give_back(self, update_id: int) -> None:
        try:
            await self._store.put_back(update_id, self._clock())
        except Exception as error:
            # Its lease runs out, and it is taken again.
            log.error("telegram_intake_trouble", error=type(error).__name__)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 4)
            if not self._running:
                continue
            try:
                await self._store.renew(list(self._running), self._clock() + timedelta(seconds=self._lease))
            except Exception as error:
                log.error("telegram_intake_trouble", error=type(error).__name__)
