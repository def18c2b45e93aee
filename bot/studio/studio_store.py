"""The studio's tables: drafts and their changes, trials, and the log of who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from bot.db.engine import Database, Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime
from bot.studio.interfaces import Change, Draft
from bot.studio.packing import packed, unpacked

drafts = Table(
    "studio_drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String(16), nullable=False, comment="open, proposed, published or discarded"),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("proposed_by", String(320), nullable=False),
    Column("proposed_at", UtcDateTime),
    Column("published_by", String(320), nullable=False),
    Column("published_at", UtcDateTime),
    Column("model", String(100), nullable=False),
    Column("reason", Text, nullable=False),
)

changes = Table(
    "studio_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("draft", Integer, ForeignKey("studio_drafts.id"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False, comment="JSON, personal data masked"),
    Column("undoes", Integer, comment="the change that this row takes back"),
    Column("author", String(320), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "draft"),
)

trials = Table(
    "studio_trials",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("draft", Integer, ForeignKey("studio_drafts.id"), nullable=False),
    Column("revision", Integer, nullable=False, comment="the draft's newest row when it began"),
    Column("state", String(16), nullable=False, comment="running, done, stopped or failed"),
    Column("stage", String(40), nullable=False),
    Column("author", String(320), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("seconds", Float),
    Column("model", String(100), nullable=False),
    Column("result", Text, nullable=False, comment="JSON, no personal data"),
    Index(None, "draft"),
)

trail = Table(
    "studio_trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("author", String(320), nullable=False),
    Column("action", String(40), nullable=False),
    Column("detail", Text, nullable=False),
)

options = Table(
    "studio_options",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
    Column("author", String(320), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


class StudioStore:
    """Reads and writes the studio's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft(self, now: datetime) -> Draft:
        """The draft under way, opened if there is none."""
        async with self._database.transaction() as transaction:
            query = select(drafts).where(drafts.c.state.in_(("open", "proposed"))).order_by(drafts.c.id.desc()).limit(1)
            row = (await transaction.execute(query)).first()
            if row is None:
                blank = {"proposed_by": "", "published_by": "", "model": "", "reason": ""}
                await transaction.execute(insert(drafts).values(state="open", opened_at=now, **blank))
                row = (await transaction.execute(query)).one()
            return _draft(row)

    async def drafts(self, limit: int = 50) -> Sequence[Draft]:
        """Drafts, newest first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(drafts).order_by(drafts.c.id.desc()).limit(limit))
            return [_draft(row) for row in rows]

    async def set_draft(self, draft: int, **values: Any) -> None:
        """Changes a draft's row."""
        async with self._database.transaction() as transaction:
            await transaction.execute(update(drafts).where(drafts.c.id == draft).values(**values))

    async def add_change(
        self, draft: int, kind: str, body: Mapping[str, Any], author: str, now: datetime, undoes: int | None = None
    ) -> int:
        """Appends a change; a proposal that is changed is a draft again."""
        async with self._database.transaction() as transaction:
            values = {"draft": draft, "kind": kind, "body": packed(body), "author": author, "at": now}
            done = await transaction.execute(insert(changes).values(undoes=undoes, **values))
            again = update(drafts).where(drafts.c.id == draft, drafts.c.state == "proposed")
            await transaction.execute(again.values(state="open", proposed_by="", proposed_at=None))
            return int(done.inserted_primary_key[0])

    async def changes(self, draft: int) -> Sequence[Change]:
        """A draft's changes in order, those taken back marked."""
        async with self._database.reading() as connection:
            found = list(
                await connection.execute(select(changes).where(changes.c.draft == draft).order_by(changes.c.id))
            )
        undone = {row.undoes for row in found if row.undoes is not None}
        return [
            Change(row.id, row.draft, row.kind, unpacked(row.body), row.author, row.at, row.id in undone)
            for row in found
            if row.undoes is None
        ]

    async def changes_of(self, numbers: Sequence[int]) -> Mapping[int, Change]:
        """Changes of any draft, by their numbers."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(changes).where(changes.c.id.in_(numbers)))
            return {row.id: Change(row.id, row.draft, row.kind, unpacked(row.body), row.author, row.at) for row in rows}

    async def revision(self, draft: int) -> int:
        """The number of the draft's newest row; 0 without any."""
        async with self._database.reading() as connection:
            query = select(changes.c.id).where(changes.c.draft == draft).order_by(changes.c.id.desc()).limit(1)
            return int(await connection.scalar(query) or 0)

    async def begin_trial(self, draft: int, revision: int, author: str, now: datetime) -> int:
        """Notes that a trial has begun."""
        async with self._database.transaction() as transaction:
            values = {"draft": draft, "revision": revision, "state": "running", "stage": "starting", "author": author}
            done = await transaction.execute(insert(trials).values(**values, started_at=now, model="", result="{}"))
            return int(done.inserted_primary_key[0])

    async def set_trial(self, trial: int, **values: Any) -> None:
        """Changes a trial's row."""
        if "result" in values:
            values["result"] = packed(values["result"])
        async with self._database.transaction() as transaction:
            await transaction.execute(update(trials).where(trials.c.id == trial).values(**values))

    async def trials(self, draft: int | None = None, limit: int = 30) -> Sequence[Mapping[str, Any]]:
        """Trials, newest first."""
        query = select(trials).order_by(trials.c.id.desc()).limit(limit)
        if draft is not None:
            query = query.where(trials.c.draft == draft)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return [{**row._mapping, "result": unpacked(row.result)} for row in rows]

    async def note(self, author: str, action: str, detail: str, now: datetime) -> None:
        """Appends to the log of who did what."""
        async with self._database.transaction() as transaction:
            await add_note(transaction, author, action, detail, now)

    async def notes(self, limit: int = 200) -> Sequence[Mapping[str, Any]]:
        """The log, newest first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(trail).order_by(trail.c.id.desc()).limit(limit))
            return [dict(row._mapping) for row in rows]

    async def option(self, name: str) -> str | None:
        """What was set in the studio, or None."""
        async with self._database.reading() as connection:
            value: str | None = await connection.scalar(select(options.c.value).where(options.c.name == name))
            return value

    async def set_option(self, name: str, value: str, author: str, now: datetime) -> None:
        """Sets something for the studio."""
        async with self._database.transaction() as transaction:
            await transaction.execute(options.delete().where(options.c.name == name))
            row = {"name": name, "value": value, "author": author, "at": now}
            await transaction.execute(insert(options).values(**row))


async def add_note(transaction: Transaction, author: str, action: str, detail: str, now: datetime) -> None:
    """Appends to the log within a transaction."""
    await transaction.execute(insert(trail).values(author=author, action=action, detail=detail, at=now))


def _draft(row: Any) -> Draft:
    return Draft(
        row.id,
        row.state,
        row.opened_at,
        row.proposed_by,
        row.proposed_at,
        row.published_by,
        row.published_at,
        row.model,
        row.reason,
    )
