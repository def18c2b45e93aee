"""The accounts in our own database: the SQL :class:`~bot.accounts.interfaces.AccountBackend`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from bot.accounts.hashing import UNUSABLE, Argon2
from bot.accounts.interfaces import (
    Account,
    AccountBackendUnavailable,
    AccountQuery,
    AccountUnknown,
    Role,
    Status,
)
from bot.accounts.rules import clean_identifier
from bot.clock import Clock, utc_now
from bot.db.engine import Database, Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for
from bot.errors import DatabaseUnavailable
from bot.platforms import Platform, PlatformFacts

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("user_code", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("id_document", Text, nullable=False),
    Column("ruc", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("birth_date", Date, nullable=True),
    Column("entity", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("password_changed_at", UtcDateTime, nullable=True),
    Column("must_change_password", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("login_key", Text, nullable=False, comment="what is typed to sign in, without case"),
    Column("user_code_key", Text, nullable=False),
    Column("username_key", Text, nullable=False),
    Column("id_document_key", Text, nullable=False),
    Column("ruc_key", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("phone_key", Text, nullable=False, comment="the last ten digits at most"),
    UniqueConstraint("platform", "login_key"),
    Index(None, "platform", "email_key"),
    Index(None, "platform", "id_document_key"),
    Index(None, "platform", "ruc_key"),
    Index(None, "platform", "phone_key"),
)

password_changes = Table(
    "account_password_changes",
    metadata,
    Column("key", String(64), primary_key=True, comment="SHA-256 of the change's idempotency key"),
    Column("at", UtcDateTime, nullable=False, index=True),
)

FIELDS = (
    "user_code",
    "username",
    "id_document",
    "ruc",
    "email",
    "phone",
    "full_name",
    "birth_date",
    "entity",
    "password_changed_at",
    "must_change_password",
)
NORMALIZE = {"id_document": clean_identifier, "ruc": clean_identifier}


def phone_key(phone: str) -> str:
    """A phone's last ten digits at most: what is left when country codes and grouping are taken away."""
    return re.sub(r"\D", "", phone)[-10:]


def search_keys(values: Mapping[str, str]) -> dict[str, str]:
    """The columns by which an account is found, for the fields given."""
    keys = {}
    for name, value in values.items():
        if name == "phone":
            keys["phone_key"] = phone_key(value)
        else:
            keys[f"{name}_key"] = NORMALIZE.get(name, str)(value).strip().casefold()
    return keys


class SqlAccountBackend:
    """Accounts in our database.

    Args:
        database: where they are.
        platforms: the platforms' facts, for which of them block by expiry.
        hasher: makes the password hashes.
        clock: when a change happened.
    """

    def __init__(
        self,
        database: Database,
        platforms: Mapping[Platform, PlatformFacts],
        hasher: Argon2 | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._expiring = {each for each, facts in platforms.items() if facts.expiry_months is not None}
        self.hasher = hasher or Argon2()
        self._clock = clock

    @property
    def local(self) -> bool:
        """Its changes commit with the caller's transaction."""
        return True

    async def find(self, query: AccountQuery) -> Sequence[Account]:
        """See the interface. A query without a field is a mistake of the caller (``ValueError``)."""
        names = ("user_code", "username", "id_document", "ruc", "email", "phone")
        keys = search_keys({name: value for name in names if (value := getattr(query, name).strip())})
        if not keys:
            raise ValueError("a query needs at least one field besides the platform")
        if not all(keys.values()):
            # Something was asked for that holds nothing to compare, such as a phone without digits.
            return []
        statement = select(accounts).where(accounts.c.platform == query.platform.value)
        for name, value in keys.items():
            statement = statement.where(accounts.c[name] == value)
        if query.role is not None:
            statement = statement.where(accounts.c.role == query.role.value)
        rows = await self._read(statement.order_by(accounts.c.login_key))
        return [_account(row) for row in rows]

    async def set_password(
        self,
        transaction: Transaction | None,
        platform: Platform,
        login: str,
        new_password: str,
        *,
        temporary: bool,
        idempotency_key: str,
    ) -> None:
        """See the interface; needs a transaction."""
        if transaction is None:
            raise ValueError("accounts in our own database are changed inside a transaction")
        here = accounts.c.platform == platform.value, accounts.c.login_key == login.strip().casefold()
        status = await transaction.scalar(select(accounts.c.status).where(*here))
        if status is None:
            raise AccountUnknown(platform)
        now = self._clock()
        change = {"key": hashlib.sha256(idempotency_key.encode()).hexdigest(), "at": now}
        noted = await transaction.execute(
            insert_for(transaction, password_changes).values(change).on_conflict_do_nothing()
        )
        if not noted.rowcount:
            return
        lifted = status == Status.BLOCKED.value and platform in self._expiring
        values = {
            "password_hash": await self.hasher.hash(new_password),
            "password_changed_at": now,
            "must_change_password": temporary,
            "status": Status.ACTIVE.value if lifted else status,
        }
        await transaction.execute(update(accounts).where(*here).values(values))

    async def verify_password(self, platform: Platform, login: str, password: str) -> bool:
        """See the interface."""
        statement = select(accounts.c.password_hash, accounts.c.status).where(
            accounts.c.platform == platform.value, accounts.c.login_key == login.strip().casefold()
        )
        rows = await self._read(statement)
        right = await self.hasher.verify(rows[0].password_hash if rows else "", password)
        return right and rows[0].status == Status.ACTIVE.value

    async def _read(self, statement: Any) -> list[Any]:
        try:
            async with self._database.reading() as connection:
                return list((await connection.execute(statement)).all())
        except (DatabaseUnavailable, DBAPIError) as error:
            raise AccountBackendUnavailable("the accounts' database does not answer") from error


async def upsert_account(transaction: Transaction, account: Account, *, keep_used: bool = False) -> str:
    """Writes one account down, or updates the one with the same platform and login but for its password.

    Args:
        keep_used: leave an account alone whose password was ever set here.

    Returns:
        ``added``, ``updated`` or ``kept``.
    """
    texts = ("user_code", "username", "id_document", "ruc", "email", "phone")
    keys = search_keys({**{name: getattr(account, name) for name in texts}, "login": account.login})
    values = {name: getattr(account, name) for name in FIELDS if name != "must_change_password"}
    values |= {"role": account.role.value, "status": account.status.value, **keys}
    here = accounts.c.platform == account.platform.value, accounts.c.login_key == keys["login_key"]
    kept_hash = await transaction.scalar(select(accounts.c.password_hash).where(*here))
    if kept_hash is None:
        new = {"platform": account.platform.value, "must_change_password": False, "password_hash": UNUSABLE}
        await transaction.execute(insert(accounts).values({**values, **new}))
        return "added"
    if keep_used and kept_hash != UNUSABLE:
        return "kept"
    await transaction.execute(update(accounts).where(*here).values(values))
    return "updated"


async def purge_password_changes(transaction: Transaction, before: datetime) -> int:
    """Forgets the keys of changes made before that moment; returns how many."""
    return int((await transaction.execute(delete(password_changes).where(password_changes.c.at < before))).rowcount)


def _account(row: Any) -> Account:
    values = {name: row[name] for name in FIELDS}
    return Account(platform=Platform(row.platform), role=Role(row.role), status=Status(row.status), **values)
