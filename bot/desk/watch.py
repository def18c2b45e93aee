"""Has every wait, silence and absence end: applies the rules of :mod:`bot.desk.rules` to the open cases."""

from __future__ import annotations

import asyncio

import structlog

from bot.conversations.interfaces import Message, Writing
from bot.desk.agent_store import AgentStore
from bot.desk.handover import Handover
from bot.desk.interfaces import CaseState, CloseReason
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.desk.pauses import pause
from bot.desk.rules import Move, Surroundings, decide
from bot.desk.service import Desk

log = structlog.get_logger(__name__)

EVERY = 2.0
"""Seconds between two looks at the open cases."""

STEPS = 4
"""Moves of one case in one look; each leads to a state with fewer."""


class DeskWatch:
    """Runs in every replica; whoever is first does what is due, the others find it done.

    Args:
        every: seconds between two looks.
    """

    def __init__(self, parts: DeskParts, desk: Desk, *, every: float = EVERY) -> None:
        self._parts, self._desk, self._every = parts, desk, every
        self._agents = AgentStore(parts.database)
        self._handover = Handover(parts)
        self._looking: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def listen(self) -> None:
        """Takes in at once what people write, from now on; the looks find it otherwise."""
        self._parts.hub.listen(self._hear)

    async def run(self) -> None:
        """Looks again and again, until :meth:`close`."""
        while True:
            try:
                await self.look()
            except Exception as error:  # the database may be away; the next round looks again
                log.warning("desk_round_failed", error=type(error).__name__)
            if await pause(self._closing, self._every):
                return

    async def close(self) -> None:
        """Ends the looks and lets what was just heard be taken in. Call it before the hub is closed."""
        self._closing.set()
        await asyncio.gather(*self._looking)

    async def look(self) -> int:
        """One look at every open case; says how many moves were made."""
        moves = 0
        for case in await self._parts.cases.watched(self._parts.clock()):
            try:
                await self._desk.look_at(case.conversation)
                moves += await self._settle(case)
            except Exception as error:  # one case may not keep the others from being looked at
                log.warning("desk_case_failed", case=case.id, error=type(error).__name__)
        return moves

    def _hear(self, conversation: str, _message: Message) -> None:
        task = asyncio.create_task(self._take_in(conversation))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _take_in(self, conversation: str) -> None:
        try:
            await self._desk.look_at(conversation)
        except Exception as error:  # the next round takes it in
            log.warning("desk_message_not_taken_in", error=type(error).__name__)

    async def _settle(self, case: Case) -> int:
        for done in range(STEPS):
            around = await self._surroundings(case)
            case = await self._parts.cases.get(case.id)
            if decide(case.times, around, self._parts.policy, self._parts.clock()) is None:
                return done
            async with self._parts.changing(case.id) as (writing, held):
                # What was true a moment ago may not be so under the lock.
                move = decide(held.times, around, self._parts.policy, self._parts.clock())
                if move is not None and held.agent == case.agent:
                    await self._make(writing, held, move)
                    log.info("desk_move", case=held.id, move=move.value)
        return STEPS

    async def _surroundings(self, case: Case) -> Surroundings:
        parts, now = self._parts, self._parts.clock()
        if case.state is CaseState.PENDING:
            return Surroundings(0)
        calendar = await parts.calendars.calendar(case.team)
        there = await parts.calendars.on_duty(case.team, calendar.local(now), now - parts.policy.presence)
        seen = await self._agents.seen_at(case.agent) if case.agent else None
        return Surroundings(len([agent for agent in there if agent != case.agent]), seen)

    async def _make(self, writing: Writing, case: Case, move: Move) -> None:
        now, cases, transaction = self._parts.clock(), self._parts.cases, writing.transaction
        if move is Move.TO_MAIL_WAITED:
            await self._handover.to_mail(writing, case, "expired")
        elif move is Move.TO_MAIL_NOBODY:
            await self._handover.to_mail(writing, case, "unattended")
        elif move is Move.REQUEUE:
            await self._handover.requeue(writing, case, "requeued")
        elif move is Move.CLOSE_IDLE:
            await self._handover.close(writing, case, CloseReason.IDLE)
        elif move is Move.WARN_IDLE:
            await cases.change(transaction, case.id, warned=True)
            await self._handover.say(writing, case, "idle_warning")
        else:
            await self._mark(writing, case, move)
            await cases.event(transaction, now, case, move.value, agent=case.agent)

    async def _mark(self, writing: Writing, case: Case, move: Move) -> None:
        changes: dict[Move, dict[str, object]] = {
            Move.OPEN_TO_TEAM: {"kept_for": None, "kept_until": None},
            Move.START_UNATTENDED: {"unattended_since": self._parts.clock()},
            Move.STOP_UNATTENDED: {"unattended_since": None},
            Move.ALERT_AGENT: {"alerts": 1},
            Move.ALERT_SUPERVISOR: {"alerts": 2},
            Move.OVERDUE: {"overdue": True},
        }
        await self._parts.cases.change(writing.transaction, case.id, **changes[move])
