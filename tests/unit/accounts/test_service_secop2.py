"""SECOP II: one link by mail, only the newest works, and it works once."""

from __future__ import annotations

import asyncio

import pytest

from bot.accounts.interfaces import Outcome, PasswordRejected, ResetLinkInvalid, Result
from bot.platforms import Platform
from tests.unit.accounts.support import House

SECOP2 = Platform.SECOP2
LOGIN = "gabrielasol"
PASSWORD = "lluvia-2031-azul"


async def ask_link(house: House, login: str = LOGIN, conversation: str = "c1") -> Outcome:
    return await house.accounts.send_link(SECOP2, login, house.ask(conversation))


async def newest_token(house: House) -> str:
    links = [mail.facts["link"] for mail in await house.mails() if mail.kind == "secop2_reset_link"]
    return str(links[-1]).rpartition("/")[2]


async def test_a_link_sets_the_password_and_the_holder_is_told(house: House) -> None:
    assert await ask_link(house) == Outcome(Result.ACCEPTED, {})
    mail = await house.last_mail()
    assert mail.to == "gabriela@alcaldia.example.org" and mail.facts["minutes"] == 30
    assert str(mail.facts["link"]).startswith("https://ayuda.example.org/restablecer/")
    token = await newest_token(house)
    assert (await house.accounts.open_reset(token)).login == LOGIN
    page = await house.accounts.complete_reset(token, PASSWORD)
    assert page.platform is SECOP2
    assert await house.sql.verify_password(SECOP2, LOGIN, PASSWORD)
    assert (await house.last_mail()).kind == "password_changed"


async def test_asked_five_times_in_a_row_one_link_is_sent_with_the_same_answer(house: House) -> None:
    answers = [await ask_link(house, conversation=f"c{number % 2}") for number in range(5)]
    assert answers == [Outcome(Result.ACCEPTED, {})] * 5
    assert len(await house.mails()) == 1


async def test_asked_at_the_same_time_one_link_is_sent(house: House) -> None:
    await asyncio.gather(*(ask_link(house, conversation=f"c{number}") for number in range(5)))
    assert len(await house.mails()) == 1


async def test_opening_leaves_the_link_valid_and_using_it_does_not(house: House) -> None:
    await ask_link(house)
    token = await newest_token(house)
    for _ in range(3):
        await house.accounts.open_reset(token)
    await house.accounts.complete_reset(token, PASSWORD)
    with pytest.raises(ResetLinkInvalid):
        await house.accounts.open_reset(token)
    with pytest.raises(ResetLinkInvalid):
        await house.accounts.complete_reset(token, "otra-lluvia-2032")
    assert await house.sql.verify_password(SECOP2, LOGIN, PASSWORD)


async def test_a_newer_link_kills_the_older_one(house: House) -> None:
    await ask_link(house)
    older = await newest_token(house)
    house.time.pass_(minutes=3)
    await ask_link(house)
    newer = await newest_token(house)
    assert newer != older
    with pytest.raises(ResetLinkInvalid):
        await house.accounts.open_reset(older)
    await house.accounts.complete_reset(newer, PASSWORD)
    with pytest.raises(ResetLinkInvalid):
        await house.accounts.complete_reset(older, PASSWORD)


async def test_a_link_dies_after_thirty_minutes(house: House) -> None:
    await ask_link(house)
    token = await newest_token(house)
    house.time.pass_(minutes=29, seconds=59)
    await house.accounts.open_reset(token)
    house.time.pass_(seconds=1)
    with pytest.raises(ResetLinkInvalid):
        await house.accounts.complete_reset(token, PASSWORD)


async def test_of_two_that_use_one_link_at_once_one_wins(house: House) -> None:
    await ask_link(house)
    token = await newest_token(house)
    passwords = [f"{PASSWORD}-{number}" for number in range(4)]
    done = await asyncio.gather(
        *(house.accounts.complete_reset(token, each) for each in passwords), return_exceptions=True
    )
    winners = [each for each, result in zip(passwords, done, strict=True) if not isinstance(result, Exception)]
    assert len(winners) == 1
    assert all(isinstance(each, ResetLinkInvalid) for each in done if isinstance(each, Exception))
    assert await house.sql.verify_password(SECOP2, LOGIN, winners[0])
    assert [mail.kind for mail in await house.mails()].count("password_changed") == 1


async def test_a_password_against_the_rules_is_refused_and_leaves_the_link_valid(house: House) -> None:
    await ask_link(house)
    token = await newest_token(house)
    with pytest.raises(PasswordRejected) as caught:
        await house.accounts.complete_reset(token, "corta")
    assert caught.value.reasons == ("length_min", "digit")
    with pytest.raises(PasswordRejected) as caught:
        await house.accounts.complete_reset(token, f"{LOGIN}2031")
    assert caught.value.reasons == ("contains_login",)
    await house.accounts.complete_reset(token, PASSWORD)


@pytest.mark.parametrize("login", ["nadie.conocido", "sinCorreo1"])
async def test_an_unknown_name_and_one_without_address_are_answered_alike(house: House, login: str) -> None:
    assert await ask_link(house, login) == Outcome(Result.ACCEPTED, {})
    assert await house.mails() == []


@pytest.mark.parametrize("login", ["pcastro88", "rosaluna"])
async def test_an_inactive_accounts_holder_is_told_by_mail_once_within_the_cool_down(house: House, login: str) -> None:
    for _ in range(3):
        assert await ask_link(house, login) == Outcome(Result.ACCEPTED, {})
    (mail,) = await house.mails()
    assert mail.kind == "account_inactive" and "link" not in mail.facts


async def test_a_name_that_cannot_exist_is_refused_at_once(house: House) -> None:
    assert await ask_link(house, "no existe") == Outcome(Result.BAD_FORMAT, {"reason": "blank"})


@pytest.mark.parametrize("token", ["", "x", "á" * 50, "x" * 10_000])
async def test_an_unknown_token_is_refused(house: House, token: str) -> None:
    with pytest.raises(ResetLinkInvalid):
        await house.accounts.open_reset(token)


async def test_the_token_is_long_and_kept_only_as_a_hash(house: House) -> None:
    await ask_link(house)
    token = await newest_token(house)
    assert len(token) >= 43 and token not in await house.dump()
