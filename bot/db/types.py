"""Column types and statements that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator

from bot.db.engine import Transaction


class UtcDateTime(TypeDecorator):
    """An aware moment in UTC. SQLite has no time zones, so it keeps the UTC wall time there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database; a naive moment is refused because nobody could tell what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(timezone.utc)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database, always aware."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def insert_for(transaction: Transaction, table: Table) -> Any:
    """An ``INSERT`` that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update`` for this database."""
    dialect = sqlite if transaction.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
