from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.engine import Database
from tests.unit.accounts.support import House, build_house, prepare_database


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the demo accounts, which each test copies."""
    path = tmp_path_factory.mktemp("accounts") / "prepared.db"

    async def prepare() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await prepare_database(database)
        await database.close()

    asyncio.run(prepare())
    return path


@pytest.fixture
async def database(tmp_path: Path, prepared_database: Path) -> AsyncIterator[Database]:
    shutil.copy(prepared_database, tmp_path / "test.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
    yield database
    await database.close()


@pytest.fixture
def house(database: Database) -> House:
    return build_house(database)
