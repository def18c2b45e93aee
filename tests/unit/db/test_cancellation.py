"""A task that is cancelled while it uses the database ends cancelled, and the database goes on working."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event, text

from bot.db.engine import Database

SLOW = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n")


@pytest.mark.parametrize("kind", ["reading", "transaction"])
async def test_a_use_of_the_database_that_is_cancelled_ends_cancelled(tmp_path: Path, kind: str) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}")
    begun = asyncio.Event()

    async def use() -> None:
        async with getattr(database, kind)() as connection:
            await connection.execute(SLOW)

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("WITH"):
            begun.set()

    for _ in range(3):
        begun.clear()
        task = asyncio.create_task(use())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await database.check()
    await database.close()
