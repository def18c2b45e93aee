"""A database with an outbox, a mail server, and both put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.engine import Database
from bot.db.migrate import upgrade
from tests.support.mail import MailRig
from tests.support.smtp import SmtpServer


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated SQLite database."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'mail.db'}")
    await upgrade(database)
    yield database
    await database.close()


@pytest.fixture
def rig(database: Database, smtp_server: SmtpServer) -> MailRig:
    """Outbox and workers, facing the mail server."""
    return MailRig(database, smtp_server.url)
