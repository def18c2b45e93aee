"""Counts attempts in the database, so that limits hold across restarts and replicas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Integer, String, Table, case, delete, select

from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for
from bot.privacy import KeyedHash

limits = Table(
    "account_limits",
    metadata,
    Column("bucket", String(64), primary_key=True, comment="keyed hash of who or what is counted"),
    Column("since", UtcDateTime, nullable=False, index=True),
    Column("hits", Integer, nullable=False),
)

WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class LimitPolicy:
    """How many attempts an hour.

    Attributes:
        identifier: with the same code, name or document for the same task.
        conversation: in one conversation, all tasks together.
        address: from one network address.
        again: repetitions of one request's mail.
        enabled: off for benchmarks.
    """

    identifier: int = 5
    conversation: int = 10
    address: int = 60
    again: int = 3
    enabled: bool = True


class Limiter:
    """Counts hits in windows of an hour, each of which begins with its first hit.

    Args:
        hashed: makes the buckets' names, so that no identifier is kept in clear.
    """

    def __init__(self, hashed: KeyedHash) -> None:
        self._hashed = hashed

    async def hit(self, transaction: Transaction, allowed: Mapping[tuple[str, ...], int], now: datetime) -> int:
        """Counts one hit in every bucket.

        Args:
            allowed: hits an hour by bucket; a bucket is any number of words.

        Returns:
            0 when all are within their limit, else the minutes to wait (at least 1).
        """
        buckets = {self._hashed("limit", *words): limit for words, limit in allowed.items()}
        wait = 0
        # In one order everywhere, so that two transactions cannot wait for each other.
        for bucket in sorted(buckets):
            await self._count(transaction, bucket, now)
            row = (await transaction.execute(select(limits).where(limits.c.bucket == bucket))).one()
            if row.hits > buckets[bucket]:
                wait = max(wait, math.ceil((row.since + WINDOW - now).total_seconds() / 60), 1)
        return wait

    async def lock(self, transaction: Transaction, now: datetime, *words: str) -> None:
        """Makes transactions that name the same words take turns until they end."""
        await self._count(transaction, self._hashed("lock", *words), now)

    async def _count(self, transaction: Transaction, bucket: str, now: datetime) -> None:
        insert = insert_for(transaction, limits).values(bucket=bucket, since=now, hits=1)
        over = limits.c.since <= now - WINDOW
        changes = {
            "hits": case((over, 1), else_=limits.c.hits + 1),
            "since": case((over, insert.excluded.since), else_=limits.c.since),
        }
        await transaction.execute(insert.on_conflict_do_update(index_elements=["bucket"], set_=changes))


async def purge_limits(transaction: Transaction, before: datetime) -> int:
    """Forgets windows that began before that moment; returns how many."""
    return int((await transaction.execute(delete(limits).where(limits.c.since < before))).rowcount)
