"""SEACE: a new password goes to the registered address, and nothing tells whether an account exists."""

from __future__ import annotations

import pytest

from bot.accounts.interfaces import AccountQuery, Outcome, Result
from bot.platforms import Platform
from tests.unit.accounts.support import House

SEACE = Platform.SEACE
ANA = ("001952_56989", "ana@muni.example.org")
EXPIRED = ("001952_56990", "bruno@muni.example.org")
INACTIVE = ("001952_56991", "carla@muni.example.org")
BLOCKED = ("002310_40123", "flor@region.example.org")


async def test_a_matching_pair_gets_a_new_password_that_signs_in(house: House) -> None:
    outcome = await house.accounts.reset_by_code(SEACE, *ANA, house.ask())
    mail = await house.last_mail()
    assert outcome == Outcome(Result.ACCEPTED, {"email": "a***@m***.example.org"})
    assert (mail.kind, mail.to) == ("seace_new_password", ANA[1])
    assert mail.facts["login"] == ANA[0] and mail.facts["expired"] is False
    assert mail.facts["platform_name"] == "SEACE" and mail.facts["full_name"] == "Ana Quispe Rojas"
    assert await house.sql.verify_password(SEACE, ANA[0], mail.facts["password"])
    assert house.outbox.woken == 1


@pytest.mark.parametrize("typed", [" 001952_56989 ", "001952-56989", "001952 – 56989"])
async def test_code_and_email_are_compared_without_case_and_blanks(house: House, typed: str) -> None:
    await house.accounts.reset_by_code(SEACE, typed, " ANA@Muni.Example.org ", house.ask())
    assert (await house.last_mail()).to == ANA[1]


@pytest.mark.parametrize(
    ("code", "email"),
    [(ANA[0], EXPIRED[1]), ("999999_99999", ANA[1]), ("999999_99999", "nadie@muni.example.org"), (ANA[0], "")],
)
async def test_a_wrong_pair_is_answered_alike_and_sends_nothing(house: House, code: str, email: str) -> None:
    right = await house.accounts.reset_by_code(SEACE, *ANA, house.ask())
    before = await house.mails()
    wrong = await house.accounts.reset_by_code(SEACE, code, email, house.ask())
    assert wrong.result is right.result is Result.ACCEPTED and await house.mails() == before


async def test_a_wrong_pair_costs_as_many_hashes_as_a_right_one(house: House) -> None:
    await house.sql.verify_password(SEACE, "-", "warm")
    start = house.sql.hasher.work
    await house.accounts.reset_by_code(SEACE, *ANA, house.ask())
    right = house.sql.hasher.work - start
    await house.accounts.reset_by_code(SEACE, ANA[0], "otra@muni.example.org", house.ask())
    assert house.sql.hasher.work - start - right == right == 1


@pytest.mark.parametrize(("code", "email"), [EXPIRED, BLOCKED])
async def test_a_reset_lifts_the_block_by_expiry(house: House, code: str, email: str) -> None:
    assert (await house.accounts.status(SEACE, code, email, house.ask())).result is Result.EXPIRED
    await house.accounts.reset_by_code(SEACE, code, email, house.ask())
    assert (await house.last_mail()).facts["expired"] is True
    assert (await house.accounts.status(SEACE, code, email, house.ask())).result is Result.ACTIVE
    assert await house.sql.verify_password(SEACE, code, (await house.last_mail()).facts["password"])


async def test_an_inactive_account_is_told_so_to_who_knows_the_pair_and_stays_inactive(house: House) -> None:
    assert (await house.accounts.reset_by_code(SEACE, *INACTIVE, house.ask())).result is Result.INACTIVE
    wrong = await house.accounts.reset_by_code(SEACE, INACTIVE[0], ANA[1], house.ask())
    assert wrong.result is Result.ACCEPTED
    assert await house.mails() == []
    (account,) = await house.sql.find(AccountQuery(SEACE, user_code=INACTIVE[0]))
    assert account.status.value == "inactive"


async def test_an_old_code_with_letters_is_refused_before_anything_is_looked_up(house: House) -> None:
    outcome = await house.accounts.reset_by_code(SEACE, "e_md_lloque2", "delia@muni.example.org", house.ask())
    assert outcome == Outcome(Result.BAD_FORMAT, {"reason": "letters"})
    assert await house.mails() == []


async def test_the_same_message_again_repeats_the_answer_and_has_no_second_effect(house: House) -> None:
    context = house.ask()
    first = await house.accounts.reset_by_code(SEACE, *ANA, context)
    second = await house.accounts.reset_by_code(SEACE, *ANA, context)
    assert first == second and len(await house.mails()) == 1


async def test_status_is_told_only_to_who_knows_code_and_email(house: House) -> None:
    ask = house.accounts.status
    assert (await ask(SEACE, *ANA, house.ask())).result is Result.ACTIVE
    assert (await ask(SEACE, *INACTIVE, house.ask())).result is Result.INACTIVE
    assert (await ask(SEACE, ANA[0], EXPIRED[1], house.ask())).result is Result.NOT_CONFIRMED
    assert (await ask(SEACE, "999999_99999", ANA[1], house.ask())).result is Result.NOT_CONFIRMED
    assert (await ask(SEACE, "e_md_lloque2", "delia@muni.example.org", house.ask())).result is Result.BAD_FORMAT
    expired = await ask(SEACE, *EXPIRED, house.ask())
    assert expired.result is Result.EXPIRED and int(expired.facts["days"]) > 120


async def test_no_secret_and_no_identifier_is_left_in_the_database(house: House) -> None:
    await house.accounts.reset_by_code(SEACE, *ANA, house.ask())
    await house.accounts.reset_by_code(SEACE, "777777_11111", "secreto@otra.example.org", house.ask())
    dump, password = await house.dump(), (await house.last_mail()).facts["password"]
    assert password not in dump and "777777_11111" not in dump and "secreto@otra.example.org" not in dump
