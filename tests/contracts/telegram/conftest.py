from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.bot_api import BotApi, bot_api
from tests.support.postgres import PostgresServer


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """The Bot API's stand-in."""
    async with bot_api() as running:
        yield running


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A new SQLite file."""
    return f"sqlite+aiosqlite:///{tmp_path / 'telegram.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
async def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database, of both kinds."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'telegram.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return await server.new_database()
