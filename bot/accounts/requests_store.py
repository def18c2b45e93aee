"""What was answered to which request, so that a repeated one gets the same answer and no second effect."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import JSON, Column, String, Table, delete, select

from bot.accounts.interfaces import Outcome, Result
from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for

requests = Table(
    "account_requests",
    metadata,
    Column("key", String(64), primary_key=True, comment="SHA-256 of conversation and idempotency key"),
    Column("operation", String(32), primary_key=True),
    Column("outcome", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)


def request_key(conversation: str, idempotency_key: str) -> str:
    """The key under which a request is kept. Keys of two conversations never meet."""
    return hashlib.sha256(f"{conversation}\x1f{idempotency_key}".encode()).hexdigest()


async def find_answer(transaction: Transaction, key: str, operation: str) -> Outcome | None:
    """What was answered before, or None."""
    here = requests.c.key == key, requests.c.operation == operation
    stored = await transaction.scalar(select(requests.c.outcome).where(*here))
    return Outcome(Result(stored["result"]), dict(stored["facts"])) if stored else None


async def claim_answer(
    transaction: Transaction, key: str, operation: str, outcome: Outcome, at: datetime
) -> Outcome | None:
    """Keeps the answer, unless another transaction has kept one.

    Returns:
        None when it is kept now, else the answer that was kept first: then the caller must have no effect.
    """
    row = {
        "key": key,
        "operation": operation,
        "outcome": {"result": outcome.result.value, "facts": outcome.facts},
        "at": at,
    }
    written = await transaction.execute(insert_for(transaction, requests).values(row).on_conflict_do_nothing())
    return None if written.rowcount else await find_answer(transaction, key, operation)


async def purge_requests(transaction: Transaction, before: datetime) -> int:
    """Forgets answers given before that moment; returns how many."""
    return int((await transaction.execute(delete(requests).where(requests.c.at < before))).rowcount)
