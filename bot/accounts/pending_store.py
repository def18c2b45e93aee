"""Password changes under way in a remote account system, without the passwords.

A row is written before the remote call and goes away in the transaction that writes the mail. What a crash leaves
behind is done again with a fresh password: see :mod:`bot.accounts.commit`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, String, Table, Text, and_, delete, select, update

from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for
from bot.platforms import Platform

pending = Table(
    "account_pending_changes",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("login", Text, primary_key=True),
    Column("nonce", String(64), nullable=False, comment="whose turn it is"),
    Column("plan", JSON, nullable=False, comment="the mails to write, without the password"),
    Column("until", UtcDateTime, nullable=False, comment="until when its owner is waited for"),
)

LEASE = timedelta(minutes=2)
"""Longer than all tries of one remote call together."""


async def begin_change(
    transaction: Transaction, platform: Platform, login: str, nonce: str, plan: dict[str, Any], now: datetime
) -> bool:
    """Notes that a change begins; False while another one of the same account is under way."""
    row = {"platform": platform.value, "login": login, "nonce": nonce, "plan": plan, "until": now + LEASE}
    insert = insert_for(transaction, pending).values(row)
    changes = {name: insert.excluded[name] for name in ("nonce", "plan", "until")}
    written = await transaction.execute(
        insert.on_conflict_do_update(index_elements=["platform", "login"], set_=changes, where=pending.c.until <= now)
    )
    return bool(written.rowcount)


async def end_change(transaction: Transaction, platform: Platform, login: str, nonce: str) -> bool:
    """Removes the note; False when the change has passed to somebody else."""
    here = and_(pending.c.platform == platform.value, pending.c.login == login, pending.c.nonce == nonce)
    return bool((await transaction.execute(delete(pending).where(here))).rowcount)


async def take_over_change(
    transaction: Transaction, nonce: str, now: datetime
) -> tuple[Platform, str, dict[str, Any]] | None:
    """Takes one change over whose owner did not come back, or returns None when there is none."""
    over = pending.c.until <= now
    row = (await transaction.execute(select(pending).where(over).order_by(pending.c.until).limit(1))).first()
    if row is None:
        return None
    here = and_(pending.c.platform == row.platform, pending.c.login == row.login, pending.c.nonce == row.nonce)
    taken = await transaction.execute(update(pending).where(here).values(nonce=nonce, until=now + LEASE))
    return (Platform(row.platform), row.login, row.plan) if taken.rowcount else None
