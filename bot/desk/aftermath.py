"""What follows on a case: the question how it went, and additions to a case that was answered by mail."""

from __future__ import annotations

from typing import Any

from bot.brain.interfaces import Reply, Turn
from bot.conversations.interfaces import Writing
from bot.desk.handover import Handover
from bot.desk.interfaces import CaseContext, CaseState, CaseUnknown, OfferKind, Reason
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.desk.service import Desk
from bot.platforms import Platform

LONGEST_COMMENT = 2_000


class Aftermath:
    """The desk's part of the conversation while the bot has it."""

    def __init__(self, parts: DeskParts, desk: Desk) -> None:
        self._parts, self._desk, self._handover = parts, desk, Handover(parts)

    async def interrupted(self, conversation: str) -> tuple[str, Reply | None]:
        """What the newest case interrupted, as a payload, and the question how it went where it is due."""
        cases = await self._parts.cases.of_conversation(conversation)
        if not cases:
            return "", None
        asked = cases[0].survey == "asked"
        return cases[0].resume, self._parts.words("survey") if asked else None

    async def take_email(self, conversation: str, email: str) -> bool:
        """Takes the address for a case by mail; False when its case is closed by now."""
        try:
            await self._desk.set_email(conversation, email)
        except CaseUnknown:
            return False
        return True

    async def rate(self, conversation: str, given: str) -> Reply:
        """Takes the grade for the newest case that was asked about; the first one counts."""
        case = await self._newest(conversation, "asked")
        if case is None or given not in ("1", "2", "3", "4", "5"):
            return self._parts.words("survey_over")
        async with self._parts.changing(case.id) as (writing, held):
            if held.survey == "asked":
                await self._change(writing, held, rating=int(given), survey="rated")
                await self._event(writing, held, "rated", given)
        return self._parts.words("survey_thanks")

    def ask_comment(self) -> Reply:
        """Asks for the comment."""
        return self._parts.words("survey_comment_ask")

    async def comment(self, conversation: str, text: str) -> Reply:
        """Takes the comment to the newest case that was rated."""
        case = await self._newest(conversation, "rated")
        if case is None:
            return self._parts.words("survey_over")
        async with self._parts.changing(case.id) as (writing, held):
            if held.survey == "rated":
                await self._change(writing, held, comment=text[:LONGEST_COMMENT], survey="done")
                await self._event(writing, held, "commented", "")
        return self._parts.words("survey_done")

    async def follow(self, turn: Turn) -> tuple[Reply | None, str]:
        """Goes on with a case by mail: into the queue where somebody is there, else in writing.

        Returns:
            What to say (nothing where the desk itself has spoken) and what the next message is expected to be.
        """
        case = await self._by_mail(turn.conversation)
        if case is None:
            return self._parts.words("nothing_open"), ""
        platform = Platform(case.platform) if case.platform else None
        if (await self._desk.offer(platform)).kind is OfferKind.LIVE:
            context = CaseContext(platform, case.topic, key=f"{turn.conversation}:{turn.seq}")
            await self._desk.open_case(turn.conversation, Reason.FOLLOW_UP, context)
            return None, ""
        return self._parts.words("follow_up_ask", **await self._facts(case)), "follow"

    async def add(self, conversation: str, text: str) -> Reply:
        """Adds what the person wrote to the case, which is to be answered again."""
        case = await self._by_mail(conversation)
        if case is None:
            return self._parts.words("nothing_open")
        async with self._parts.changing(case.id) as (writing, held):
            await self._handover.more(writing, held, text)
        return self._parts.words("follow_up", **await self._facts(await self._parts.cases.get(case.id)))

    def over(self) -> Reply:
        """A button whose time is over."""
        return self._parts.words("nothing_open")

    async def _facts(self, case: Case) -> dict[str, Any]:
        return {"number": case.number, "answer_by": await self._parts.moment(case.team, case.due_at)}

    async def _newest(self, conversation: str, survey: str) -> Case | None:
        cases = await self._parts.cases.of_conversation(conversation)
        return next((case for case in cases if case.survey == survey), None)

    async def _by_mail(self, conversation: str) -> Case | None:
        cases = await self._parts.cases.of_conversation(conversation)
        open_ = (CaseState.PENDING, CaseState.ANSWERED)
        return next((case for case in cases if case.state in open_), None)

    async def _change(self, writing: Writing, case: Case, **values: Any) -> None:
        await self._parts.cases.change(writing.transaction, case.id, **values)

    async def _event(self, writing: Writing, case: Case, kind: str, detail: str) -> None:
        await self._parts.cases.event(writing.transaction, self._parts.clock(), case, kind, detail=detail)
