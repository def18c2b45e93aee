"""What is read by time is found by time, not by reading every message there ever was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.clock import utc_now
from bot.conversations.log_store import LogStore
from bot.db.engine import Database
from bot.db.migrate import upgrade


async def test_the_conversations_of_some_days_are_found_by_the_index_of_times(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'plan.db'}")
    await upgrade(database)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        asked.append((statement, values))

    await LogStore(database).asked(utc_now() - timedelta(days=30), utc_now())
    statement, values = next(each for each in asked if each[0].startswith("SELECT"))
    async with database.reading() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))
        steps = [row[-1] for row in plan]
    await database.close()
    assert any("SEARCH messages USING INDEX ix_messages_at" in step for step in steps), steps
