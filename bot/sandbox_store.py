"""What the sandbox asks of its own database: whether all is quiet, and that everything be as it was at first."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from time import monotonic
from typing import Any

from sqlalchemy import func, select, update

from bot.accounts.hashing import Argon2
from bot.accounts.sql_store import accounts
from bot.conversations.tables_store import conversations
from bot.db.engine import Database
from bot.mail.outbox_store import outbox

UNDELIVERED = ("pending", "sending")
PATIENCE = 40.0
"""Seconds; a machine that has much else to do must still get there."""


class SandboxStore:
    """Looks into a database of one's own, a file of SQLite's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give_passwords(self, password: str) -> None:
        """Lets this password sign in to every account."""
        hashed = await Argon2(quick=True).hash(password)
        async with self._database.transaction() as transaction:
            await transaction.execute(update(accounts).values(password_hash=hashed))

    async def remember(self) -> sqlite3.Connection:
        """Everything that it holds now."""
        return await asyncio.to_thread(self._remember)

    async def put_back(self, remembered: sqlite3.Connection) -> None:
        """Makes it hold what it did then, and nothing else."""
        await asyncio.to_thread(self._put_back, remembered)

    def _remember(self) -> sqlite3.Connection:
        found = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._database.where)) as file:
            file.backup(found)
        return found

    def _put_back(self, remembered: sqlite3.Connection) -> None:
        # Page by page: the audit trail takes no deletion, from nobody.
        with closing(sqlite3.connect(self._database.where)) as file:
            file.execute("PRAGMA synchronous=OFF")
            remembered.backup(file)

    async def mail_delivered(self) -> None:
        """Waits until the outbox holds nothing that is still to go out."""
        await self._none_left(select(func.count()).select_from(outbox).where(outbox.c.state.in_(UNDELIVERED)))

    async def turns_ended(self) -> None:
        """Waits until the bot is at work in no conversation."""
        busy = conversations.c.lease_owner.is_not(None)
        await self._none_left(select(func.count()).select_from(conversations).where(busy))

    async def _none_left(self, counted: Any, seconds: float = PATIENCE) -> None:
        deadline = monotonic() + seconds
        while True:
            async with self._database.reading() as connection:
                if not await connection.scalar(counted):
                    return
            if monotonic() > deadline:
                raise asyncio.TimeoutError
            await asyncio.sleep(0.005)
