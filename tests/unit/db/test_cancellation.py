"""A task that is cancelled while it uses the database ends cancelled, and the database goes on working."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db.engine import Database

ROUNDS = 60
"""Each round cancels one loop step later than the one before, so that every wait within a use is hit."""


@pytest.mark.parametrize("kind", ["reading", "transaction"])
async def test_a_cancelled_use_of_the_database_ends_cancelled(tmp_path: Path, kind: str) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}")

    async def use() -> None:
        while True:
            async with getattr(database, kind)() as connection:
                await connection.execute(text("SELECT 1"))

    for steps in range(ROUNDS):
        tasks = [asyncio.create_task(use()) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(end) for end in ended] == [asyncio.CancelledError] * 3, steps
    await database.check()
    await database.close()
