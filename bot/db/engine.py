"""Opens the database, SQLite or PostgreSQL, and hands out transactions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeAlias

import aiosqlite
import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util.concurrency import await_only

from bot.db.one_hop import OneHopConnection
from bot.errors import DatabaseUnavailable

Transaction: TypeAlias = AsyncConnection
"""An open transaction; features pass it on so that several writes commit as one."""


UNREACHABLE = (OSError, DBAPIError, PoolTimeoutError, asyncio.TimeoutError, asyncpg.PostgresError)
"""What the drivers raise when no connection can be had."""

WAIT_FOR_A_LOCK = 10
"""Seconds that a connection to SQLite waits for another's lock."""


class Database:
    """One database and its connections.

    Args:
        url: a SQLAlchemy URL with an async driver (``sqlite+aiosqlite:///…``,
            ``postgresql+asyncpg://…``).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _server_engine(url)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction that commits at the end of the block and rolls back on an error.

        Raises:
            DatabaseUnavailable: no connection could be made.
        """
        connection = await self._connect()
        try:
            async with connection.begin():
                yield connection
        finally:
            # A task that is cancelled here must still give its connection back.
            await asyncio.shield(connection.close())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A connection for reads alone: on SQLite it takes no write lock.

        Raises:
            DatabaseUnavailable: no connection could be made.
        """
        connection = await self._connect()
        # Held here, because a connection that a cancellation broke off has no notes to ask for any more:
        # asking would raise, and the cancellation would be lost.
        notes = connection.sync_connection.info
        notes["reading"] = True
        try:
            yield connection
        finally:
            notes.pop("reading", None)
            await asyncio.shield(connection.close())

    async def _connect(self) -> AsyncConnection:
        try:
            return await self.engine.connect()
        except UNREACHABLE as error:
            raise DatabaseUnavailable(self.where) from error

    @property
    def where(self) -> str:
        """The address without credentials, for messages to the operator."""
        url = make_url(self.url)
        return str(url.database if self.is_sqlite else f"{url.host}:{url.port or 5432}/{url.database}")

    async def check(self) -> None:
        """Asks the database for a sign of life.

        Raises:
            DatabaseUnavailable: it gave none.
        """
        try:
            async with self.reading() as connection:
                await connection.execute(text("SELECT 1"))
        except OperationalError as error:
            raise DatabaseUnavailable(self.where) from error

    async def close(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()


def _server_engine(url: str) -> AsyncEngine:
    return create_async_engine(url, future=True, pool_pre_ping=True, pool_size=10, max_overflow=10)


def _sqlite_engine(url: str) -> AsyncEngine:
    # A file's connections are pooled, because opening one costs a thread and four pragmas.
    # An in-memory database exists within one connection, and keeps the driver's own pool.
    database = make_url(url).database
    pool = {} if not database or database == ":memory:" else {"poolclass": AsyncAdaptedQueuePool, "pool_size": 5}
    engine = create_async_engine(url, future=True, connect_args={"timeout": WAIT_FOR_A_LOCK}, **pool)

    @event.listens_for(engine.sync_engine, "do_connect")
    def do_connect(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        # The driver's thread would keep a program alive that ends without closing its database.
        connection = aiosqlite.connect(*arguments, **options)
        connection._thread.daemon = True
        return OneHopConnection(dialect.dbapi, await_only(connection))

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN is deferred, which turns two writers into a
        # deadlock; transactions are begun below instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={WAIT_FOR_A_LOCK * 1000}")
        _keep_a_write_ahead_log(cursor)
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if connection.info.get("reading") else "BEGIN IMMEDIATE")

    return engine


def _keep_a_write_ahead_log(cursor: Any) -> None:
    """Puts the file into WAL mode, and waits where SQLite itself does not.

    Connections that turn a new file to WAL together would deadlock, so SQLite refuses all but one at once,
    whatever their busy timeout (https://www.sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY").
    """
    give_up = monotonic() + WAIT_FOR_A_LOCK
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > give_up:
                raise
        await_only(asyncio.sleep(0.01))
