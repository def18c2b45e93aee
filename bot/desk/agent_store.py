"""The agents' rows, their teams and their sessions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.db.engine import Database, Transaction
from bot.desk.interfaces import TEAMS
from bot.desk.tables_store import agents, memberships, sessions


class DeskRole(str, Enum):
    """What an agent may do."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    ADMIN = "admin"


class Right(str, Enum):
    """What can be allowed."""

    WORK = "work"
    """Queue and cases of one's own teams."""
    CANNED = "canned"
    """Canned answers."""
    SUPERVISE = "supervise"
    """Figures, hours, roster and trail of one's own teams."""
    MANAGE = "manage"
    """Agents, and every team."""
    TEACH = "teach"
    """The studio."""


RIGHTS: dict[DeskRole, frozenset[Right]] = {
    DeskRole.AGENT: frozenset({Right.WORK, Right.CANNED}),
    DeskRole.SUPERVISOR: frozenset({Right.WORK, Right.CANNED, Right.SUPERVISE}),
    DeskRole.TRAINER: frozenset({Right.CANNED, Right.TEACH}),
    DeskRole.ADMIN: frozenset(Right),
}
"""Rights by role; the trainer's own rooms are in the studio."""


@dataclass(frozen=True)
class Agent:
    """Somebody who works at the desk, without what proves it."""

    id: int
    email: str
    name: str
    role: DeskRole
    teams: frozenset[str]
    enabled: bool
    available: bool
    seen_at: datetime | None
    ready: bool
    """Password and second factor are set up."""

    def may(self, right: Right) -> bool:
        """Whether the role has this right."""
        return right in RIGHTS[self.role]

    @property
    def sees(self) -> tuple[str, ...]:
        """The teams whose cases this agent may read, in the order of lists."""
        return TEAMS if self.may(Right.MANAGE) else tuple(team for team in TEAMS if team in self.teams)


@dataclass(frozen=True)
class Proofs:
    """What a sign-in is checked against."""

    agent: Agent
    password_hash: str
    totp_secret: bytes | None
    totp_used: int


class AgentStore:
    """Agents and their sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, transaction: Transaction, **values: Any) -> int:
        """Writes a new agent and returns the id."""
        row = {"password_hash": "", "totp_used": 0, "enabled": True, "available": True, **values}
        result = await transaction.execute(insert(agents).values(row))
        return int(result.inserted_primary_key[0])

    async def change(self, transaction: Transaction, agent: int, **values: Any) -> None:
        """Changes columns of an agent."""
        await transaction.execute(update(agents).where(agents.c.id == agent).values(values))

    async def set_teams(self, transaction: Transaction, agent: int, teams: Collection[str]) -> None:
        """Replaces an agent's teams."""
        await transaction.execute(delete(memberships).where(memberships.c.agent == agent))
        for team in sorted(set(teams)):
            await transaction.execute(insert(memberships).values(agent=agent, team=team))

    async def get(self, agent: int) -> Agent | None:
        """An agent by id."""
        async with self._database.reading() as connection:
            found = await self._proofs(connection, agents.c.id == agent)
        return found.agent if found else None

    async def seen_at(self, agent: int) -> datetime | None:
        """The last sign of life of an agent's console."""
        async with self._database.reading() as connection:
            moment: datetime | None = await connection.scalar(select(agents.c.seen_at).where(agents.c.id == agent))
        return moment

    async def by_email(self, email: str, connection: Transaction | None = None) -> Proofs | None:
        """What a sign-in with this address is checked against."""
        if connection is None:
            async with self._database.reading() as own:
                return await self.by_email(email, own)
        return await self._proofs(connection, agents.c.email == email.strip().lower())

    async def by_id(self, connection: Transaction, agent: int) -> Proofs | None:
        """The same by id."""
        return await self._proofs(connection, agents.c.id == agent)

    async def by_invitation(self, hashed: str, now: datetime) -> Proofs | None:
        """Whose invitation this is, while it can be taken up."""
        async with self._database.reading() as connection:
            return await self._proofs(
                connection, agents.c.invitation_hash == hashed, agents.c.invitation_until > now, agents.c.enabled
            )

    async def take_invitation(self, transaction: Transaction, hashed: str, **values: Any) -> bool:
        """Uses an invitation up and changes its agent; False where somebody was quicker."""
        used = {**values, "invitation_hash": None, "invitation_until": None}
        done = await transaction.execute(update(agents).where(agents.c.invitation_hash == hashed).values(used))
        return bool(done.rowcount)

    async def everybody(self) -> Sequence[Agent]:
        """Every agent, by name."""
        async with self._database.reading() as connection:
            rows = list(await connection.execute(select(agents).order_by(agents.c.name)))
            teams: dict[int, set[str]] = {}
            for each in await connection.execute(select(memberships)):
                teams.setdefault(each.agent, set()).add(each.team)
        return [_agent(row, teams.get(row.id, set())) for row in rows]

    async def add_session(self, transaction: Transaction, **values: Any) -> None:
        """Writes a new session."""
        await transaction.execute(insert(sessions).values(values))

    async def session(self, hashed: str, now: datetime) -> tuple[Any, Agent] | None:
        """A session that has not expired, with its agent."""
        async with self._database.reading() as connection:
            query = select(sessions).where(sessions.c.token_hash == hashed, sessions.c.expires_at > now)
            row = (await connection.execute(query)).one_or_none()
            found = await self._proofs(connection, agents.c.id == row.agent) if row else None
        return (row, found.agent) if found and found.agent.enabled else None

    async def touch_session(self, hashed: str, now: datetime) -> None:
        """Notes that a session was used."""
        async with self._database.transaction() as transaction:
            await transaction.execute(update(sessions).where(sessions.c.token_hash == hashed).values(used_at=now))

    async def end_session(self, hashed: str) -> None:
        """Ends one session."""
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(sessions).where(sessions.c.token_hash == hashed))

    async def end_sessions(self, transaction: Transaction, agent: int) -> None:
        """Ends every session of an agent."""
        await transaction.execute(delete(sessions).where(sessions.c.agent == agent))

    async def purge_sessions(self, now: datetime) -> None:
        """Forgets sessions that have expired."""
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(sessions).where(sessions.c.expires_at <= now))

    async def seen(self, agent: int, now: datetime | None) -> None:
        """Notes a sign of life of an agent's console; None: the console was left."""
        async with self._database.transaction() as transaction:
            await self.change(transaction, agent, seen_at=now)

    async def _proofs(self, connection: Transaction, *where: Any) -> Proofs | None:
        row = (await connection.execute(select(agents).where(*where))).one_or_none()
        if row is None:
            return None
        query = select(memberships.c.team).where(memberships.c.agent == row.id)
        teams = set((await connection.execute(query)).scalars())
        agent = _agent(row, teams)
        return Proofs(agent, row.password_hash, row.totp_secret, row.totp_used)


def _agent(row: Any, teams: Collection[str]) -> Agent:
    return Agent(
        id=row.id,
        email=row.email,
        name=row.name,
        role=DeskRole(row.role),
        teams=frozenset(teams),
        enabled=bool(row.enabled),
        available=bool(row.available),
        seen_at=row.seen_at,
        ready=bool(row.password_hash and row.totp_secret),
    )
