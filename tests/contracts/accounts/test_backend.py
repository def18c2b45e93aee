"""What every account backend must do: SQLite, PostgreSQL, and HTTP against the reference server on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.accounts.csv_import import load_demo
from bot.accounts.http_backend import HttpAccountBackend
from bot.accounts.interfaces import (
    Account,
    AccountBackend,
    AccountBackendUnavailable,
    AccountQuery,
    AccountUnknown,
    Role,
    Status,
)
from bot.accounts.reference_server import reference_app
from bot.accounts.sql_store import SqlAccountBackend, accounts, password_changes
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.platforms import Platform
from tests.support.postgres import PostgresServer
from tests.support.serving import serving
from tests.unit.accounts.support import DEMO, PLATFORMS, Time

SEACE, SOCE, SECOP2 = Platform.SEACE, Platform.SOCE, Platform.SECOP2


@dataclass
class Case:
    backend: AccountBackend
    database: Database
    time: Time

    async def set_password(
        self, platform: Platform, login: str, password: str, *, temporary: bool = False, key: str = "k1"
    ) -> None:
        if not self.backend.local:
            await self.backend.set_password(None, platform, login, password, temporary=temporary, idempotency_key=key)
            return
        async with self.database.transaction() as transaction:
            await self.backend.set_password(
                transaction, platform, login, password, temporary=temporary, idempotency_key=key
            )

    async def one(self, platform: Platform, **fields: str) -> Account:
        (account,) = await self.backend.find(AccountQuery(platform, **fields))  # type: ignore[arg-type]
        return account


def with_token(address: str, token: str) -> str:
    """An address as the setting holds it, the token in it."""
    return address.replace("://", f"://{token}@")


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """One migrated database for all tests: making and removing one costs far more than emptying it."""

    async def make() -> str:
        url = await postgres_server.new_database()
        database = Database(url)
        await upgrade(database)
        await database.close()
        return url

    # Asked for while another fixture's loop runs, so it needs a thread of its own.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make()).result()


@pytest.fixture(params=["sqlite", "postgres", "http"])
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'accounts.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    database, time = Database(url), Time()
    await upgrade(database)
    async with database.transaction() as transaction:
        for table in (accounts, password_changes):
            await transaction.execute(delete(table))
    await load_demo(database, DEMO, time.now)
    sql = SqlAccountBackend(database, PLATFORMS, clock=time)
    if request.param != "http":
        yield Case(sql, database, time)
    else:
        async with serving(reference_app(sql, database, "t0k:en")) as address:
            backend = HttpAccountBackend(with_token(address, "ventanilla:t0k%3Aen") + "/", pause=0)
            yield Case(backend, database, time)
            await backend.close()
    await database.close()


async def test_an_account_comes_with_all_that_is_on_file(case: Case) -> None:
    account = await case.one(SOCE, username="entidadsol1")
    assert account.password_changed_at is not None and account.password_changed_at.utcoffset() == timedelta(0)
    assert (account.login, account.role, account.status) == ("entidadsol1", Role.ADMIN, Status.ACTIVE)
    assert (account.id_document, account.ruc, account.email, account.phone) == (
        "1710020031",
        "1760567890001",
        "mariela@gadsol.example.org",
        "+593 99 000 0201",
    )
    assert account.full_name == "Mariela Paredes Vaca" and account.entity == "GAD Municipal del Cantón El Sol"
    assert account.birth_date is not None and account.birth_date.isoformat() == "1980-05-31"
    assert account.must_change_password is False


@pytest.mark.parametrize(
    "fields",
    [
        {"username": " GabrielaSol "},
        {"email": "GABRIELA@alcaldia.example.org"},
        {"id_document": "1.032.000.101"},
        {"phone": "3100000301"},
        {"phone": "0057 (310) 000-0301"},
        {"username": "gabrielasol", "email": "gabriela@alcaldia.example.org", "phone": "+57 310 000 0301"},
    ],
)
async def test_an_account_is_found_whatever_the_case_blanks_and_grouping(case: Case, fields: dict[str, str]) -> None:
    assert (await case.one(SECOP2, **fields)).login == "gabrielasol"


@pytest.mark.parametrize(
    "query",
    [
        AccountQuery(SECOP2, username="nadie"),
        AccountQuery(SEACE, username="gabrielasol"),
        AccountQuery(SECOP2, username="gabrielasol", email="tomas@alcaldia.example.org"),
        AccountQuery(SOCE, username="entidadsol1", role=Role.USER),
        AccountQuery(SECOP2, phone="sin teléfono"),
        AccountQuery(SECOP2, username="gabrielasol' OR '1'='1"),
        AccountQuery(SECOP2, username="gabriela%"),
    ],
)
async def test_every_field_must_match(case: Case, query: AccountQuery) -> None:
    assert list(await case.backend.find(query)) == []


async def test_all_matches_come_in_the_same_order(case: Case) -> None:
    query = AccountQuery(SOCE, ruc="1760567890001")
    logins = [account.login for account in await case.backend.find(query)]
    assert logins == ["entidadsol1", "jtoapanta04", "lcevallos07", "rmoncayo10"]
    assert [account.login for account in await case.backend.find(query)] == logins


async def test_a_new_password_signs_in_and_the_older_one_does_not(case: Case) -> None:
    await case.set_password(SECOP2, "GABRIELASOL", "primera-7", key="k1")
    await case.set_password(SECOP2, "gabrielasol", "segunda-8", key="k2")
    assert not await case.backend.verify_password(SECOP2, "gabrielasol", "primera-7")
    assert await case.backend.verify_password(SECOP2, "GabrielaSol", "segunda-8")


async def test_a_change_notes_the_moment_and_whether_the_password_is_temporary(case: Case) -> None:
    case.time.pass_(hours=5)
    await case.set_password(SOCE, "entidadsol1", "Temporal*7", temporary=True, key="k1")
    account = await case.one(SOCE, username="entidadsol1")
    assert account.password_changed_at == case.time.now and account.must_change_password
    await case.set_password(SOCE, "entidadsol1", "Propia*77", key="k2")
    assert not (await case.one(SOCE, username="entidadsol1")).must_change_password


async def test_a_repeated_key_has_no_effect_even_after_a_newer_change(case: Case) -> None:
    await case.set_password(SECOP2, "gabrielasol", "primera-7", key="k1")
    await case.set_password(SECOP2, "gabrielasol", "segunda-8", key="k2")
    await case.set_password(SECOP2, "gabrielasol", "tercera-9", key="k1")
    assert await case.backend.verify_password(SECOP2, "gabrielasol", "segunda-8")


async def test_a_block_by_expiry_is_lifted(case: Case) -> None:
    await case.set_password(SEACE, "002310_40123", "nueva-7x")
    assert (await case.one(SEACE, user_code="002310_40123")).status is Status.ACTIVE


@pytest.mark.parametrize(("platform", "login"), [(SEACE, "001952_56991"), (SOCE, "rmoncayo10"), (SECOP2, "rosaluna")])
async def test_no_other_state_is_lifted_and_its_password_does_not_sign_in(
    case: Case, platform: Platform, login: str
) -> None:
    field = "user_code" if platform is SEACE else "username"
    before = (await case.one(platform, **{field: login})).status
    await case.set_password(platform, login, "nueva-7x")
    assert (await case.one(platform, **{field: login})).status is before
    assert not await case.backend.verify_password(platform, login, "nueva-7x")


async def test_an_unknown_account_is_an_error_for_a_change_and_false_for_a_check(case: Case) -> None:
    with pytest.raises(AccountUnknown) as caught:
        await case.set_password(SECOP2, "nadie", "nueva-7x")
    assert caught.value.platform is SECOP2
    assert not await case.backend.verify_password(SECOP2, "nadie", "nueva-7x")


async def test_a_local_change_is_undone_with_its_transaction(case: Case) -> None:
    if not case.backend.local:
        pytest.skip("a remote system takes no part in our transactions")
    with pytest.raises(ZeroDivisionError):
        async with case.database.transaction() as transaction:
            await case.backend.set_password(
                transaction, SECOP2, "gabrielasol", "nueva-7x", temporary=False, idempotency_key="k1"
            )
            raise ZeroDivisionError
    assert not await case.backend.verify_password(SECOP2, "gabrielasol", "nueva-7x")


async def test_a_server_that_is_away_or_refuses_our_token_is_unavailable(case: Case) -> None:
    if case.backend.local:
        pytest.skip("there is no server between us and the accounts")
    async with serving(reference_app(case.backend, case.database, "another")) as address:
        refused, elsewhere = with_token(address, "wrong"), with_token(address, "another") + "/nowhere"
        for url in ("http://127.0.0.1:9", refused, elsewhere):
            backend = HttpAccountBackend(url, pause=0)
            with pytest.raises(AccountBackendUnavailable):
                await backend.find(AccountQuery(SECOP2, username="gabrielasol"))
            with pytest.raises(AccountBackendUnavailable):
                await backend.set_password(None, SECOP2, "gabrielasol", "x", temporary=False, idempotency_key="k9")
            await backend.close()
