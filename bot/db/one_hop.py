"""SQLAlchemy's adapter for aiosqlite with one visit to the driver's thread for a statement, where it makes four.

SQLAlchemy opens a cursor, executes, fetches and closes it, and each of these goes to the connection's thread and back.
Two changes of threads cost more than most of our statements. ``make bench`` shows the gain;
``tests/unit/db/test_one_hop.py`` fails when SQLAlchemy's adapter changes its shape.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor


class OneHopCursor(AsyncAdapt_aiosqlite_cursor):
    """A cursor whose statement is executed, fetched and closed in one visit."""

    def execute(self, operation: str, parameters: Sequence[Any] | None = None) -> None:
        """Runs a statement; its rows are at hand afterwards."""
        try:
            self.description, self._rows, self.lastrowid, self.rowcount = self.await_(
                self._connection._execute(_run, self._connection._conn, operation, parameters)
            )
        except Exception as error:
            self._adapt_connection._handle_exception(error)


class OneHopConnection(AsyncAdapt_aiosqlite_connection):
    """A connection with such cursors, which rolls back only what was begun."""

    __slots__ = ()

    def cursor(self, server_side: bool = False) -> Any:
        """A new cursor."""
        return super().cursor(server_side) if server_side else OneHopCursor(self)

    def rollback(self) -> None:
        """Rolls back; the pool asks for it at each return, mostly after a commit, when there is nothing to do."""
        if self._connection.in_transaction:
            super().rollback()


def _run(
    connection: sqlite3.Connection, operation: str, parameters: Sequence[Any] | None
) -> tuple[Any, list[Any], int | None, int]:
    """In the connection's thread: description, rows, last row id and row count of a statement."""
    cursor = connection.execute(operation, parameters or ())
    try:
        if cursor.description:
            return cursor.description, cursor.fetchall(), -1, -1
        return None, [], cursor.lastrowid, cursor.rowcount
    finally:
        cursor.close()
