"""The audit trail: what was asked and done, in a table to which rows can only be added.

The migration makes the database itself refuse changes and deletions. Rows hold no secret and no datum of a person:
identifiers and addresses are keyed hashes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Integer, String, Table, insert

from bot.accounts.interfaces import RequestContext
from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime
from bot.platforms import Platform
from bot.privacy import KeyedHash

audit = Table(
    "account_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("step", String(64), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("result", String(32), nullable=False),
    Column("identifier_hash", String(64), nullable=False),
    Column("address_hash", String(64), nullable=False),
    Column("conversation", String(200), nullable=False),
    Index(None, "at"),
    Index(None, "identifier_hash"),
)


class AuditTrail:
    """Adds to the trail.

    Args:
        hashed: turns identifiers and addresses into what may be kept.
    """

    def __init__(self, hashed: KeyedHash) -> None:
        self._hashed = hashed

    async def note(
        self,
        transaction: Transaction,
        at: datetime,
        step: str,
        *,
        platform: Platform | None = None,
        result: str = "",
        identifier: str = "",
        context: RequestContext | None = None,
    ) -> None:
        """Writes one step down.

        Args:
            step: the operation, such as ``reset_by_code``, or a part of it, such as ``password_set``.
            identifier: what the person gave to be found by; only its hash is kept.
        """
        place = platform.value if platform else ""
        address = context.address if context else ""
        row = {
            "at": at,
            "step": step,
            "platform": place,
            "result": result,
            "identifier_hash": self._hashed("identifier", place, identifier) if identifier else "",
            "address_hash": self._hashed("address", address) if address else "",
            "conversation": context.conversation[:200] if context else "",
        }
        await transaction.execute(insert(audit).values(row))
