"""The desk's database: SQLite always, PostgreSQL where its server is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.engine import Database
from tests.desk.console import Console, console
from tests.desk.push_service import PushService, push_service
from tests.desk.rig import DeskRig, desk_rig
from tests.support.database import database_url, new_database
from tests.support.handed_facts import handed_facts  # noqa: F401


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Both databases, for what depends on their locks."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    else:
        url = await request.getfixturevalue("postgres_server").new_database()
    async with new_database(url) as database:
        yield database


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[DeskRig]:
    """A desk on SQLite."""
    async with new_database(database_url(tmp_path)) as database, desk_rig(database) as rig:
        yield rig


@pytest.fixture
async def desk(rig: DeskRig) -> AsyncIterator[Console]:
    """The console over HTTP, with that desk behind it."""
    async with console(rig) as running:
        yield running


@pytest.fixture
async def service(desk: Console) -> AsyncIterator[PushService]:
    """A browser maker's push service, which the desk knows."""
    async with push_service(desk.rig, desk.push.public_key) as running:
        yield running
