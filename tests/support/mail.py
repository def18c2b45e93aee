"""The mail feature put together as the service does it, for tests that need mail to go out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.clock import utc_now
from bot.db.engine import Database
from bot.mail.delivery import DeliveryWorker
from bot.mail.interfaces import OutgoingMail
from bot.mail.outbox_store import SqlOutbox, outbox
from bot.mail.pace import Pace
from tests.support.waiting import PATIENCE, eventually

QUICK = Pace(answer=5, verdict=5, poll=0.05, retry_first=0.02, retry_longest=0.05, away_first=0.02, away_longest=0.05)
"""The worker's patience, for tests."""

FACTS = {
    "platform_name": "SEACE",
    "full_name": "Ana Quispe Ñahui",
    "login": "001952_56989",
    "password": "Zorro-Lunar-4821",
    "expired": False,
}


class AdjustableClock:
    """The present moment, and as much later as a test says."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.later


class MailRig:
    """An outbox and its workers on one database and one mail server."""

    def __init__(self, database: Database, smtp_url: str, *, key: bytes | None = None) -> None:
        self.database = database
        self.smtp_url = smtp_url
        self.key = key or Fernet.generate_key()
        self.clock = AdjustableClock()
        self.workers: list[DeliveryWorker] = []
        self.outbox = SqlOutbox(self.key, "Mesa de ayuda <ayuda@example.org>", wake=self.wake, clock=self.clock)

    def wake(self) -> None:
        """Wakes every worker."""
        for worker in self.workers:
            worker.wake()

    def worker(self, *, pace: Pace = QUICK, lanes: int = 1, **options: Any) -> DeliveryWorker:
        """A worker that nobody runs yet."""
        worker = DeliveryWorker(
            self.database,
            self.smtp_url,
            "Mesa de ayuda <ayuda@example.org>",
            self.key,
            self.clock,
            pace=pace,
            lanes=lanes,
            **options,
        )
        self.workers.append(worker)
        return worker

    @asynccontextmanager
    async def running(self, **options: Any) -> AsyncIterator[DeliveryWorker]:
        """A worker at work; stopped gracefully at the end."""
        worker = self.worker(**options)
        task = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()
            await asyncio.wait_for(task, PATIENCE)

    async def add(self, to: str = "ana@example.org", *, wake: bool = True, key: str = "", **facts: Any) -> str:
        """Leaves one mail in a transaction of its own."""
        mail = OutgoingMail("seace_new_password", to, {**FACTS, **facts}, key=key)
        async with self.database.transaction() as transaction:
            mail_id = await self.outbox.add(transaction, mail)
        if wake:
            self.outbox.wake()
        return mail_id

    async def row(self, mail_id: str) -> Any:
        """The mail as the database keeps it."""
        async with self.database.reading() as connection:
            return (await connection.execute(select(outbox).where(outbox.c.id == mail_id))).one()

    async def until(self, mail_id: str, *states: str, seconds: float = PATIENCE) -> Any:
        """The row, as soon as it is in one of the states."""

        async def reached() -> Any:
            row = await self.row(mail_id)
            return row if row.state in states else None

        return await eventually(reached, seconds)


async def logged(logs: list[Any], event: str, seconds: float = PATIENCE) -> None:
    """Waits until an event has been logged (``logs`` comes from ``structlog.testing.capture_logs``)."""

    async def seen() -> bool:
        return any(line["event"] == event for line in logs)

    await eventually(seen, seconds)
