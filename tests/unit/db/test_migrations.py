"""The migrated schema is the declared one, on both databases, however many replicas start at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.db.tables import load_tables
from tests.support.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = await server.new_database()
    database = Database(url)
    yield database
    await database.close()


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), load_tables()))


async def test_an_empty_database_migrates_to_exactly_the_declared_tables(database: Database) -> None:
    await upgrade(database)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    await upgrade(database)
    await upgrade(database)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_replicas_that_start_together_migrate_once(database: Database) -> None:
    others = [Database(database.url) for _ in range(3)]
    await asyncio.gather(*(upgrade(each) for each in (database, *others)))
    for other in others:
        await other.close()
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_connections_that_open_a_new_file_together_all_get_it(tmp_path: Path) -> None:
    # The clash is rare: a few openings in a hundred meet it, so that many are made.
    for number in range(100):
        databases = [Database(f"sqlite+aiosqlite:///{tmp_path / f'{number}.db'}") for _ in range(8)]
        await asyncio.gather(*(each.check() for each in databases))
        for each in databases:
            await each.close()
