"""The help desk as the conversation uses it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.conversations.interfaces import Author, Owner, Writing
from bot.desk.availability import Staff, availability
from bot.desk.handover import Handover
from bot.desk.interfaces import (
    GENERAL,
    Availability,
    CaseContext,
    CaseOpened,
    CaseState,
    CaseStatus,
    CaseUnknown,
    CloseReason,
    OfferKind,
    Reason,
    TooManyQuestions,
)
from bot.desk.model import Case, parse_number
from bot.desk.parts import DeskParts
from bot.platforms import Platform
from bot.privacy import mask_email

log = structlog.get_logger(__name__)

OPENED: ContextVar[list[CaseOpened] | None] = ContextVar("cases opened in this turn", default=None)
"""Where a turn of the bot learns which cases its own actions have opened: :class:`bot.desk.brain.DeskBrain` sets it."""

LEAVE = "/mesa_salir"
"""Payload of the button with which a waiting person leaves the queue."""

QUESTIONS = 5
QUESTION_WINDOW = timedelta(minutes=15)


class Desk:
    """Implements :class:`bot.desk.interfaces.DeskService`."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        self._handover = Handover(parts)

    async def offer(self, platform: Platform | None) -> Availability:
        """What can be offered now; see :meth:`DeskService.offer`."""
        return await self._availability(platform.value if platform else GENERAL)

    async def open_case(self, conversation: str, reason: Reason, context: CaseContext) -> CaseOpened:
        """Opens a case, or gives the open one; see :meth:`DeskService.open_case`."""
        team = context.platform.value if context.platform else GENERAL
        # Everything that needs a connection of its own comes before the transaction: many such calls at once would
        # otherwise each hold one connection and wait for another.
        offer, urgent = await self._availability(team), await self._urgent(conversation)
        async with self._parts.hub.writing() as writing:
            await writing.lock(conversation)
            cases, transaction = self._parts.cases, writing.transaction
            case = await cases.by_key(transaction, context.key) or await cases.open_of(transaction, conversation)
            if case is None:
                identity = await self._add(writing, conversation, reason, context, offer, urgent)
                case = await cases.locked(transaction, identity)
                await cases.event(transaction, self._parts.clock(), case, "opened", detail=reason.value)
                await self._handover.outside(writing, case, "case.opened", {})
                await self._tell(writing, case, offer)
            elif offer.kind is OfferKind.LIVE and _comes_back(case, context):
                case = await self._into_queue(writing, case, offer, context)
            elif _comes_back(case, context):
                await self._still_open(writing, case)
        self._parts.outbox.wake()
        opened = self._opened(case, offer)
        in_turn = OPENED.get()
        if in_turn is not None:
            in_turn.append(opened)
        return opened

    async def set_email(self, conversation: str, email: str) -> str:
        """Gives the newest open case an address; see :meth:`DeskService.set_email`."""
        async with self._parts.hub.writing() as writing:
            await writing.lock(conversation)
            case = await self._parts.cases.open_of(writing.transaction, conversation)
            if case is None:
                raise CaseUnknown(conversation)
            if case.email == email.strip():
                return case.number
            await self._parts.cases.change(writing.transaction, case.id, email=email.strip())
            case = await self._parts.cases.locked(writing.transaction, case.id)
            said = await self._handover.say(writing, case, "email_set")
            if case.state is CaseState.PENDING:
                words = await self._parts.moment(case.team, case.due_at, writing.transaction)
                await self._handover.mail(writing, case, "case_opened", said.seq, answer_by=words)
        self._parts.outbox.wake()
        return case.number

    async def case_status(self, number: str, email: str, conversation: str) -> CaseStatus:
        """The state of one's own case; see :meth:`DeskService.case_status`."""
        identity = parse_number(number)
        await self._count(conversation, str(identity))
        if identity is None:
            raise CaseUnknown(number)
        case = await self._parts.cases.get(identity)
        if not case.email or case.email.casefold() != email.strip().casefold():
            raise CaseUnknown(number)
        return await self._status(case)

    async def cases_of(self, conversation: str) -> Sequence[CaseStatus]:
        """This conversation's own cases; see :meth:`DeskService.cases_of`."""
        return [await self._status(case) for case in await self._parts.cases.of_conversation(conversation)]

    async def look_at(self, conversation: str) -> None:
        """Takes in what a person wrote while an agent has the conversation, or while they wait for one."""
        async with self._parts.database.reading() as connection:
            case = await self._parts.cases.open_of(connection, conversation)
        if case is None or case.state not in (CaseState.WAITING, CaseState.TAKEN):
            return
        log_ = await self._parts.hub.messages(conversation, case.handled_seq)
        said = [message for message in log_ if message.author is Author.USER]
        if not said:
            return
        async with self._parts.changing(case.id) as (writing, now_case):
            fresh = [message for message in said if message.seq > now_case.handled_seq]
            if not fresh or now_case.state not in (CaseState.WAITING, CaseState.TAKEN):
                return
            await self._take_in(writing, now_case, fresh[0].at, fresh[-1].at, fresh[-1].seq)
            if now_case.state is CaseState.WAITING and any(message.payload == LEAVE for message in fresh):
                await self._handover.close(writing, now_case, CloseReason.LEFT)

    async def _take_in(self, writing: Writing, case: Case, first: datetime, last: datetime, seq: int) -> None:
        changes: dict[str, Any] = {"handled_seq": seq, "quiet_since": last, "warned": False}
        if case.person_at is None:
            changes |= {"person_at": first, "alerts": 0}
        await self._parts.cases.change(writing.transaction, case.id, **changes)
        await self._parts.cases.event(
            writing.transaction, self._parts.clock(), case, "message", agent=case.agent, detail=str(seq)
        )

    async def _availability(self, team: str) -> Availability:
        parts, now = self._parts, self._parts.clock()
        calendar = await parts.calendars.calendar(team)
        there = await parts.calendars.on_duty(team, calendar.local(now), now - parts.policy.presence)
        busy, waiting, took = await parts.cases.load(team)
        staff = Staff(len(there), busy, waiting, took)
        return availability(calendar, staff, parts.policy, parts.settings.moments, now)

    async def _add(
        self,
        writing: Writing,
        conversation: str,
        reason: Reason,
        context: CaseContext,
        offer: Availability,
        urgent: bool,
    ) -> int:
        now, seq = self._parts.clock(), await writing.last_seq(conversation)
        live = offer.kind is OfferKind.LIVE
        return await self._parts.cases.add(
            writing.transaction,
            key=context.key or None,
            conversation=conversation,
            platform=context.platform.value if context.platform else "",
            team=context.platform.value if context.platform else GENERAL,
            topic=context.topic[:100],
            reason=reason.value,
            state=(CaseState.WAITING if live else CaseState.PENDING).value,
            live=live,
            urgent=urgent,
            login=context.login[:320],
            email=context.email.strip()[:320],
            guide=context.guide[:100],
            step=context.step[:200],
            resume=context.resume[:200],
            opened_at=now,
            opened_seq=seq,
            promised_until=now + timedelta(minutes=offer.minutes[1]) if live else None,
            due_at=None if live else offer.answer_by,
            handled_seq=seq,
            person_at=now if live else None,
            quiet_since=now,
        )

    async def _tell(self, writing: Writing, case: Case, offer: Availability) -> None:
        if offer.kind is OfferKind.LIVE:
            await writing.set_owner(case.conversation, Owner.WAITING)
            await self._handover.say(writing, case, "queued", **_wait(offer))
            return
        said = await self._handover.say(writing, case, "pending_mail" if case.email else "pending_chat")
        await self._handover.mail(writing, case, "case_opened", said.seq, answer_by=offer.facts["answer_by"])

    async def _into_queue(self, writing: Writing, case: Case, offer: Availability, context: CaseContext) -> Case:
        """Somebody is there now: a case by mail becomes a live one."""
        now = self._parts.clock()
        await self._parts.cases.change(
            writing.transaction,
            case.id,
            state=CaseState.WAITING,
            agent=None,
            live=True,
            promised_until=now + timedelta(minutes=offer.minutes[1]),
            person_at=now,
            quiet_since=now,
            handled_seq=await writing.last_seq(case.conversation),
            unattended_since=None,
            resume=context.resume[:200] or case.resume,
        )
        case = await self._parts.cases.locked(writing.transaction, case.id)
        await self._parts.cases.event(writing.transaction, now, case, "queued")
        await self._tell(writing, case, offer)
        return case

    async def _still_open(self, writing: Writing, case: Case) -> None:
        """Asked for again while nobody is there: the person is told of the case that is open already."""
        if case.state is CaseState.ANSWERED:
            await self._handover.say(writing, case, "answered")
        else:
            await self._handover.say(writing, case, "still_open" if case.email else "still_open_chat")

    async def _urgent(self, conversation: str) -> bool:
        said = [m.text for m in await self._parts.hub.messages(conversation) if m.author is Author.USER]
        plain = unicodedata.normalize("NFKD", " ".join(said).lower())
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        return any(word in plain for word in self._parts.settings.urgent)

    async def _count(self, *about: str) -> None:
        now = self._parts.clock()
        async with self._parts.database.transaction() as transaction:
            for each in about:
                key = self._parts.hashed("case question", each)
                count = await self._parts.links.count_question(transaction, key, now, now - QUESTION_WINDOW)
                if count > QUESTIONS:
                    # Committed all the same: whoever goes on asking goes on being counted.
                    break
            else:
                return
        raise TooManyQuestions(int(QUESTION_WINDOW.total_seconds() // 60))

    async def _status(self, case: Case) -> CaseStatus:
        parts = self._parts
        facts: dict[str, str | int] = {
            "number": case.number,
            "opened": await parts.moment(case.team, case.opened_at),
            "answer_by": await parts.moment(case.team, case.due_at),
            "closed": await parts.moment(case.team, case.closed_at),
        }
        return CaseStatus(case.state, facts)

    def _opened(self, case: Case, offer: Availability) -> CaseOpened:
        live = case.state in (CaseState.WAITING, CaseState.TAKEN)
        facts = {**offer.facts, "number": case.number, "email": mask_email(case.email)}
        needs = not live and not case.email
        return CaseOpened(case.number, OfferKind.LIVE if live else OfferKind.MAIL, needs, facts)


def _comes_back(case: Case, context: CaseContext) -> bool:
    """Whether the person asks again for a person while an answer by mail is due; not the same message repeated."""
    again = not context.key or case.key != context.key
    return again and case.state in (CaseState.PENDING, CaseState.ANSWERED)


def _wait(offer: Availability) -> dict[str, Any]:
    return {"wait_from": offer.minutes[0], "wait_to": offer.minutes[1]}
