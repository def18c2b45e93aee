"""New databases for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.db.engine import Database
from bot.db.tables import load_tables


@asynccontextmanager
async def new_database(url: str) -> AsyncIterator[Database]:
    """A database with every table."""
    database = Database(url)
    async with database.transaction() as transaction:
        await transaction.run_sync(load_tables().create_all)
    yield database
    await database.close()


def database_url(folder: Path) -> str:
    """A new SQLite file."""
    return f"sqlite+aiosqlite:///{folder / 'ventanilla.db'}"
