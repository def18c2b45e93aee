"""Who is writing just now, and what has reached the person's screen: passing things, told through the desk's events.

They go through the database like every other event, because person and agent may be connected to different replicas.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta

from bot.conversations.interfaces import Author
from bot.desk.agent_store import Agent
from bot.desk.feed import DeskFeed
from bot.desk.interfaces import CaseState, CaseTaken
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.desk.work import DeskWork

PERSON_TYPES, AGENT_TYPES, RECEIVED = "typing", "agent_typing", "received"
PASSING = timedelta(seconds=30)
"""Older signs of writing are of no use to anybody and are deleted."""

EVERYWHERE = ""


class DeskSignals:
    """Implements :class:`bot.desk.interfaces.Signals`."""

    def __init__(self, parts: DeskParts, feed: DeskFeed, work: DeskWork) -> None:
        self._parts, self._feed, self._work = parts, feed, work
        self._watching: dict[str, set[asyncio.Queue[str | None]]] = defaultdict(set)

    async def typing(self, conversation: str) -> None:
        """The person is writing; whoever has the case sees it."""
        case = await self._live(conversation)
        if case is not None:
            await self._tell(case, PERSON_TYPES)

    async def received(self, conversation: str, seq: int) -> None:
        """Everything up to a message stands on the person's screen."""
        case = await self._live(conversation)
        if case is None or seq <= case.seen_seq:
            return
        newest = max((m.seq for m in await self._parts.hub.messages(conversation, case.opened_seq)), default=0)
        seq = min(seq, newest)
        async with self._parts.database.transaction() as transaction:
            if await self._parts.cases.saw(transaction, case.id, seq):
                now = self._parts.clock()
                await self._parts.cases.event(transaction, now, case, RECEIVED, detail=str(seq))

    async def agent_types(self, agent: Agent, case: int) -> None:
        """An agent writes in a case of their own.

        Raises:
            CaseUnknown: the agent may not see it. CaseTaken: somebody else has it.
        """
        found = await self._work.case(agent, case)
        if found.agent != agent.id:
            raise CaseTaken("")
        if found.state is CaseState.TAKEN:
            await self._tell(found, AGENT_TYPES, agent=agent.id, detail=found.conversation)

    async def follow(self, conversation: str = EVERYWHERE) -> AsyncIterator[str]:
        """The conversation, each time an agent writes in it; without one, all of them. Ends with the service."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        watching = self._watching[conversation]
        watching.add(queue)
        try:
            while (where := await queue.get()) is not None:
                yield where
        finally:
            watching.discard(queue)
            if not watching:
                self._watching.pop(conversation, None)

    async def run(self) -> None:
        """Hands on what the feed brings, until it ends."""
        async for event in self._feed.follow(0):
            if event.kind == AGENT_TYPES:
                for queue in (*self._watching.get(event.detail, ()), *self._watching.get(EVERYWHERE, ())):
                    queue.put_nowait(event.detail)
        for queues in list(self._watching.values()):
            for queue in queues:
                queue.put_nowait(None)

    async def _live(self, conversation: str) -> Case | None:
        async with self._parts.database.reading() as connection:
            case = await self._parts.cases.open_of(connection, conversation)
        return case if case is not None and case.state in (CaseState.WAITING, CaseState.TAKEN) else None

    async def _tell(self, case: Case, kind: str, *, agent: int | None = None, detail: str = "") -> None:
        now, cases = self._parts.clock(), self._parts.cases
        async with self._parts.database.transaction() as transaction:
            await cases.forget_events(transaction, case.id, kind, now - PASSING)
            await cases.event(transaction, now, case, kind, agent=agent, detail=detail)


def delivered(author: Author, seq: int, case: Case) -> bool | None:
    """Whether a message of an agent has reached the person; None for messages of others."""
    return seq <= case.seen_seq if author is Author.AGENT else None
