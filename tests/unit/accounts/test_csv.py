"""The accounts CSV is taken whole or not at all, and a mistake is named by line and column."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.accounts.csv_import import ImportCounts, csv_sentence, import_accounts, load_demo, show
from bot.accounts.csv_rows import COLUMNS, CsvRejected, read_accounts
from bot.accounts.interfaces import Account, AccountQuery, AccountUnknown, Role, Status
from bot.accounts.rules import expired
from bot.accounts.sql_store import accounts
from bot.db.engine import Database
from bot.platforms import Platform
from tests.unit.accounts.support import DATA, DEMO, PLATFORMS, START, House

HEADER = ",".join(COLUMNS)
GOOD = "seace,001_1,,41230011,,ana@example.org,987 000 101,Ana Rojas,1984-03-12,Entidad,user,active,2026-04-20"


def rejected(text: str | bytes) -> tuple[int, str, str]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(CsvRejected) as caught:
        read_accounts(content, START)
    sentence = csv_sentence(caught.value, DATA)
    assert sentence and "{" not in sentence
    if caught.value.line:
        assert str(caught.value.line) in sentence
    return caught.value.line, caught.value.column, caught.value.reason


def with_value(column: str, value: str) -> str:
    fields = GOOD.split(",")
    fields[COLUMNS.index(column)] = value
    return f"{HEADER}\n{GOOD.replace('001_1', '002_2')}\n{','.join(fields)}\n"


def test_a_good_row_becomes_an_account() -> None:
    (account,) = read_accounts(f"{HEADER}\n{GOOD}\n".encode(), START)
    assert (account.login, account.email, account.birth_date) == ("001_1", "ana@example.org", date(1984, 3, 12))
    assert account.password_changed_at == datetime(2026, 4, 20, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + f"{HEADER}\n{GOOD}\n",
        f"{HEADER}\r\n{GOOD}\r\n\r\n",
        f"{HEADER}\n{GOOD}".replace(",", ";"),
        f"{HEADER.upper()}\n{GOOD}\n,,,,,,,,,,,,\n",
        f"{HEADER}\n{GOOD}".replace("Ana Rojas", '"Ana Rojas"'),
    ],
)
def test_marks_separators_blank_lines_and_quotes_do_not_matter(text: str) -> None:
    assert read_accounts(text.encode(), START) == read_accounts(f"{HEADER}\n{GOOD}".encode(), START)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("platform", "siaf", "choice"),
        ("platform", "", "required"),
        ("user_code", "", "required"),
        ("user_code", "001 1", "blank"),
        ("email", "ana(at)example.org", "email"),
        ("email", "ana@example", "email"),
        ("phone", "llame a Ana", "phone"),
        ("birth_date", "12/03/1984", "date"),
        ("birth_date", "1984-02-30", "date"),
        ("birth_date", "2030-01-01", "future"),
        ("role", "jefe", "choice"),
        ("status", "expired", "choice"),
        ("status", "", "required"),
        ("password_changed_at", "ayer", "moment"),
        ("password_changed_at", "2030-01-01", "future"),
        ("full_name", "x" * 301, "long"),
        ("full_name", "Ana\x07", "characters"),
    ],
)
def test_a_bad_value_is_named_by_line_and_column(column: str, value: str, reason: str) -> None:
    assert rejected(with_value(column, value)) == (3, column, reason)


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("", 0, "", "empty"),
        (f"{HEADER}\n", 0, "", "no_rows"),
        (f"{HEADER},password\n{GOOD},x\n", 1, "password", "password_column"),
        (f"{HEADER},notas\n{GOOD},x\n", 1, "notas", "unknown_column"),
        (f"{HEADER},email\n{GOOD},x\n", 1, "email", "repeated_column"),
        (HEADER.replace(",entity", "") + "\n", 1, "entity", "missing_column"),
        (f"{HEADER}\n{GOOD},x\n", 2, "", "fields"),
        (f"{HEADER}\n{GOOD}\n\n{GOOD.upper().replace('SEACE', 'seace')}\n", 4, "user_code", "duplicate"),
        (f'{HEADER}\n{GOOD}\n"abierto', 3, "", "csv"),
        (f"{HEADER}\n" + GOOD.replace("seace,001_1,", "soce,001_1,jramirez04") + "\n", 2, "user_code", "not_here"),
        (f"{HEADER}\n{GOOD}".encode("latin-1") + b"\n\xe1", 3, "", "encoding"),
    ],
)
def test_a_file_of_another_shape_is_refused(text: str | bytes, line: int, column: str, reason: str) -> None:
    assert rejected(text) == (line, column, reason)


def test_a_file_that_is_too_big_is_refused() -> None:
    assert rejected(b"x" * 20_000_001) == (0, "", "too_big")


WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=20)
ACCOUNTS = st.lists(
    st.builds(
        Account,
        platform=st.sampled_from([Platform.SOCE, Platform.SECOP2]),
        user_code=st.just(""),
        username=st.text(alphabet="abcdefghijk0123456789._-", min_size=1, max_size=20),
        id_document=st.text(alphabet="0123456789", max_size=12),
        ruc=st.text(alphabet="0123456789", max_size=13),
        email=st.sampled_from(["", "ana@example.org", "Ana.B+c@sub.example.com"]),
        phone=st.sampled_from(["", "+57 310 000 0301", "(01) 614-3636"]),
        full_name=WORDS,
        birth_date=st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
        entity=WORDS,
        role=st.sampled_from(Role),
        status=st.sampled_from(Status),
        password_changed_at=st.none()
        | st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1), timezones=st.just(timezone.utc)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda account: (account.platform, account.username),
)


@given(ACCOUNTS, st.sampled_from([",", ";"]))
def test_what_is_written_is_read_back(written: list[Account], delimiter: str) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for account in written:
        values = [getattr(account, column) for column in COLUMNS]
        writer.writerow(
            [
                value.isoformat() if hasattr(value, "isoformat") else getattr(value, "value", value) or ""
                for value in values
            ]
        )
    assert read_accounts(target.getvalue().encode(), START) == written


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: f"{HEADER}\n{text}".encode()))
def test_any_bytes_are_accounts_or_a_named_mistake(content: bytes) -> None:
    try:
        assert read_accounts(content, START)
    except CsvRejected as error:
        assert csv_sentence(error, DATA)


async def test_a_file_with_one_bad_row_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "cuentas.csv"
    path.write_text(with_value("role", "jefe"), "utf-8")
    async with database.reading() as connection:
        before = await connection.scalar(select(func.count()).select_from(accounts))
    with pytest.raises(CsvRejected):
        await import_accounts(database, path, START)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(accounts)) == before


async def test_a_second_import_updates_and_leaves_passwords_alone(house: House, tmp_path: Path) -> None:
    path = tmp_path / "cuentas.csv"
    path.write_text(f"{HEADER}\n{GOOD}\n", "utf-8")
    assert await import_accounts(house.database, path, START) == ImportCounts(1, 0)
    async with house.database.transaction() as transaction:
        await house.sql.set_password(
            transaction, Platform.SEACE, "001_1", "una-clave-7", temporary=True, idempotency_key="k"
        )
    path.write_text(f"{HEADER}\n{GOOD.replace('ana@', 'otra@')}\n", "utf-8")
    seen: list[tuple[int, int]] = []
    counts = await import_accounts(house.database, path, START, progress=lambda *done: seen.append(done))
    assert counts == ImportCounts(0, 1) and seen == [(1, 1)]
    (account,) = await house.sql.find(AccountQuery(Platform.SEACE, user_code="001_1"))
    assert account.email == "otra@example.org" and account.must_change_password
    assert await house.sql.verify_password(Platform.SEACE, "001_1", "una-clave-7")


async def test_nobody_knows_an_imported_accounts_password(house: House) -> None:
    for guess in ("", "!", "001952_56989"):
        assert not await house.sql.verify_password(Platform.SEACE, "001952_56989", guess)


async def test_a_missing_file_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(CsvRejected) as caught:
        await import_accounts(database, tmp_path / "no-hay.csv", START)
    assert "no-hay.csv" in csv_sentence(caught.value, DATA)


@pytest.mark.parametrize("years", [0, 1, 5])
async def test_the_demo_accounts_do_not_rot(database: Database, years: int) -> None:
    now = START + timedelta(days=365 * years)
    assert (await load_demo(database, DEMO, now)).updated == 25
    async with database.reading() as connection:
        rows = (await connection.execute(select(accounts).where(accounts.c.platform == "seace"))).all()
    late = {row.user_code for row in rows if expired(PLATFORMS[Platform.SEACE], row.password_changed_at, now)}
    assert late == {"001952_56990", "001952_56991", "002310_40123"}


async def test_the_demo_leaves_alone_what_was_used(house: House) -> None:
    await house.accounts.reset_by_code(Platform.SEACE, "001952_56990", "bruno@muni.example.org", house.ask())
    counts = await load_demo(house.database, DEMO, START)
    assert counts == ImportCounts(0, 24, 1)


async def test_show_tells_the_state_that_counts(house: House) -> None:
    facts = PLATFORMS[Platform.SEACE]
    shown = await show(house.sql, facts, "001952_56990", START)
    assert list(shown) == [
        "platform",
        "user_code",
        "username",
        "email",
        "status",
        "password_changed_at",
        "must_change_password",
    ]
    assert (shown["status"], shown["email"]) == ("blocked", "bruno@muni.example.org")
    with pytest.raises(AccountUnknown):
        await show(house.sql, facts, "999_9", START)
