"""Every step is written down, without data of persons, in a table that only grows."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.accounts.audit_store import AuditTrail, audit
from bot.accounts.requests_store import requests
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.platforms import Platform
from bot.privacy import KeyedHash
from tests.support.postgres import PostgresServer
from tests.unit.accounts.support import START, House

SEACE, SECOP2 = Platform.SEACE, Platform.SECOP2
CHANGES = {
    "update": update(audit).values(result="x"),
    "delete": delete(audit),
    "truncate": text("TRUNCATE account_audit"),
}


async def test_each_step_leaves_what_truly_happened(house: House) -> None:
    await house.accounts.reset_by_code(SEACE, "001952_56989", "ana@muni.example.org", house.ask())
    await house.accounts.reset_by_code(SEACE, "001952_56989", "otra@muni.example.org", house.ask())
    await house.accounts.send_link(SECOP2, "gabrielasol", house.ask())
    await house.accounts.send_link(SECOP2, "gabrielasol", house.ask())
    token = str((await house.last_mail()).facts["link"]).rpartition("/")[2]
    await house.accounts.complete_reset(token, "lluvia-2031-azul")
    async with house.database.reading() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.id))).all()
    assert [(row.step, row.result) for row in rows] == [
        ("reset_by_code", "new_password"),
        ("reset_by_code", "no_match"),
        ("send_link", "link"),
        ("send_link", "cool_down"),
        ("complete_reset", "password_set"),
    ]
    written = repr([tuple(row) for row in rows])
    for datum in ("001952_56989", "gabrielasol", "example.org", token):
        assert datum not in written
    assert rows[2].identifier_hash == rows[4].identifier_hash


@pytest.mark.parametrize("change", ["update", "delete"])
async def test_sqlite_refuses_to_change_a_row(house: House, change: str) -> None:
    await house.accounts.send_link(SECOP2, "gabrielasol", house.ask())
    with pytest.raises(DBAPIError, match="append-only"):
        async with house.database.transaction() as transaction:
            await transaction.execute(CHANGES[change])


@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
async def test_postgresql_refuses_to_change_a_row(postgres_server: PostgresServer, change: str) -> None:
    database = Database(await postgres_server.new_database())
    await upgrade(database)
    async with database.transaction() as transaction:
        await AuditTrail(KeyedHash(b"a key for the tests")).note(transaction, START, "step")
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as transaction:
            await transaction.execute(CHANGES[change])
    await database.close()


async def test_purging_forgets_old_answers_and_keeps_the_trail(house: House) -> None:
    await house.accounts.send_link(SECOP2, "gabrielasol", house.ask())
    assert await house.accounts.purge() == 0
    steps = await house.count(audit)
    house.time.pass_(days=8)
    assert await house.accounts.purge() >= 3
    assert await house.count(requests) == 0 and await house.count(audit) == steps
