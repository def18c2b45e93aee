"""The durable queue of updates: each ``update_id`` once, a chat's updates in order, each worked on by one replica."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, delete, exists, or_, select, update

from bot.db.engine import Database
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for

AT_ONCE = 500
"""Databases bound the parameters of a statement."""

updates = Table(
    "telegram_updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, nullable=False, comment="whose order it keeps; 0 for none"),
    Column("body", Text, nullable=False, comment="JSON without passwords; emptied once it is dealt with"),
    Column("attempts", Integer, nullable=False, comment="how often it was begun before"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_owner", String(40), comment="the replica that deals with it now"),
    Column("lease_until", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime, comment="NULL while it waits"),
    Index(None, "received_at"),
)

waiting = updates.c.done_at.is_(None)
Index(
    "ix_telegram_updates_waiting",
    updates.c.chat_id,
    updates.c.update_id,
    sqlite_where=waiting,
    postgresql_where=waiting,
)


@dataclass(frozen=True)
class Job:
    """An update to deal with. ``attempts``: how often somebody began before, without an end."""

    update_id: int
    body: dict[str, Any]
    attempts: int
    received_at: datetime


class UpdatesStore:
    """Updates that wait.

    Args:
        owner: this replica's name in leases.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._owner = database, owner

    async def add(self, update_id: int, chat: int, body: dict[str, Any], now: datetime) -> bool:
        """Writes an update down.

        Returns:
            False when it was there before.
        """
        row = {
            "update_id": update_id,
            "chat_id": chat,
            "body": json.dumps(body, ensure_ascii=True, separators=(",", ":")),
            "attempts": 0,
            "due_at": now,
            "received_at": now,
        }
        async with self._database.transaction() as transaction:
            insert = insert_for(transaction, updates).values(row).on_conflict_do_nothing(index_elements=["update_id"])
            return bool((await transaction.execute(insert)).rowcount)

    async def take(self, limit: int, now: datetime, until: datetime) -> list[Job]:
        """Takes what is due and nobody works on: of each chat the oldest, so that its order is kept."""
        earlier = updates.alias()
        first = ~exists().where(
            earlier.c.chat_id == updates.c.chat_id,
            earlier.c.update_id < updates.c.update_id,
            earlier.c.done_at.is_(None),
        )
        due = (waiting, updates.c.due_at <= now, self._free(now))
        query = select(updates).where(*due, first).order_by(updates.c.update_id).limit(limit)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).all()
        if not found:
            return []
        taken = []
        async with self._database.transaction() as transaction:
            for row in found:
                change = update(updates).where(updates.c.update_id == row.update_id, *due)
                change = change.values(lease_owner=self._owner, lease_until=until, attempts=row.attempts + 1)
                if (await transaction.execute(change)).rowcount == 1:
                    taken.append(Job(row.update_id, json.loads(row.body), row.attempts, row.received_at))
        return taken

    async def done(self, update_id: int, now: datetime) -> None:
        """It was dealt with; of what it said nothing is kept."""
        await self._change(update_id, done_at=now, body="", lease_owner=None, lease_until=None)

    async def put_back(self, update_id: int, due_at: datetime) -> None:
        """It could not be dealt with; it is due again later."""
        await self._change(update_id, due_at=due_at, lease_owner=None, lease_until=None)

    async def renew(self, update_ids: Collection[int], until: datetime) -> None:
        """Keeps the leases of what is still worked on."""
        wanted = list(update_ids)
        async with self._database.transaction() as transaction:
            for start in range(0, len(wanted), AT_ONCE):
                mine = (updates.c.lease_owner == self._owner, updates.c.update_id.in_(wanted[start : start + AT_ONCE]))
                await transaction.execute(update(updates).where(*mine).values(lease_until=until))

    async def purge(self, before: datetime) -> None:
        """Forgets what was dealt with long ago; Telegram repeats an update for at most 24 hours."""
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(updates).where(updates.c.received_at < before, ~waiting))

    async def _change(self, update_id: int, **values: Any) -> None:
        change = update(updates).where(updates.c.update_id == update_id, updates.c.lease_owner == self._owner)
        async with self._database.transaction() as transaction:
            await transaction.execute(change.values(**values))

    @staticmethod
    def _free(now: datetime) -> Any:
        return or_(updates.c.lease_owner.is_(None), updates.c.lease_until <= now)
