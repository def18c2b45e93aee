"""What the figures are counted from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.db.engine import Database
from bot.desk.tables_store import agents, audit, cases

LONGEST_TRAIL = 300


@dataclass(frozen=True)
class CaseFact:
    """A case as figures see it."""

    id: int
    team: str
    topic: str
    reason: str
    state: str
    live: bool
    opened_at: datetime
    claimed_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    rating: int | None


@dataclass(frozen=True)
class Step:
    """A line of the trail, with the agent's name."""

    at: datetime
    agent: str
    action: str
    case: int | None
    detail: str
    team: str


class FigureStore:
    """Reads for supervisors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cases(self, teams: Collection[str], since: datetime, until: datetime) -> Sequence[CaseFact]:
        """The cases of some teams that were opened within a time, in order."""
        names = CaseFact.__dataclass_fields__
        columns = [cases.c[name] for name in names]
        query = select(*columns).where(
            cases.c.team.in_(list(teams)), cases.c.opened_at >= since, cases.c.opened_at < until
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(cases.c.id))
            return [CaseFact(**{name: getattr(row, name) for name in names}) for row in rows]

    async def handed_over(self, since: datetime, until: datetime) -> frozenset[str]:
        """The conversations of which a case was opened within a time."""
        query = select(cases.c.conversation).where(cases.c.opened_at >= since, cases.c.opened_at < until)
        async with self._database.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def trail(self, teams: Collection[str], *, everything: bool) -> Sequence[Step]:
        """The newest lines of the trail: those of some teams' cases, or all with sign-ins and settings."""
        query: Any = select(audit, agents.c.name).outerjoin(agents, agents.c.id == audit.c.agent)
        if not everything:
            query = query.where(audit.c.team.in_(list(teams)))
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(audit.c.id.desc()).limit(LONGEST_TRAIL))
            return [Step(row.at, row.name or "", row.action, row.case, row.detail, row.team) for row in rows]
