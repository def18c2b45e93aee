"""Attempts are counted in the database before anything is looked up."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.accounts.interfaces import Result
from bot.accounts.limits_store import Limiter, LimitPolicy, limits
from bot.accounts.service import Accounts
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.platforms import Platform
from bot.privacy import KeyedHash
from tests.support.postgres import PostgresServer
from tests.unit.accounts.support import START, House, build_house

SEACE = Platform.SEACE
ANA = ("001952_56989", "ana@muni.example.org")


@pytest.fixture
def house(database: Database) -> House:
    return build_house(database, limits=LimitPolicy())


async def ask(
    house: House, code: str = ANA[0], email: str = ANA[1], conversation: str = "", address: str = ""
) -> Result:
    context = house.ask(conversation or f"c{house.messages}", address)
    return (await house.accounts.reset_by_code(SEACE, code, email, context)).result


@pytest.mark.parametrize(("code", "email"), [ANA, ("999999_99999", "nadie@example.org"), (ANA[0], "otra@example.org")])
async def test_five_attempts_an_hour_with_one_identifier_whether_it_exists_or_not(
    house: House, code: str, email: str
) -> None:
    results = [await ask(house, code, email) for _ in range(6)]
    assert results == [Result.ACCEPTED] * 5 + [Result.LIMITED]


async def test_other_ways_to_write_an_identifier_count_as_the_same(house: House) -> None:
    for code in ("001952_56989", "001952-56989", " 001952 56989 ", "001952–56989", "001952_56989"):
        await ask(house, code)
    assert await ask(house) is Result.LIMITED


async def test_ten_attempts_an_hour_in_one_conversation(house: House) -> None:
    results = [await ask(house, f"{number}_1", conversation="c1") for number in range(11)]
    assert results == [Result.ACCEPTED] * 10 + [Result.LIMITED]


async def test_sixty_attempts_an_hour_from_one_address(house: House) -> None:
    results = []
    for number in range(61):
        context = house.ask(f"c{number}", "192.0.2.7")
        results.append((await house.accounts.send_link(Platform.SECOP2, f"nadie{number}", context)).result)
    assert results == [Result.ACCEPTED] * 60 + [Result.LIMITED]


async def test_the_wait_is_told_and_ends(house: House) -> None:
    for _ in range(5):
        await ask(house)
    house.time.pass_(minutes=20)
    outcome = await house.accounts.reset_by_code(SEACE, *ANA, house.ask("other"))
    assert outcome.facts == {"minutes": 40}
    house.time.pass_(minutes=40)
    assert await ask(house) is Result.ACCEPTED


async def test_a_restart_and_another_replica_count_on(house: House) -> None:
    for _ in range(5):
        await ask(house)
    replica = Accounts(replace(house.parts))
    assert (await replica.reset_by_code(SEACE, *ANA, house.ask("other"))).result is Result.LIMITED


async def test_a_limited_request_looks_nothing_up(house: House) -> None:
    for _ in range(5):
        await ask(house)
    work = house.sql.hasher.work
    await ask(house)
    assert house.sql.hasher.work == work and len(await house.mails()) == 5


async def test_no_identifier_is_kept_in_clear(house: House) -> None:
    await ask(house, "777777_11111", address="192.0.2.7")
    dump = await house.dump()
    assert "777777_11111" not in dump and "192.0.2.7" not in dump


async def test_a_repeated_message_is_not_counted_twice(house: House) -> None:
    context = house.ask()
    for _ in range(9):
        assert (await house.accounts.reset_by_code(SEACE, *ANA, context)).result is Result.ACCEPTED


async def test_limits_can_be_switched_off(database: Database) -> None:
    house = build_house(database, limits=LimitPolicy(enabled=False))
    results = {await ask(house, "999999_99999", conversation="c1") for _ in range(12)}
    assert results == {Result.ACCEPTED} and await house.count(limits) == 0


async def test_concurrent_hits_on_postgresql_are_all_counted(postgres_server: PostgresServer) -> None:
    database = Database(await postgres_server.new_database())
    await upgrade(database)
    limiter = Limiter(KeyedHash(b"a key for the tests"))

    async def hit() -> int:
        async with database.transaction() as transaction:
            return await limiter.hit(transaction, {("a",): 5, ("b",): 100}, START)

    waits = await asyncio.gather(*(hit() for _ in range(12)))
    await database.close()
    assert sorted(waits) == [0] * 5 + [60] * 7
