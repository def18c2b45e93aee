"""The outbox on each database that the service runs on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.engine import Database
from bot.db.migrate import upgrade
from tests.support.mail import MailRig
from tests.support.smtp import SmtpServer


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database's URL."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'mail.db'}"
    return str(await request.getfixturevalue("postgres_server").new_database())


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A migrated database."""
    database = Database(url)
    await upgrade(database)
    yield database
    await database.close()


@pytest.fixture
async def second_database(database: Database, url: str) -> AsyncIterator[Database]:
    """The same database as another replica sees it."""
    second = Database(url)
    yield second
    await second.close()


@pytest.fixture
def rig(database: Database, smtp_server: SmtpServer) -> MailRig:
    """Outbox and workers, facing the mail server."""
    return MailRig(database, smtp_server.url)
