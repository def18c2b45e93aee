"""A hub's database: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.engine import Database
from tests.support.database import database_url, new_database


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = database_url(tmp_path)
    else:
        url = await request.getfixturevalue("postgres_server").new_database()
    async with new_database(url) as database:
        yield database
