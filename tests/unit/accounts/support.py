"""A small house for account tests: real database, real backend, an outbox that is a table."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, func, select, text

from bot.accounts.csv_import import load_demo
from bot.accounts.hashing import Argon2
from bot.accounts.interfaces import AccountBackend, RequestContext
from bot.accounts.limits_store import LimitPolicy
from bot.accounts.parts import Parts
from bot.accounts.passwords import load_common_words
from bot.accounts.service import Accounts
from bot.accounts.sql_store import SqlAccountBackend
from bot.db.engine import Database, Transaction
from bot.db.migrate import upgrade
from bot.db.types import insert_for
from bot.mail.interfaces import OutgoingMail
from bot.platforms import load_platforms
from bot.privacy import KeyedHash

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "data"
DEMO = DATA / "demo" / "accounts.csv"
PLATFORMS = load_platforms(DATA)
START = datetime(2026, 5, 4, 15, 0, tzinfo=timezone.utc)

mails = Table(
    "mails_of_tests",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("key", String(200), unique=True),
    Column("kind", Text),
    Column("recipient", Text),
    Column("facts", Text),
)


@dataclass
class Time:
    """A clock that moves when it is told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass(frozen=True)
class Mail:
    kind: str
    to: str
    facts: dict[str, Any]


class TableOutbox:
    """Keeps mails in a table, so that a mail exists only if its transaction was committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.woken = 0

    async def add(self, transaction: Transaction, mail: OutgoingMail) -> str:
        facts = json.dumps(dict(mail.facts), default=str)
        row = {"key": mail.key, "kind": mail.kind, "recipient": mail.to, "facts": facts}
        await transaction.execute(insert_for(transaction, mails).values(row).on_conflict_do_nothing())
        return mail.key

    def wake(self) -> None:
        self.woken += 1

    async def all(self) -> list[Mail]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(mails).order_by(mails.c.id))).all()
        return [Mail(row.kind, row.recipient, json.loads(row.facts)) for row in rows]


@dataclass
class House:
    """The service and all that a test looks at."""

    database: Database
    accounts: Accounts
    backend: AccountBackend
    sql: SqlAccountBackend
    outbox: TableOutbox
    time: Time
    parts: Parts
    messages: int = field(default=0)

    def ask(self, conversation: str = "c1", address: str = "", key: str = "") -> RequestContext:
        """The context of a new message."""
        self.messages += 1
        return RequestContext(conversation, address, key or f"m{self.messages}")

    async def mails(self) -> list[Mail]:
        return await self.outbox.all()

    async def last_mail(self) -> Mail:
        return (await self.outbox.all())[-1]

    async def count(self, table: Table) -> int:
        async with self.database.reading() as connection:
            return int(await connection.scalar(select(func.count()).select_from(table)))

    async def dump(self) -> str:
        """Every row of every table but the mails', as text, to look for secrets in."""
        async with self.database.reading() as connection:
            names = await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            parts = []
            for (name,) in names.all():
                if name != mails.name:
                    parts += [repr(tuple(row)) for row in (await connection.execute(text(f"SELECT * FROM {name}")))]
        return "\n".join(parts)


async def prepare_database(database: Database) -> None:
    """Migrates and loads the demo accounts."""
    await upgrade(database)
    async with database.transaction() as transaction:
        await transaction.run_sync(mails.create)
    await load_demo(database, DEMO, START)


def build_house(
    database: Database, *, limits: LimitPolicy | None = None, backend: AccountBackend | None = None
) -> House:
    """Builds the service over a prepared database."""
    time = Time()
    sql = SqlAccountBackend(database, PLATFORMS, Argon2(), time)
    outbox = TableOutbox(database)
    parts = Parts(
        database=database,
        backend=backend or sql,
        outbox=outbox,
        platforms=PLATFORMS,
        hashed=KeyedHash(b"a key for the tests"),
        public_url="https://ayuda.example.org",
        common_words=load_common_words(DATA / "words" / "nombres_comunes.txt"),
        limits=limits or LimitPolicy(enabled=False),
        clock=time,
    )
    return House(database, Accounts(parts), parts.backend, sql, outbox, time, parts)
