"""Alembic's entry: runs on the connection that :func:`bot.db.migrate.upgrade` hands over.

Called from Alembic's own command line (``revision --autogenerate``) it opens the database of the settings.
"""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy.engine import Connection

from bot.db.engine import Database
from bot.db.tables import load_tables


def run(connection: Connection) -> None:
    """Runs the migrations on an open connection."""
    context.configure(connection=connection, target_metadata=load_tables(), render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_on_settings() -> None:
    """Opens the database that the environment names."""
    from bot.settings import load_settings

    database = Database(load_settings().database_url)
    async with database.transaction() as connection:
        await connection.run_sync(run)
    await database.close()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_on_settings())
