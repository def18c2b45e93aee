"""Statements on SQLite visit the driver's thread once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    original = aiosqlite.Connection._execute

    async def counted(self: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
        made.append(getattr(fn, "__name__", repr(fn)))
        return await original(self, fn, *args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return made


async def test_a_statement_is_one_visit_and_a_return_to_the_pool_none(tmp_path: Path, visits: list[str]) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}")
    await database.check()
    visits.clear()
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE)"))
        await connection.execute(text("INSERT INTO t (b) VALUES ('x')"))
        assert (await connection.execute(text("SELECT b FROM t"))).scalars().all() == ["x"]
    # BEGIN, three statements, COMMIT.
    assert len(visits) == 5
    await database.close()


async def test_what_a_statement_says_of_itself_is_kept(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}")
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE)"))
        assert (await connection.execute(text("INSERT INTO t (b) VALUES ('x')"))).lastrowid == 1
        assert (await connection.execute(text("INSERT INTO t (b) VALUES (:b)"), {"b": "y"})).lastrowid == 2
        assert (await connection.execute(text("UPDATE t SET b = b || '!'"))).rowcount == 2
        rows = (await connection.execute(text("SELECT a, b FROM t ORDER BY a"))).mappings().all()
        assert [dict(row) for row in rows] == [{"a": 1, "b": "x!"}, {"a": 2, "b": "y!"}]
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO t (b) VALUES ('z')"))
            await connection.execute(text("INSERT INTO t (b) VALUES ('x!')"))
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one() == 2
    await database.close()
