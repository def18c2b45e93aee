"""The mail that does not arrive is sent again, within limits, with a new secret, and tells nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.accounts.interfaces import Outcome, RequestContext, ResetLinkInvalid, Result
from bot.accounts.limits_store import LimitPolicy
from bot.db.engine import Database
from bot.platforms import Platform
from tests.unit.accounts.support import House, build_house

SEACE, SOCE, SECOP2 = Platform.SEACE, Platform.SOCE, Platform.SECOP2
ANA = ("001952_56989", "ana@muni.example.org")
Ask = Callable[[House, RequestContext], Awaitable[Outcome]]


async def ana(house: House, context: RequestContext) -> Outcome:
    return await house.accounts.reset_by_code(SEACE, *ANA, context)


async def nobody(house: House, context: RequestContext) -> Outcome:
    return await house.accounts.reset_by_code(SEACE, ANA[0], "agata@muni.example.org", context)


async def test_a_new_password_is_sent_and_the_older_one_is_dead(house: House) -> None:
    await ana(house, house.ask())
    house.time.pass_(minutes=2)
    outcome = await house.accounts.send_again(house.ask())
    first, second = (mail.facts["password"] for mail in await house.mails())
    assert outcome == Outcome(Result.DONE, {"email": "a***@m***.example.org"}) and first != second
    assert not await house.sql.verify_password(SEACE, ANA[0], first)
    assert await house.sql.verify_password(SEACE, ANA[0], second)


async def test_a_new_link_is_sent_and_the_older_one_is_dead(house: House) -> None:
    await house.accounts.send_link(SECOP2, "gabrielasol", house.ask())
    house.time.pass_(minutes=3)
    await house.accounts.send_again(house.ask())
    older, newer = (str(mail.facts["link"]).rpartition("/")[2] for mail in await house.mails())
    with pytest.raises(ResetLinkInvalid):
        await house.accounts.open_reset(older)
    await house.accounts.open_reset(newer)


@pytest.mark.parametrize("ask", [ana, nobody])
async def test_known_and_unknown_are_answered_alike(house: House, ask: Ask) -> None:
    await ask(house, house.ask())
    recent = await house.accounts.send_again(house.ask())
    house.time.pass_(minutes=1, seconds=30)
    still = await house.accounts.send_again(house.ask())
    house.time.pass_(minutes=1)
    done = await house.accounts.send_again(house.ask())
    assert recent == Outcome(Result.RECENT, {"minutes": 2})
    assert still == Outcome(Result.RECENT, {"minutes": 1})
    assert done == Outcome(Result.DONE, {"email": "a***@m***.example.org"})
    assert len(await house.mails()) == (2 if ask is ana else 0)


@pytest.mark.parametrize("ask", [ana, nobody])
async def test_three_repetitions_an_hour_and_no_more(database: Database, ask: Ask) -> None:
    house = build_house(database, limits=LimitPolicy(conversation=100))
    await ask(house, house.ask())
    results = []
    for _ in range(4):
        house.time.pass_(minutes=3)
        results.append(await house.accounts.send_again(house.ask()))
    assert [outcome.result for outcome in results] == [Result.DONE] * 3 + [Result.LIMITED]
    assert results[-1].facts == {"minutes": 51}


async def test_another_conversation_cannot_get_round_the_limit(database: Database) -> None:
    house = build_house(database, limits=LimitPolicy())
    results = []
    for number in range(4):
        await ana(house, house.ask(f"c{number}"))
        house.time.pass_(minutes=3)
        results.append((await house.accounts.send_again(house.ask(f"c{number}"))).result)
    assert results == [Result.DONE] * 3 + [Result.LIMITED]


async def test_nothing_was_sent_in_a_new_conversation(house: House) -> None:
    await ana(house, house.ask("c1"))
    assert (await house.accounts.send_again(house.ask("c2"))).result is Result.NOTHING_SENT


async def test_the_same_message_again_sends_nothing_more(house: House) -> None:
    await ana(house, house.ask())
    house.time.pass_(minutes=3)
    context = house.ask()
    assert await house.accounts.send_again(context) == await house.accounts.send_again(context)
    assert len(await house.mails()) == 2


async def test_look_ups_and_requests_to_administrators_are_repeated_too(house: House) -> None:
    await house.accounts.look_up(SECOP2, "email", "gabriela@alcaldia.example.org", house.ask("c1"))
    await house.accounts.ask_administrator(SOCE, "1760567890001", "jtoapanta04", house.ask("c2"))
    house.time.pass_(minutes=3)
    for conversation in ("c1", "c2"):
        assert (await house.accounts.send_again(house.ask(conversation))).result is Result.DONE
    kinds = [mail.kind for mail in await house.mails()]
    assert kinds == ["user_name", "soce_delegate_request"] * 2
