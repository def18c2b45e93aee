"""What a conversation last asked to be mailed, for "it does not arrive, send it again"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import JSON, Column, String, Table, delete, select

from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for
from bot.platforms import Platform

repeats = Table(
    "account_repeats",
    metadata,
    Column("conversation", String(200), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("operation", String(32), nullable=False),
    Column("logins", JSON, nullable=False, comment="the accounts that matched; none when the data were wrong"),
    Column("facts", JSON, nullable=False),
    Column("identifier_hash", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)


@dataclass(frozen=True)
class Repeat:
    """A mailed request that can be done again.

    Attributes:
        operation: which one.
        logins: the accounts that it concerned, empty when the data belonged to none.
        facts: what else it needs, such as the reason given; ``email`` is the masked address that the person typed.
        identifier_hash: what was typed, for counting repetitions alike for known and unknown.
    """

    platform: Platform
    operation: str
    logins: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    identifier_hash: str = ""


async def remember(transaction: Transaction, conversation: str, repeat: Repeat, at: datetime) -> None:
    """Keeps the request in place of the conversation's older one."""
    row = {
        "conversation": conversation,
        "platform": repeat.platform.value,
        "operation": repeat.operation,
        "logins": list(repeat.logins),
        "facts": dict(repeat.facts),
        "identifier_hash": repeat.identifier_hash,
        "at": at,
    }
    insert = insert_for(transaction, repeats).values(row)
    changes = {name: insert.excluded[name] for name in row if name != "conversation"}
    await transaction.execute(insert.on_conflict_do_update(index_elements=["conversation"], set_=changes))


async def recall(transaction: Transaction, conversation: str) -> tuple[Repeat, datetime] | None:
    """The conversation's last mailed request and when it was, or None."""
    here = repeats.c.conversation == conversation
    row = (await transaction.execute(select(repeats).where(here))).one_or_none()
    if row is None:
        return None
    repeat = Repeat(Platform(row.platform), row.operation, tuple(row.logins), row.facts, row.identifier_hash)
    return repeat, row.at


async def purge_repeats(transaction: Transaction, before: datetime) -> int:
    """Forgets requests made before that moment; returns how many."""
    return int((await transaction.execute(delete(repeats).where(repeats.c.at < before))).rowcount)
