"""Brings a database's schema up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.engine import Connection

from bot.db.engine import Database

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
LOCK = 7_303_014_001
"""Any number that no other program uses as an advisory lock in the same database."""


def configuration() -> Config:
    """Alembic's configuration; there is no ``alembic.ini``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


async def upgrade(database: Database) -> None:
    """Runs every migration that the database has not seen, in one transaction.

    Replicas that start together take turns: SQLite by its write lock, PostgreSQL by an advisory lock.

    Raises:
        DatabaseUnavailable: the database does not answer.
    """
    async with database.transaction() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "heads")
