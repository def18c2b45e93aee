"""The desk's database: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.engine import Database
from tests.desk.rig import DeskRig, desk_database, desk_rig
from tests.support.postgres import postgres_server  # noqa: F401


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Both databases, for what depends on their locks."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    else:
        url = await request.getfixturevalue("postgres_server").new_database()
    async with desk_database(url) as database:
        yield database


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[DeskRig]:
    """A desk on SQLite."""
    async with desk_database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}") as database, desk_rig(database) as rig:
        yield rig
