"""The security check of SOCE's administrator reset: two numbers to add, whose sum stays on the server."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Column, Integer, String, Table, delete, select

from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for

challenges = Table(
    "account_challenges",
    metadata,
    Column("conversation", String(200), primary_key=True),
    Column("key", String(64), nullable=False, comment="the request that drew it"),
    Column("first", Integer, nullable=False),
    Column("second", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)

LIFETIME = timedelta(minutes=10)


async def draw_challenge(transaction: Transaction, conversation: str, key: str, now: datetime) -> str:
    """Draws a check for the conversation in place of its older one; the same request gets the same check.

    Returns:
        The question, such as ``7+5``.
    """
    row = {
        "conversation": conversation,
        "key": key,
        "first": 2 + secrets.randbelow(8),
        "second": 2 + secrets.randbelow(8),
        "at": now,
    }
    insert = insert_for(transaction, challenges).values(row)
    changes = {name: insert.excluded[name] for name in ("key", "first", "second", "at")}
    await transaction.execute(
        insert.on_conflict_do_update(
            index_elements=["conversation"], set_=changes, where=challenges.c.key != insert.excluded.key
        )
    )
    here = challenges.c.conversation == conversation
    kept = (await transaction.execute(select(challenges).where(here))).one()
    return f"{kept.first}+{kept.second}"


async def challenge_met(transaction: Transaction, conversation: str, answer: str, now: datetime) -> bool:
    """Whether the answer is the sum that this conversation was asked for, in time. Leaves the check in place."""
    here = challenges.c.conversation == conversation
    row = (await transaction.execute(select(challenges).where(here))).one_or_none()
    given = re.fullmatch(r"\s*([0-9]{1,3})\s*\.?\s*", answer)
    if row is None or given is None or now - row.at > LIFETIME:
        return False
    return int(given[1]) == row.first + row.second


async def drop_challenge(transaction: Transaction, conversation: str) -> None:
    """Uses the conversation's check up."""
    await transaction.execute(delete(challenges).where(challenges.c.conversation == conversation))


async def purge_challenges(transaction: Transaction, before: datetime) -> int:
    """Forgets checks drawn before that moment; returns how many."""
    return int((await transaction.execute(delete(challenges).where(challenges.c.at < before))).rowcount)
