"""Alerts to browsers by Web Push: who wants them, and those that are still to be delivered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, and_, delete, or_, select, update

from bot.db.engine import Database, Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for
from bot.desk.alerts import ALERTS, TO_SUPERVISOR, TO_TEAM
from bot.desk.tables_store import agents, cases, memberships, sessions

subscriptions = Table(
    "desk_push_subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "session",
        String(64),
        ForeignKey("desk_sessions.token_hash", ondelete="CASCADE"),
        nullable=False,
        comment="the sign-in that it ends with: an agent in a browser",
    ),
    Column("endpoint_hash", String(64), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False, comment="address and keys of the browser, encrypted"),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "session"),
)

pushes = Table(
    "desk_pushes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscription", Integer, ForeignKey("desk_push_subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("case", Integer, ForeignKey("desk_cases.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "next_at"),
    Index(None, "subscription"),
)

WORKERS = ("agent", "supervisor", "admin")
SUPERVISORS = ("supervisor", "admin")


@dataclass(frozen=True)
class DuePush:
    """An alert whose time has come.

    Attributes:
        sealed: address and keys of the browser, encrypted.
        in_sight: the page was in front in that agent's browser when it last said so.
        seen_at: the last sign of life of that agent's console.
    """

    id: int
    subscription: int
    case: int
    kind: str
    team: str
    attempts: int
    created_at: datetime
    sealed: bytes
    in_sight: bool
    seen_at: datetime | None


async def call(transaction: Transaction, at: datetime, case: int, kind: str, actor: int | None) -> None:
    """Leaves an alert for every browser that wants one of this event, in the transaction that makes it true."""
    if kind not in ALERTS:
        return
    wanted = await _wanted(transaction, case, kind, actor)
    if wanted is None:
        return
    alive = (sessions.c.confirmed.is_(True), sessions.c.expires_at > at, agents.c.enabled.is_(True))
    query = (
        select(subscriptions.c.id)
        .join(sessions, sessions.c.token_hash == subscriptions.c.session)
        .join(agents, agents.c.id == sessions.c.agent)
        .where(*alive, wanted)
    )
    for identity in list((await transaction.execute(query)).scalars()):
        same = (pushes.c.subscription == identity, pushes.c.case == case, pushes.c.kind == kind)
        # One that still waits would only say the same.
        await transaction.execute(delete(pushes).where(*same))
        row = {"subscription": identity, "case": case, "kind": kind, "attempts": 0, "next_at": at, "created_at": at}
        await transaction.execute(pushes.insert().values(row))


async def _wanted(transaction: Transaction, case: int, kind: str, actor: int | None) -> Any:
    """Which agents an event calls, as a condition; None for nobody."""
    columns = (cases.c.team, cases.c.state, cases.c.agent, cases.c.kept_for)
    row = (await transaction.execute(select(*columns).where(cases.c.id == case))).one()
    member = select(memberships.c.agent).where(memberships.c.agent == agents.c.id, memberships.c.team == row.team)
    sees = or_(agents.c.role == "admin", member.exists())
    if kind in TO_SUPERVISOR:
        return and_(agents.c.role.in_(SUPERVISORS), sees)
    if kind in TO_TEAM and row.state == "waiting" and row.kept_for is None:
        wants = (agents.c.role.in_(WORKERS), agents.c.available.is_(True), agents.c.id != (actor or 0))
        return and_(sees, *wants)
    owner = row.kept_for if kind in TO_TEAM and row.state == "waiting" else row.agent
    return None if owner is None or (kind in TO_TEAM and owner == actor) else agents.c.id == owner


class PushStore:
    """Subscriptions of browsers, and the alerts that wait for them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscribe(self, session: str, endpoint: str, sealed: bytes, now: datetime) -> None:
        """Keeps a browser for a sign-in; one that was another agent's is theirs no more."""
        row = {"session": session, "sealed": sealed, "created_at": now}
        async with self._database.transaction() as transaction:
            statement = insert_for(transaction, subscriptions).values(endpoint_hash=hashed(endpoint), **row)
            await transaction.execute(statement.on_conflict_do_update(index_elements=["endpoint_hash"], set_=row))

    async def unsubscribe(self, session: str, endpoint: str) -> None:
        """Forgets a browser of this sign-in."""
        here = (subscriptions.c.session == session, subscriptions.c.endpoint_hash == hashed(endpoint))
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(subscriptions).where(*here))

    async def in_sight(self, session: str, seen: bool) -> None:
        """Notes whether a page of the console is in front in a browser."""
        async with self._database.transaction() as transaction:
            await transaction.execute(update(sessions).where(sessions.c.token_hash == session).values(in_sight=seen))

    async def due(self, now: datetime, limit: int = 50) -> Sequence[DuePush]:
        """Alerts whose time has come, oldest first."""
        query = (
            select(
                *(pushes.c[name] for name in ("id", "subscription", "case", "kind", "attempts", "created_at")),
                subscriptions.c.sealed,
                cases.c.team,
                sessions.c.in_sight,
                agents.c.seen_at,
            )
            .join(subscriptions, subscriptions.c.id == pushes.c.subscription)
            .join(sessions, sessions.c.token_hash == subscriptions.c.session)
            .join(agents, agents.c.id == sessions.c.agent)
            .join(cases, cases.c.id == pushes.c.case)
            .where(pushes.c.next_at <= now)
            .order_by(pushes.c.id)
            .limit(limit)
        )
        names = DuePush.__dataclass_fields__
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return [DuePush(**{name: getattr(row, name) for name in names}) for row in rows]

    async def take(self, push: DuePush, until: datetime) -> bool:
        """Takes an alert for one attempt; False when another replica has it."""
        here = (pushes.c.id == push.id, pushes.c.attempts == push.attempts)
        async with self._database.transaction() as transaction:
            changed = update(pushes).where(*here).values(attempts=push.attempts + 1, next_at=until)
            return bool((await transaction.execute(changed)).rowcount == 1)

    async def again(self, push: DuePush, at: datetime) -> None:
        """Has an alert tried again later."""
        async with self._database.transaction() as transaction:
            await transaction.execute(update(pushes).where(pushes.c.id == push.id).values(next_at=at))

    async def done(self, push: DuePush) -> None:
        """Forgets an alert that was taken, or is of no use any more."""
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(pushes).where(pushes.c.id == push.id))

    async def gone(self, push: DuePush) -> None:
        """Forgets a browser that takes no alerts any more, with all that waits for it."""
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(subscriptions).where(subscriptions.c.id == push.subscription))


def hashed(endpoint: str) -> str:
    """What a browser's address is found by."""
    return hashlib.sha256(endpoint.encode()).hexdigest()
