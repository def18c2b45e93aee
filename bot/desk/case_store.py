"""Cases and their events: what is read and written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from bot.db.engine import Database, Transaction
from bot.desk.interfaces import CaseState, CaseUnknown
from bot.desk.model import Case
from bot.desk.push_store import call
from bot.desk.tables_store import audit, cases, events, notes

OPEN = (CaseState.WAITING.value, CaseState.TAKEN.value, CaseState.PENDING.value, CaseState.ANSWERED.value)
WATCHED = (CaseState.WAITING.value, CaseState.TAKEN.value)
NAMES = tuple(field.name for field in fields(Case))
RECENT = 30
"""Cases that the estimate of a wait looks at."""


class CaseStore:
    """The cases of every team."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, transaction: Transaction, **values: Any) -> int:
        """Writes a new case and returns its id."""
        row = {
            "close_reason": "",
            "comment": "",
            "survey": "",
            "front": False,
            "alerts": 0,
            "warned": False,
            "overdue": False,
            **values,
        }
        result = await transaction.execute(insert(cases).values(row))
        return int(result.inserted_primary_key[0])

    async def locked(self, transaction: Transaction, case: int) -> Case:
        """A case, held until the end of the transaction.

        Raises:
            CaseUnknown: there is none.
        """
        row = (await transaction.execute(select(cases).where(cases.c.id == case).with_for_update())).one_or_none()
        if row is None:
            raise CaseUnknown(str(case))
        return _case(row)

    async def change(self, transaction: Transaction, case: int, **values: Any) -> None:
        """Changes columns of a case."""
        plain = {name: value.value if isinstance(value, CaseState) else value for name, value in values.items()}
        await transaction.execute(update(cases).where(cases.c.id == case).values(plain))

    async def open_of(self, connection: Transaction, conversation: str) -> Case | None:
        """The newest case of a conversation that is not closed."""
        query = select(cases).where(cases.c.conversation == conversation, cases.c.state.in_(OPEN))
        return _first(await connection.execute(query.order_by(cases.c.id.desc()).limit(1)))

    async def by_key(self, connection: Transaction, key: str) -> Case | None:
        """The case that a message opened."""
        return _first(await connection.execute(select(cases).where(cases.c.key == key))) if key else None

    async def get(self, case: int) -> Case:
        """A case as it is now.

        Raises:
            CaseUnknown: there is none.
        """
        async with self._database.reading() as connection:
            found = _first(await connection.execute(select(cases).where(cases.c.id == case)))
        if found is None:
            raise CaseUnknown(str(case))
        return found

    async def of_conversation(self, conversation: str) -> list[Case]:
        """Every case of a conversation, newest first."""
        return await self._all(select(cases).where(cases.c.conversation == conversation).order_by(cases.c.id.desc()))

    async def earlier(self, case: Case, limit: int = 8) -> list[Case]:
        """Other cases of the same person, as far as they can be known, within the same team; newest first."""
        same = [cases.c.conversation == case.conversation]
        if case.email:
            same.append(cases.c.email == case.email)
        if case.login and case.platform:
            same.append(and_(cases.c.login == case.login, cases.c.platform == case.platform))
        query = select(cases).where(or_(*same), cases.c.id != case.id, cases.c.team == case.team)
        return await self._all(query.order_by(cases.c.id.desc()).limit(limit))

    async def watched(self, now: datetime) -> list[Case]:
        """What time may do something to: live cases, and cases by mail whose term is over."""
        late = and_(cases.c.state == CaseState.PENDING.value, cases.c.due_at <= now, cases.c.overdue.is_(False))
        return await self._all(select(cases).where(or_(cases.c.state.in_(WATCHED), late)).order_by(cases.c.id))

    async def queue(self, teams: Collection[str]) -> list[Case]:
        """The open cases of some teams: those that came back first, then in order of arrival."""
        query = select(cases).where(cases.c.state.in_(OPEN), cases.c.team.in_(list(teams)))
        return await self._all(query.order_by(cases.c.front.desc(), cases.c.opened_at, cases.c.id))

    async def closed(self, teams: Collection[str], limit: int = 30) -> list[Case]:
        """The newest closed cases of some teams."""
        query = select(cases).where(cases.c.state == CaseState.CLOSED.value, cases.c.team.in_(list(teams)))
        return await self._all(query.order_by(cases.c.closed_at.desc()).limit(limit))

    async def load(self, team: str) -> tuple[int, int, list[timedelta]]:
        """How many cases of a team are taken, how many wait, and how long the recent ones took."""
        async with self._database.reading() as connection:
            counts = select(cases.c.state, func.count()).where(cases.c.team == team, cases.c.state.in_(WATCHED))
            found = {state: int(count) for state, count in await connection.execute(counts.group_by(cases.c.state))}
            query = select(cases.c.claimed_at, cases.c.closed_at).where(
                cases.c.team == team,
                cases.c.live.is_(True),
                cases.c.claimed_at.is_not(None),
                cases.c.closed_at.is_not(None),
            )
            rows = await connection.execute(query.order_by(cases.c.closed_at.desc()).limit(RECENT))
            took = [row.closed_at - row.claimed_at for row in rows]
        return found.get(CaseState.TAKEN.value, 0), found.get(CaseState.WAITING.value, 0), took

    async def saw(self, transaction: Transaction, case: int, seq: int) -> bool:
        """Notes up to where the person has read; False when that was known."""
        change = update(cases).where(cases.c.id == case, cases.c.seen_seq < seq).values(seen_seq=seq)
        return bool((await transaction.execute(change)).rowcount)

    async def forget_events(self, transaction: Transaction, case: int, kind: str, before: datetime) -> None:
        """Deletes passing events of a case."""
        old = (events.c.case == case, events.c.kind == kind, events.c.at < before)
        await transaction.execute(delete(events).where(*old))

    async def event(
        self,
        transaction: Transaction,
        at: datetime,
        case: Case | int | None,
        kind: str,
        *,
        team: str = "",
        agent: int | None = None,
        detail: str = "",
    ) -> None:
        """Adds to the stream that consoles follow, and calls who is to be called. ``detail`` holds nothing personal."""
        identity = case.id if isinstance(case, Case) else case
        row = {
            "at": at,
            "team": case.team if isinstance(case, Case) else team,
            "case": identity,
            "kind": kind,
            "agent": agent,
            "detail": detail[:200],
        }
        await transaction.execute(insert(events).values(row))
        if identity is not None:
            await call(transaction, at, identity, kind, agent)

    async def note(self, transaction: Transaction, case: int, agent: int, text: str, at: datetime) -> None:
        """Adds a note that only agents see."""
        await transaction.execute(insert(notes).values(case=case, agent=agent, text=text, at=at))

    async def notes_of(self, case: int) -> Sequence[Any]:
        """The notes of a case, in order: ``agent``, ``text``, ``at``."""
        async with self._database.reading() as connection:
            query = select(notes).where(notes.c.case == case).order_by(notes.c.id)
            return list(await connection.execute(query))

    async def events_of(self, case: int) -> Sequence[Any]:
        """What happened to a case, in order: ``at``, ``kind``, ``agent``, ``detail``."""
        async with self._database.reading() as connection:
            query = select(events).where(events.c.case == case).order_by(events.c.id)
            return list(await connection.execute(query))

    async def events_after(self, after: int, limit: int = 500) -> Sequence[Any]:
        """The stream behind an id."""
        async with self._database.reading() as connection:
            query = select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
            return list(await connection.execute(query))

    async def last_event(self) -> int:
        """The newest id of the stream."""
        async with self._database.reading() as connection:
            return int(await connection.scalar(select(func.max(events.c.id))) or 0)

    async def audit(
        self,
        transaction: Transaction,
        at: datetime,
        agent: int | None,
        action: str,
        *,
        case: Case | None = None,
        team: str = "",
        detail: str = "",
        address_hash: str = "",
    ) -> None:
        """Adds to the trail, whose rows can never be changed. ``detail`` holds nothing personal."""
        row = {
            "at": at,
            "agent": agent,
            "action": action,
            "case": case.id if case else None,
            "team": case.team if case else team,
            "detail": detail[:200],
            "address_hash": address_hash,
        }
        await transaction.execute(insert(audit).values(row))

    async def _all(self, query: Any) -> list[Case]:
        async with self._database.reading() as connection:
            return [_case(row) for row in await connection.execute(query)]


def _case(row: Any) -> Case:
    values = {name: getattr(row, name) for name in NAMES}
    return Case(**{**values, "state": CaseState(row.state)})


def _first(result: Any) -> Case | None:
    row = result.first()
    return None if row is None else _case(row)
