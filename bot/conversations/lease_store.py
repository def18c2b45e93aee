"""Leases: which worker, in whichever replica, answers a conversation.

A lease is taken in the transaction that writes a message down and given back in the one that writes the answer down
(:mod:`bot.conversations.turn_store`), so nobody has to ask in between. Here are the exceptions: a worker that takes
long, one that died, and a service that ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from bot.conversations.tables_store import conversations, messages, unanswered
from bot.db.engine import Database
from bot.errors import VentanillaError


class LeaseLost(VentanillaError):
    """Another worker answers this conversation now; whatever was thought out here is thrown away."""


@dataclass(frozen=True)
class Lease:
    """The right to answer one conversation until a moment."""

    name: str
    until: datetime


class LeaseStore:
    """The leases of every replica."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def abandoned(self, now: datetime, limit: int) -> list[str]:
        """Conversations in which a message waits and nobody works."""
        query = (
            select(messages.c.conversation)
            .distinct()
            .join(conversations, conversations.c.id == messages.c.conversation)
            .where(unanswered, _free(now))
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def take(self, conversation: str, lease: Lease, now: datetime) -> bool:
        """Takes the lease of a conversation if nobody has it."""
        changes = update(conversations).where(conversations.c.id == conversation, _free(now))
        async with self._database.transaction() as transaction:
            taken = await transaction.execute(changes.values(lease_owner=lease.name, lease_until=lease.until))
            return bool(taken.rowcount == 1)

    async def renew(self, names: Collection[str], until: datetime) -> None:
        """Keeps leases that are still worked on."""
        changes = update(conversations).where(conversations.c.lease_owner.in_(list(names)))
        async with self._database.transaction() as transaction:
            await transaction.execute(changes.values(lease_until=until))

    async def release(self, names: Collection[str]) -> None:
        """Gives leases back without having answered."""
        changes = update(conversations).where(conversations.c.lease_owner.in_(list(names)))
        async with self._database.transaction() as transaction:
            await transaction.execute(changes.values(lease_owner=None, lease_until=None))


def _free(now: datetime) -> Any:
    return or_(conversations.c.lease_owner.is_(None), conversations.c.lease_until <= now)
