"""The service over PostgreSQL, where transactions truly run side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.accounts.interfaces import RequestContext, ResetLinkInvalid, Result
from bot.accounts.limits_store import LimitPolicy
from bot.db.engine import Database
from bot.platforms import Platform
from tests.support.postgres import PostgresServer
from tests.unit.accounts.support import House, build_house, prepare_database

SEACE, SOCE, SECOP2 = Platform.SEACE, Platform.SOCE, Platform.SECOP2
ANA = ("001952_56989", "ana@muni.example.org")


@pytest.fixture
async def house(postgres_server: PostgresServer) -> AsyncIterator[House]:
    database = Database(await postgres_server.new_database())
    await prepare_database(database)
    yield build_house(database, limits=LimitPolicy())
    await database.close()


async def test_every_task_does_its_work(house: House) -> None:
    accounts = house.accounts
    await accounts.reset_by_code(SEACE, *ANA, house.ask("c1"))
    assert await house.sql.verify_password(SEACE, ANA[0], (await house.last_mail()).facts["password"])
    first, second = (await accounts.challenge(house.ask("c2"))).split("+")
    await accounts.reset_administrator(
        SOCE,
        "1760567890001",
        "mariela@gadsol.example.org",
        date(1980, 5, 31),
        str(int(first) + int(second)),
        "olvido",
        house.ask("c2"),
    )
    assert (await house.last_mail()).kind == "soce_temporary_password"
    assert (await accounts.look_up(SECOP2, "phone", "3100000301", house.ask("c3"))).result is Result.FOUND
    assert (await accounts.status(SEACE, *ANA, house.ask("c4"))).result is Result.ACTIVE
    house.time.pass_(minutes=3)
    assert (await accounts.send_again(house.ask("c1"))).result is Result.DONE
    house.time.pass_(days=8)
    assert await accounts.purge() > 0


async def test_the_same_message_handled_by_two_replicas_has_one_effect(house: House) -> None:
    context = RequestContext("c1", "192.0.2.7", "m1")
    outcomes = await asyncio.gather(*(house.accounts.reset_by_code(SEACE, *ANA, context) for _ in range(4)))
    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    (mail,) = await house.mails()
    assert await house.sql.verify_password(SEACE, ANA[0], mail.facts["password"])


async def test_one_link_for_many_askers_and_one_winner_for_it(house: House) -> None:
    await asyncio.gather(
        *(house.accounts.send_link(SECOP2, "gabrielasol", house.ask(f"c{number}")) for number in range(5))
    )
    (mail,) = await house.mails()
    token = str(mail.facts["link"]).rpartition("/")[2]
    passwords = [f"lluvia-2031-azul-{number}" for number in range(4)]
    done = await asyncio.gather(
        *(house.accounts.complete_reset(token, each) for each in passwords), return_exceptions=True
    )
    winners = [each for each, result in zip(passwords, done, strict=True) if not isinstance(result, BaseException)]
    assert len(winners) == 1 and sum(isinstance(each, ResetLinkInvalid) for each in done) == 3
    assert await house.sql.verify_password(SECOP2, "gabrielasol", winners[0])
