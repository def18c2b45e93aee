"""Has the brain answer what waits, one message of a conversation at a time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter

import structlog

from bot.brain.interfaces import Brain, Reply, Turn, TurnResult
from bot.clock import Clock
from bot.conversations.lease_store import Lease, LeaseLost, LeaseStore
from bot.conversations.metrics import HubMetrics
from bot.conversations.notifier import Notifier
from bot.conversations.sentences import Sentence
from bot.conversations.turn_store import Pending, TurnStore

log = structlog.get_logger(__name__)

APOLOGY = "utter_error_turn"
"""The response that is sent when the brain could not answer at all."""

MAX_ATTEMPTS = 4
"""A message that workers died of this often is answered with the apology, without the brain."""

RECOVERED_AT_ONCE = 200


class Turns:
    """The workers of this process.

    Args:
        lease: how long another replica waits before it takes over a conversation whose worker is silent.
        turn_limit: seconds after which a turn counts as failed.
    """

    def __init__(
        self,
        store: TurnStore,
        leases: LeaseStore,
        brain: Brain,
        notifier: Notifier,
        metrics: HubMetrics,
        sentence: Sentence,
        clock: Clock,
        *,
        lease: timedelta,
        turn_limit: float,
    ) -> None:
        self._store, self._leases, self._brain = store, leases, brain
        self._notifier, self._metrics = notifier, metrics
        self._sentence, self._clock = sentence, clock
        self._duration, self._turn_limit = lease, turn_limit
        self._name = secrets.token_hex(8)
        self._count = 0
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._reserved: set[str] = set()

    @contextmanager
    def new_lease(self) -> Iterator[Lease]:
        """A lease under a name that no worker has had. Within the block it counts as worked on."""
        self._count += 1
        name = f"{self._name}.{self._count}"
        self._reserved.add(name)
        try:
            yield Lease(name, self._clock() + self._duration)
        finally:
            self._reserved.discard(name)

    def working(self, name: str) -> bool:
        """Whether somebody can be behind this lease: another process, or a worker of this one that is alive."""
        return name in self._workers or name in self._reserved or not name.startswith(self._name + ".")

    def start(self, conversation: str, lease: Lease, first: Pending | None, *, retry: bool = False) -> None:
        """Begins to answer a conversation whose lease was taken."""
        worker = asyncio.create_task(self._work(conversation, lease, first, retry), name=f"turns of {conversation}")
        self._workers[lease.name] = worker
        worker.add_done_callback(lambda _task: self._workers.pop(lease.name, None))

    async def keep(self) -> None:
        """Keeps the leases of living workers, and takes over conversations that nobody works on."""
        if self._workers:
            await self._leases.renew(list(self._workers), self._clock() + self._duration)
        await self.recover()

    async def recover(self) -> int:
        """Takes over conversations in which a message waits and nobody works.

        Returns:
            How many.
        """
        taken = 0
        for conversation in await self._leases.abandoned(self._clock(), RECOVERED_AT_ONCE):
            with self.new_lease() as lease:
                if await self._leases.take(conversation, lease, self._clock()):
                    taken += 1
                    self.start(conversation, lease, None, retry=True)
        if taken:
            log.info("conversations_recovered", count=taken)
        return taken

    async def take_up(self, conversation: str) -> None:
        """Has a conversation answered in which a message waits, unless somebody works on it already."""
        with self.new_lease() as lease:
            if await self._leases.take(conversation, lease, self._clock()):
                self.start(conversation, lease, None)

    async def close(self, grace: float) -> None:
        """Lets running turns end, for a while, and gives back the leases of those that did not."""
        if self._workers:
            await asyncio.wait(list(self._workers.values()), timeout=grace)
        left = dict(self._workers)
        for worker in left.values():
            worker.cancel()
        await asyncio.gather(*left.values(), return_exceptions=True)
        if left:
            await self._leases.release(list(left))

    async def _work(self, conversation: str, lease: Lease, first: Pending | None, retry: bool) -> None:
        try:
            pending = first or await self._store.next_pending(conversation, lease, self._clock(), retry=retry)
            while pending is not None:
                released = await self._turn(pending, lease)
                if released:
                    return
                pending = await self._store.next_pending(conversation, lease, self._clock(), retry=False)
        except LeaseLost:
            log.warning("lease_lost", conversation=conversation)
        except Exception:
            # The message stays unanswered, so it is taken up again once the lease has run out.
            self._metrics.errors.labels("turn").inc()
            log.exception("turn_not_committed", conversation=conversation)

    async def _turn(self, pending: Pending, lease: Lease) -> bool:
        began = perf_counter()
        result, outcome = await self._think(pending)
        ended = await self._store.finish(pending, result, lease, self._clock())
        if result.replies and not ended.added:
            outcome = "dropped"
        self._notifier.publish(pending.conversation, ended.added)
        self._metrics.turns.labels(outcome).observe(perf_counter() - began)
        self._metrics.messages.labels("bot").inc(len(ended.added))
        return ended.released

    async def _think(self, pending: Pending) -> tuple[TurnResult, str]:
        apology = TurnResult([Reply(self._sentence(APOLOGY))], b"", facts={"failed": True})
        if pending.attempts > MAX_ATTEMPTS:
            log.error("turn_given_up", conversation=pending.conversation, seq=pending.seq)
            return apology, "failed"
        turn = Turn(
            pending.conversation,
            pending.seq,
            pending.text,
            pending.payload,
            pending.channel,
            pending.address_hash,
            pending.state,
        )
        try:
            return await asyncio.wait_for(self._brain.respond(turn), self._turn_limit), "answered"
        except Exception as error:
            # Only the kind of error is logged: its words could hold what the person wrote.
            self._metrics.errors.labels("brain").inc()
            log.error("brain_failed", conversation=pending.conversation, seq=pending.seq, error=type(error).__name__)
            return apology, "failed"
