"""Every change of a case, told to the person in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.conversations.interfaces import Author, Message, Owner, Writing
from bot.desk.interfaces import CaseMoved, CaseState, CloseReason
from bot.desk.mail_tags import Side
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.mail.interfaces import OutgoingMail
from bot.platforms import Platform
from bot.privacy import mask_email

RESUME = "/mesa_volver"
"""What the bot is asked to answer when a person gives the conversation back: :class:`bot.desk.brain.DeskBrain` takes
up what was interrupted, and asks how it went in the same turn."""


class Handover:
    """Steps that are taken inside a transaction which holds the case and its conversation.

    Each returns nothing: the case in hand is as it was before the step.
    """

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    async def facts(self, writing: Writing, case: Case) -> dict[str, Any]:
        """What sentences about a case may name."""
        return {
            "number": case.number,
            "email": mask_email(case.email),
            "answer_by": await self._parts.moment(case.team, case.due_at, writing.transaction),
        }

    async def say(self, writing: Writing, case: Case, name: str, *, answer_with: str = "", **facts: Any) -> Message:
        """One of the desk's sentences, as the system."""
        reply = self._parts.words(name, **{**await self.facts(writing, case), **facts})
        return await writing.send(
            case.conversation, Author.SYSTEM, reply.text, buttons=reply.buttons, answer_with=answer_with
        )

    async def to_mail(self, writing: Writing, case: Case, why: str) -> None:
        """From the queue or from an agent to an answer by mail; ``why`` is ``expired`` or ``unattended``."""
        now = self._parts.clock()
        calendar = await self._parts.calendars.calendar(case.team, writing.transaction)
        due = calendar.after(now, self._parts.policy.mail_term)
        await self._change(
            writing,
            case,
            state=CaseState.PENDING,
            agent=None,
            kept_for=None,
            kept_until=None,
            unattended_since=None,
            person_at=None,
            due_at=due,
            overdue=False,
        )
        await self._event(writing, case, "to_mail", detail=why)
        await writing.set_owner(case.conversation, Owner.BOT)
        words = await self._parts.moment(case.team, due, writing.transaction)
        form = "mail" if case.email else "chat"
        said = await self.say(writing, case, f"{why}_{form}", answer_by=words, answer_with=case.resume)
        await self.mail(writing, case, "case_opened", said.seq, answer_by=words)

    async def requeue(self, writing: Writing, case: Case, sentence: str, **changes: Any) -> None:
        """Back into the queue, in front."""
        now = self._parts.clock()
        await self._change(
            writing,
            case,
            state=CaseState.WAITING,
            agent=None,
            front=True,
            promised_until=now + self._parts.policy.longest_wait / 3,
            person_at=now,
            unattended_since=None,
            alerts=0,
            **changes,
        )
        await self._event(writing, case, sentence, agent=case.agent)
        await writing.set_owner(case.conversation, Owner.WAITING)
        await self.say(writing, case, sentence)

    async def close(self, writing: Writing, case: Case, reason: CloseReason, *, agent: int | None = None) -> None:
        """Ends a case: the bot takes up what was interrupted, and asks once how it went."""
        if case.state is CaseState.CLOSED:
            raise CaseMoved(case.state)
        survey = bool(case.answered_at) and not case.survey
        await self._change(
            writing,
            case,
            state=CaseState.CLOSED,
            closed_at=self._parts.clock(),
            close_reason=reason.value,
            person_at=None,
            survey="asked" if survey else case.survey,
        )
        await self._event(writing, case, "closed", agent=agent, detail=reason.value)
        had = case.state in (CaseState.WAITING, CaseState.TAKEN)
        if had:
            await writing.set_owner(case.conversation, Owner.BOT)
        names = {CloseReason.LEFT: "left", CloseReason.IDLE: "closed_idle", CloseReason.RETURNED: "returned"}
        name = names.get(reason, "closed")
        resumes = had and bool(case.resume)
        said = await self.say(writing, case, name, answer_with=RESUME if resumes else "")
        if survey and not resumes:
            await self.say(writing, case, "survey")
        if reason is not CloseReason.LEFT:
            await self.mail(writing, case, "case_closed", said.seq)
        await self.outside(writing, case, "case.closed", {"reason": reason.value})

    async def mail(self, writing: Writing, case: Case, kind: str, seq: int, **facts: Any) -> None:
        """A mail to the person with a link that reopens the conversation at a message; none without an address."""
        if not case.email:
            return
        parts = self._parts
        until = parts.clock() + parts.policy.link
        token = await parts.links.new_link(writing.transaction, case.id, seq, until)
        name = parts.platforms[Platform(case.platform)].name if case.platform else parts.team_name(case.team)
        content = {
            "platform_name": name,
            "number": case.number,
            "link": f"{parts.public_url}/caso/{token}",
            "can_reply": parts.tags is not None,
            "megabytes": parts.settings.files.megabytes,
            **facts,
        }
        key = f"{kind}:{case.id}:{seq}"
        headers = self._thread(case, Side.PERSON)
        await parts.outbox.add(writing.transaction, OutgoingMail(kind, case.email, content, key=key, headers=headers))

    async def more(self, writing: Writing, case: Case, text: str) -> None:
        """The person adds something in writing: by mail, or in the chat to a case by mail. It is to be answered."""
        now = self._parts.clock()
        changes: dict[str, Any]
        if case.state in (CaseState.WAITING, CaseState.TAKEN):
            seq = await writing.last_seq(case.conversation)
            changes = {"handled_seq": seq, "quiet_since": now, "warned": False}
            changes |= {} if case.person_at else {"person_at": now, "alerts": 0}
        else:
            calendar = await self._parts.calendars.calendar(case.team, writing.transaction)
            due = calendar.after(now, self._parts.policy.mail_term)
            changes = {"state": CaseState.PENDING, "due_at": due, "overdue": False, "closed_at": None}
        await self._change(writing, case, **changes)
        await self._event(writing, case, "message", agent=case.agent)
        await self.outside(writing, case, "case.message", {"message": {"from": "person", "text": text}})

    async def answered_outside(self, writing: Writing, case: Case, text: str, name: str = "") -> None:
        """An institution's own help desk answers: in the chat, and by mail. A closed case stays closed."""
        if case.state is CaseState.CLOSED:
            return
        now = self._parts.clock()
        message = await writing.send(case.conversation, Author.AGENT, text)
        live = case.state in (CaseState.WAITING, CaseState.TAKEN)
        state = case.state if live else CaseState.ANSWERED
        changes = {"person_at": None, "quiet_since": now, "alerts": 0, "answered_at": case.answered_at or now}
        await self._change(writing, case, state=state, **changes)
        await self._event(writing, case, "answered", detail="outside")
        await self.mail(writing, case, "case_answer", message.seq, agent=name, text=text)

    def _thread(self, case: Case, side: Side) -> dict[str, str]:
        """Headers by which answers find their case, and mail programs its thread."""
        tags = self._parts.tags
        if tags is None:
            return {}
        thread = tags.thread(case.id, side)
        return {"Reply-To": tags.reply_to(case.id, side), "In-Reply-To": thread, "References": thread}

    async def outside(self, writing: Writing, case: Case, kind: str, more: Mapping[str, Any]) -> None:
        """Tells the institution's own help desk, where there is one."""
        parts, now = self._parts, self._parts.clock()
        if parts.outside:
            body = {"type": kind, "at": now.isoformat(), "case": outside_view(case), **more}
            await parts.links.add_delivery(writing.transaction, case.id, kind, body, now)
        if parts.mail_to:
            facts = {
                **outside_view(case),
                "what": parts.settings.happenings[kind.partition(".")[2]],
                "reason": parts.settings.reasons[case.reason],
                "platform_name": parts.team_name(case.team),
                "topic": parts.titles.get(case.topic, ""),
                "guide": " · ".join(filter(None, (case.guide, case.step))),
                "said": str((more.get("message") or {}).get("text", "")),
                "link": f"{parts.public_url}/mesa/casos/{case.id}",
                "can_reply": parts.tags is not None,
            }
            headers = self._thread(case, Side.DESK)
            await parts.outbox.add(writing.transaction, OutgoingMail("case_out", parts.mail_to, facts, headers=headers))

    async def _change(self, writing: Writing, case: Case, **values: Any) -> None:
        await self._parts.cases.change(writing.transaction, case.id, **values)

    async def _event(
        self, writing: Writing, case: Case, kind: str, *, agent: int | None = None, detail: str = ""
    ) -> None:
        await self._parts.cases.event(writing.transaction, self._parts.clock(), case, kind, agent=agent, detail=detail)


def outside_view(case: Case) -> dict[str, Any]:
    """A case as other help desks see it (``docs/desk-webhooks.schema.json``): addressed, without account data."""
    return {
        "number": case.number,
        "platform": case.platform or None,
        "team": case.team,
        "topic": case.topic,
        "reason": case.reason,
        "urgent": case.urgent,
        "email": case.email or None,
        "opened_at": case.opened_at.isoformat(),
    }
