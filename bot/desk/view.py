"""What the console shows: the queue, and one look at a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.conversations.interfaces import Author, Message, MessageFile
from bot.desk.agent_store import Agent, AgentStore
from bot.desk.interfaces import CaseState
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.desk.signals import delivered
from bot.privacy import mask_email

TRANSCRIPT = 500
WRITABLE = (CaseState.TAKEN, CaseState.PENDING, CaseState.ANSWERED)
AMBER = 0.5
"""Share of a term after which its colour changes."""


@dataclass(frozen=True)
class Row:
    """A case in a list.

    Attributes:
        since: how long the person has waited, in minutes.
        colour: ``good``, ``warn`` or ``bad`` by the term.
        owner: the name of who has it.
    """

    case: Case
    team: str
    topic: str
    since: int
    colour: str
    owner: str
    mine: bool
    unread: bool


@dataclass(frozen=True)
class Note:
    """A private note."""

    author: str
    text: str
    at: str


@dataclass(frozen=True)
class Line:
    """A message as the console shows it."""

    seq: int
    author: Author
    text: str
    title: str
    """Of a card."""
    lines: Sequence[str]
    buttons: Sequence[str]
    understood: str
    at: str
    opened: bool
    """The case was opened right behind this message."""
    delivered: bool | None
    """Whether it has reached the person; None for messages that no agent wrote."""
    files: Sequence[MessageFile] = ()


@dataclass(frozen=True)
class CaseLook:
    """Everything that is known of a case."""

    row: Row
    lines: Sequence[Line]
    last_seq: int
    notes: Sequence[Note]
    tried: Sequence[str]
    earlier: Sequence[Row]
    email: str
    opened: str
    answer_by: str
    viewers: Sequence[str]
    kept_for: str
    guide: str

    @property
    def writes(self) -> bool:
        """Whether the agent who looks may write to the person."""
        return self.row.mine and self.row.case.state in WRITABLE


class DeskViews:
    """Puts together what templates show.

    Args:
        titles: plain-language titles by intent (``data/intents.yml``).
        guide_title: a guide's title by its id, as it is now.
    """

    def __init__(self, parts: DeskParts, titles: Mapping[str, str], guide_title: Callable[[str], str] = str) -> None:
        self._parts, self.titles, self._guide_title = parts, titles, guide_title
        self._agents = AgentStore(parts.database)

    async def queue(self, agent: Agent) -> dict[str, list[Row]]:
        """The open cases of the agent's teams: ``mine``, ``waiting``, ``mail`` and ``others``."""
        names = await self._names()
        groups: dict[str, list[Row]] = {"mine": [], "waiting": [], "mail": [], "others": []}
        for case in await self._parts.cases.queue(agent.sees):
            row = self.row(case, agent, names)
            if row.mine and case.state is not CaseState.ANSWERED:
                groups["mine"].append(row)
            elif case.state is CaseState.WAITING:
                groups["waiting"].append(row)
            elif case.state is CaseState.TAKEN:
                groups["others"].append(row)
            else:
                groups["mail"].append(row)
        return groups

    async def closed(self, agent: Agent) -> list[Row]:
        """The newest closed cases of the agent's teams."""
        names = await self._names()
        return [self.row(case, agent, names) for case in await self._parts.cases.closed(agent.sees)]

    async def look(self, agent: Agent, case: Case) -> CaseLook:
        """One look at a case that the agent may read."""
        names = await self._names()
        log = await self._parts.hub.messages(case.conversation, limit=TRANSCRIPT)
        files = await self._parts.hub.files(case.conversation)
        zone = await self._parts.calendars.calendar(case.team)
        notes = [
            Note(names.get(each.agent, ""), each.text, zone.local(each.at).strftime("%d/%m %H:%M"))
            for each in await self._parts.cases.notes_of(case.id)
        ]
        return CaseLook(
            row=self.row(case, agent, names),
            lines=[self.line(message, zone.local(message.at), case, files) for message in log],
            last_seq=log[-1].seq if log else 0,
            notes=notes,
            tried=self._tried(log, case),
            earlier=[self.row(each, agent, names) for each in await self._parts.cases.earlier(case)],
            email=mask_email(case.email),
            opened=await self._parts.moment(case.team, case.opened_at),
            answer_by=await self._parts.moment(case.team, case.due_at),
            viewers=await self._viewers(case, agent, names),
            kept_for=names.get(case.kept_for or 0, ""),
            guide=self._guide(case),
        )

    def row(self, case: Case, agent: Agent, names: Mapping[int, str]) -> Row:
        """A case as lists show it."""
        now = self._parts.clock()
        since = case.person_at or case.opened_at
        waits = case.state in (CaseState.WAITING, CaseState.TAKEN) and case.person_at is not None
        return Row(
            case=case,
            team=self._parts.team_name(case.team),
            topic=self.titles.get(case.topic, "") or self._guide(case),
            since=max(0, int((now - since).total_seconds() // 60)),
            colour=_colour(case, now, self._parts.policy.alert_supervisor),
            owner=names.get(case.agent or 0, ""),
            mine=case.agent == agent.id,
            unread=waits and case.state is CaseState.TAKEN,
        )

    def line(self, message: Message, local: datetime, case: Case, files: Sequence[MessageFile] = ()) -> Line:
        """A message as the console shows it; ``files`` are the conversation's."""
        card = message.card or {}
        lines = [str(each) for each in (*card.get("lines", ()), *card.get("items", ()))]
        return Line(
            seq=message.seq,
            author=message.author,
            text=message.text,
            title=str(card.get("title", "")),
            lines=lines,
            buttons=[button["title"] for button in message.buttons],
            understood=self.titles.get(message.intent, ""),
            at=local.strftime("%H:%M"),
            opened=message.seq == case.opened_seq,
            delivered=delivered(message.author, message.seq, case),
            files=[file for file in files if file.seq == message.seq],
        )

    def _guide(self, case: Case) -> str:
        return self._guide_title(case.guide) if case.guide else ""

    def _tried(self, log: Sequence[Message], case: Case) -> list[str]:
        """What the bot understood and worked on before the case, in order, each once."""
        found: dict[str, None] = {}
        for message in log:
            if message.author is Author.USER and message.seq <= case.opened_seq:
                title = self.titles.get(message.intent, "")
                if title and message.intent not in ("hablar_con_agente", "afirmar", "negar", "dar_dato", "saludar"):
                    found[title] = None
        return list(found)

    async def _viewers(self, case: Case, agent: Agent, names: Mapping[int, str]) -> list[str]:
        present = self._parts.clock() - self._parts.policy.presence
        there = {
            each.id for each in await self._agents.everybody() if each.seen_at is not None and each.seen_at >= present
        }
        looking: dict[int, bool] = {}
        for event in await self._parts.cases.events_of(case.id):
            if event.kind in ("looking", "looked"):
                looking[event.agent] = event.kind == "looking"
        return [names[each] for each, now in looking.items() if now and each != agent.id and each in there]

    async def _names(self) -> dict[int, str]:
        return {each.id: each.name for each in await self._agents.everybody()}


def _colour(case: Case, now: datetime, answer: timedelta) -> str:
    """By how much of its term a case has used."""
    if case.state is CaseState.WAITING and case.promised_until:
        start, end = case.opened_at, case.promised_until
    elif case.state is CaseState.TAKEN and case.person_at:
        start, end = case.person_at, case.person_at + answer
    elif case.state is CaseState.PENDING and case.due_at:
        start, end = case.opened_at, case.due_at
    else:
        return "good"
    used = (now - start) / max(end - start, timedelta(seconds=1))
    return "bad" if used >= 1 else "warn" if used >= AMBER else "good"
