"""What agents do with cases. Every step is allowed, committed, told and put on the trail together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot.conversations.interfaces import Author, Message, Owner, Writing
from bot.desk.agent_store import Agent, AgentStore, Right
from bot.desk.handover import Handover
from bot.desk.interfaces import CaseMoved, CaseState, CaseTaken, CaseUnknown, CloseReason, NotAllowed
from bot.desk.model import Case
from bot.desk.parts import DeskParts

BY_MAIL = (CaseState.PENDING, CaseState.ANSWERED)
LONGEST_TEXT = 4_000


class DeskWork:
    """The agents' side of the desk. Each method raises ``CaseUnknown`` for cases of other teams too."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts, self._handover, self._agents = parts, Handover(parts), AgentStore(parts.database)

    async def case(self, agent: Agent, case: int) -> Case:
        """A case that the agent may read.

        Raises:
            CaseUnknown: there is none, or it is another team's.
        """
        found = await self._parts.cases.get(case)
        if not agent.may(Right.WORK) or found.team not in agent.sees:
            raise CaseUnknown(str(case))
        return found

    async def claim(self, agent: Agent, case: int) -> Case:
        """Takes a case: of all who try at once, one wins.

        Raises:
            CaseTaken: somebody else has it, or it is kept for somebody else.
            CaseMoved: it is closed.
        """
        names = await self.names()
        async with self._opened(agent, case) as (writing, held):
            if held.state is CaseState.CLOSED:
                raise CaseMoved(held.state)
            owner = held.agent if held.agent is not None else self._kept_for(held)
            if owner is not None and owner != agent.id:
                raise CaseTaken(names.get(owner, ""))
            if held.agent != agent.id:
                await self._take(writing, agent, held)
        return await self._parts.cases.get(case)

    async def reply(
        self,
        agent: Agent,
        case: int,
        text: str,
        *,
        client_id: str = "",
        image: Mapping[str, str] | None = None,
        card: Mapping[str, Any] | None = None,
    ) -> Message:
        """Writes to the person: in the chat, and by mail too when the case is one by mail.

        Args:
            client_id: a UUID; the same one again sends nothing more.

        Raises:
            CaseTaken: somebody else has it. CaseMoved: it is waiting or closed: claim it first.
        """
        async with self._held(agent, case) as (writing, held):
            before = await writing.last_seq(held.conversation)
            message = await writing.send(
                held.conversation, Author.AGENT, text[:LONGEST_TEXT], image=image, card=card, client_id=client_id
            )
            if message.seq <= before:
                return message
            now = self._parts.clock()
            changes: dict[str, Any] = {"person_at": None, "quiet_since": now, "alerts": 0, "warned": False}
            # What the person wrote before is answered by this, even where the desk has not taken it in yet.
            changes["handled_seq"] = before
            if held.answered_at is None:
                changes["answered_at"] = now
            if held.state in BY_MAIL:
                changes["state"] = CaseState.ANSWERED
            await self._parts.cases.change(writing.transaction, held.id, **changes)
            await self._event(writing, held, "answered", agent, str(message.seq))
            if held.state in BY_MAIL:
                await self._handover.say(writing, held, "answered")
                await self._handover.mail(
                    writing, held, "case_answer", message.seq, agent=agent.name, text=text[:LONGEST_TEXT]
                )
            content = {"message": {"from": "agent", "name": agent.name, "text": text[:LONGEST_TEXT]}}
            await self._handover.outside(writing, held, "case.message", content)
        return message

    async def note(self, agent: Agent, case: int, text: str) -> None:
        """Adds a note that the team alone sees."""
        async with self._opened(agent, case) as (writing, held):
            await self._parts.cases.note(writing.transaction, case, agent.id, text[:LONGEST_TEXT], self._parts.clock())
            await self._event(writing, held, "note", agent)

    async def transfer_to_agent(self, agent: Agent, case: int, to: int) -> None:
        """Keeps the case for a colleague for a while; then the team may take it.

        Raises:
            NotAllowed: the colleague is not of this team or not there.
        """
        colleague = await self._agents.get(to)
        present_since = self._parts.clock() - self._parts.policy.presence
        async with self._held(agent, case) as (writing, held):
            if colleague is None or held.team not in colleague.sees or not colleague.may(Right.WORK):
                raise NotAllowed("colleague")
            there = colleague.seen_at is not None and colleague.seen_at >= present_since
            if held.state is CaseState.TAKEN and not there:
                raise NotAllowed("absent")
            until = self._parts.clock() + self._parts.policy.reserved
            if held.state in BY_MAIL:
                await self._parts.cases.change(writing.transaction, case, agent=to)
                await self._event(writing, held, "transferred", agent)
            else:
                await self._handover.requeue(writing, held, "transferred", kept_for=to, kept_until=until)
            await self._audit(writing, agent, held, "case_transferred", f"agent {to}")

    async def transfer_to_team(self, agent: Agent, case: int, team: str) -> None:
        """Gives the case to another team: into its queue where somebody is there, else by mail."""
        parts, now = self._parts, self._parts.clock()
        calendar = await parts.calendars.calendar(team)
        there = await parts.calendars.on_duty(team, calendar.local(now), now - parts.policy.presence)
        async with self._held(agent, case) as (writing, held):
            await parts.cases.change(writing.transaction, case, team=team, agent=None)
            await self._event(writing, held, "gone", agent, team)
            moved = await parts.cases.locked(writing.transaction, case)
            if held.state in BY_MAIL:
                await self._event(writing, moved, "transferred", agent)
            elif there and calendar.is_open(now):
                await self._handover.requeue(writing, moved, "transferred")
            else:
                await self._handover.to_mail(writing, moved, "unattended")
            await self._audit(writing, agent, held, "case_transferred", f"team {team}")

    async def close(self, agent: Agent, case: int, reason: CloseReason) -> None:
        """Ends the case; ``RETURNED`` gives the conversation back to the bot.

        Raises:
            CaseTaken: somebody else has it. CaseMoved: it is waiting or closed already.
        """
        async with self._held(agent, case) as (writing, held):
            await self._handover.close(writing, held, reason, agent=agent.id)
            await self._audit(writing, agent, held, "case_closed", reason.value)

    async def noted(self, agent: Agent, case: int, action: str, *, sentence: str = "", detail: str = "") -> None:
        """Puts a look at personal data, or a change in another system, on the trail; with a sentence to the person."""
        async with self._opened(agent, case) as (writing, held):
            if sentence:
                await self._handover.say(writing, held, sentence)
            await self._event(writing, held, action, agent, detail)
            await self._audit(writing, agent, held, action, detail)

    async def names(self) -> dict[int, str]:
        """Every agent's name by id."""
        return {each.id: each.name for each in await self._agents.everybody()}

    def _kept_for(self, case: Case) -> int | None:
        kept = case.kept_until is not None and self._parts.clock() < case.kept_until
        return case.kept_for if kept else None

    async def _take(self, writing: Writing, agent: Agent, held: Case) -> None:
        now = self._parts.clock()
        changes: dict[str, Any] = {"agent": agent.id, "kept_for": None, "kept_until": None}
        if held.claimed_at is None:
            changes["claimed_at"] = now
        if held.state is CaseState.WAITING:
            changes |= {"state": CaseState.TAKEN, "unattended_since": None, "person_at": now, "quiet_since": now}
            await writing.set_owner(held.conversation, Owner.HUMAN)
            await self._handover.say(writing, held, "joined", agent=agent.name)
        await self._parts.cases.change(writing.transaction, held.id, **changes)
        await self._event(writing, held, "claimed", agent)
        await self._audit(writing, agent, held, "case_claimed")

    @asynccontextmanager
    async def _opened(self, agent: Agent, case: int) -> AsyncIterator[tuple[Writing, Case]]:
        await self.case(agent, case)
        async with self._parts.changing(case) as (writing, held):
            if held.team not in agent.sees:
                raise CaseUnknown(str(case))
            yield writing, held

    @asynccontextmanager
    async def _held(self, agent: Agent, case: int) -> AsyncIterator[tuple[Writing, Case]]:
        """A case that this agent has now."""
        names = await self.names()
        async with self._opened(agent, case) as (writing, held):
            if held.state in (CaseState.CLOSED, CaseState.WAITING):
                raise CaseMoved(held.state)
            if held.agent != agent.id:
                raise CaseTaken(names.get(held.agent or 0, ""))
            yield writing, held

    async def _event(self, writing: Writing, case: Case, kind: str, agent: Agent, detail: str = "") -> None:
        now = self._parts.clock()
        await self._parts.cases.event(writing.transaction, now, case, kind, agent=agent.id, detail=detail)

    async def _audit(self, writing: Writing, agent: Agent, case: Case, action: str, detail: str = "") -> None:
        now = self._parts.clock()
        await self._parts.cases.audit(writing.transaction, now, agent.id, action, case=case, detail=detail)
