"""Takes accounts in from a CSV file, whole or not at all, and shows one account to the operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.accounts.csv_rows import CsvRejected, read_accounts
from bot.accounts.interfaces import Account, AccountBackend, AccountQuery, AccountUnknown
from bot.accounts.rules import effective_status
from bot.accounts.sql_store import upsert_account
from bot.db.engine import Database
from bot.platforms import PlatformFacts

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportCounts:
    """How many accounts were new, were updated, or were left alone."""

    added: int
    updated: int
    kept: int = 0


async def import_accounts(
    database: Database, path: Path, now: datetime, *, progress: Progress | None = None
) -> ImportCounts:
    """Takes a file in: accounts of the same platform and login are updated, their passwords stay as they are.

    Args:
        progress: told after each hundred accounts how many of how many are written.

    Raises:
        CsvRejected: the file cannot be used; nothing was taken.
        DatabaseUnavailable: the database does not answer.
    """
    return await _write(database, read_accounts(_content(path), now), progress=progress)


async def load_demo(database: Database, path: Path, now: datetime) -> ImportCounts:
    """Takes the demo accounts in, as if the newest password change in the file had been made yesterday.

    All changes are moved by the same number of days, so that what is expired in the file stays expired and what is
    not never becomes so. Accounts whose password was set here since are left alone.

    Raises:
        CsvRejected: the file cannot be used.
    """
    accounts = read_accounts(_content(path), now)
    changes = [account.password_changed_at for account in accounts if account.password_changed_at]
    days = (now.date() - max(changes).date()).days - 1 if changes else 0
    moved = [
        replace(account, password_changed_at=account.password_changed_at + timedelta(days=days))
        if account.password_changed_at
        else account
        for account in accounts
    ]
    return await _write(database, moved, keep_used=True)


async def show(
    backend: AccountBackend, facts: PlatformFacts, login: str, now: datetime
) -> dict[str, str | bool | None]:
    """What ``accounts show`` prints of the account with this user code or user name.

    ``status`` is the stored one, but ``blocked`` where the platform has blocked the account by expiry.

    Raises:
        AccountUnknown: there is none.
    """
    login = login.strip()
    if not login:
        raise AccountUnknown(facts.platform)
    found = await backend.find(AccountQuery(facts.platform, user_code=login))
    found = found or await backend.find(AccountQuery(facts.platform, username=login))
    if not found:
        raise AccountUnknown(facts.platform)
    account = found[0]
    changed = account.password_changed_at
    return {
        "platform": account.platform.value,
        "user_code": account.user_code,
        "username": account.username,
        "email": account.email,
        "status": effective_status(facts, account, now).value,
        "password_changed_at": changed.isoformat() if changed else None,
        "must_change_password": account.must_change_password,
    }


def csv_sentence(error: CsvRejected, data: Path) -> str:
    """The error in the operator's language, from ``words/cuentas.yml`` below the data folder."""
    words: dict[str, Any] = YAML(typ="safe").load((data / "words" / "cuentas.yml").read_text("utf-8"))
    sentence: str = words["errores_csv"][error.reason]
    return sentence.format(line=error.line, column=error.column, detail=error.detail)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CsvRejected(0, "", "no_file", path.name) from error


async def _write(
    database: Database, accounts: Sequence[Account], *, keep_used: bool = False, progress: Progress | None = None
) -> ImportCounts:
    counts: Counter[str] = Counter()
    async with database.transaction() as transaction:
        for number, account in enumerate(accounts, start=1):
            counts[await upsert_account(transaction, account, keep_used=keep_used)] += 1
            if progress is not None and (number % 100 == 0 or number == len(accounts)):
                progress(number, len(accounts))
    return ImportCounts(counts["added"], counts["updated"], counts["kept"])
