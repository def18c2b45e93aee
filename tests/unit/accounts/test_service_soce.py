"""SOCE: administrators reset their own password with proof; delegates go through their administrator."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.accounts.interfaces import AccountQuery, Outcome, Result
from bot.platforms import Platform
from tests.unit.accounts.support import House

SOCE = Platform.SOCE
RUC = "1760567890001"
ADMIN: dict[str, Any] = {"identifier": RUC, "email": "mariela@gadsol.example.org", "birth_date": date(1980, 5, 31)}


async def reset(house: House, conversation: str = "c1", reason: str = "olvido", **changes: Any) -> Outcome:
    first, second = (await house.accounts.challenge(house.ask(conversation))).split("+")
    data = {**ADMIN, "challenge_answer": str(int(first) + int(second)), **changes}
    return await house.accounts.reset_administrator(SOCE, **data, reason=reason, context=house.ask(conversation))


@pytest.mark.parametrize("identifier", [RUC, "1710020031", "171002003-1"])
async def test_the_administrator_gets_a_temporary_password_with_the_request_letter(
    house: House, identifier: str
) -> None:
    outcome = await reset(house, identifier=identifier)
    mail = await house.last_mail()
    assert outcome.result is Result.ACCEPTED
    assert (mail.kind, mail.to) == ("soce_temporary_password", ADMIN["email"])
    assert mail.facts["ruc"] == RUC and mail.facts["id_document"] == "1710020031"
    assert mail.facts["reason"] == "No recuerdo la contraseña." and mail.facts["date"] == "2026-05-04"
    assert await house.sql.verify_password(SOCE, "entidadsol1", mail.facts["password"])
    (account,) = await house.sql.find(AccountQuery(SOCE, username="entidadsol1"))
    assert account.must_change_password


async def test_a_reason_in_own_words_goes_into_the_letter_on_one_line(house: House) -> None:
    await reset(house, reason="  Perdí\nmi cuaderno ")
    assert (await house.last_mail()).facts["reason"] == "Perdí mi cuaderno"


@pytest.mark.parametrize(
    "wrong",
    [{"identifier": "1760012342001"}, {"email": "otra@gadsol.example.org"}, {"birth_date": date(1980, 6, 1)}],
)
async def test_one_wrong_datum_is_answered_alike_and_sends_nothing(house: House, wrong: dict[str, Any]) -> None:
    assert (await reset(house, **wrong)).result is Result.ACCEPTED
    assert await house.mails() == []


async def test_who_is_not_the_administrator_is_told_by_mail_who_resets(house: House) -> None:
    delegate = {"email": "jorge@gadsol.example.org", "birth_date": date(1987, 2, 14)}
    assert (await reset(house, **delegate)).result is Result.ACCEPTED
    mail = await house.last_mail()
    assert (mail.kind, mail.to) == ("soce_not_administrator", "jorge@gadsol.example.org")
    assert mail.facts["entity"] == "GAD Municipal del Cantón El Sol"


async def test_an_inactive_administrator_is_told_so_by_mail_alone(house: House) -> None:
    admin = {"identifier": "0915002026", "email": "irene@salud.example.org", "birth_date": date(1978, 12, 1)}
    assert (await reset(house, **admin)).result is Result.ACCEPTED
    assert (await house.last_mail()).kind == "account_inactive"


async def test_a_wrong_sum_fails_and_draws_a_new_check(house: House) -> None:
    question = await house.accounts.challenge(house.ask())
    context = house.ask()
    outcome = await house.accounts.reset_administrator(
        SOCE, **ADMIN, challenge_answer="1", reason="olvido", context=context
    )
    assert outcome.result is Result.CHALLENGE_FAILED and await house.mails() == []
    new = outcome.facts["challenge"]
    assert await house.accounts.challenge(context) == new
    assert isinstance(new, str) and "+" in new and "+" in question


async def test_a_check_is_too_old_after_ten_minutes_and_used_up_by_a_success(house: House) -> None:
    first, second = (await house.accounts.challenge(house.ask())).split("+")
    answer = str(int(first) + int(second))
    house.time.pass_(minutes=11)
    late = await house.accounts.reset_administrator(
        SOCE, **ADMIN, challenge_answer=answer, reason="", context=house.ask()
    )
    assert late.result is Result.CHALLENGE_FAILED
    await reset(house)
    again = await house.accounts.reset_administrator(
        SOCE, **ADMIN, challenge_answer=answer, reason="", context=house.ask()
    )
    assert again.result is Result.CHALLENGE_FAILED and len(await house.mails()) == 1


async def test_the_same_message_asks_the_same_sum(house: House) -> None:
    context = house.ask()
    assert len({await house.accounts.challenge(context) for _ in range(5)}) == 1


async def test_a_check_of_another_conversation_does_not_count(house: House) -> None:
    first, second = (await house.accounts.challenge(house.ask("other"))).split("+")
    outcome = await house.accounts.reset_administrator(
        SOCE, **ADMIN, challenge_answer=str(int(first) + int(second)), reason="", context=house.ask("c1")
    )
    assert outcome.result is Result.CHALLENGE_FAILED


async def test_a_delegates_request_reaches_the_entitys_administrator(house: House) -> None:
    outcome = await house.accounts.ask_administrator(SOCE, RUC, "JToapanta04", house.ask())
    mail = await house.last_mail()
    assert outcome == Outcome(Result.ACCEPTED, {})
    assert (mail.kind, mail.to) == ("soce_delegate_request", ADMIN["email"])
    assert mail.facts["delegate_login"] == "jtoapanta04" and mail.facts["delegate_name"] == "Jorge Toapanta Lema"


@pytest.mark.parametrize(("ruc", "username"), [(RUC, "pintoadm01"), (RUC, "entidadsol1"), ("1", "jtoapanta04")])
async def test_a_request_for_nobody_of_the_entity_reaches_nobody(house: House, ruc: str, username: str) -> None:
    outcome = await house.accounts.ask_administrator(SOCE, ruc, username, house.ask())
    assert outcome == Outcome(Result.ACCEPTED, {}) and await house.mails() == []


async def test_an_administrator_resets_a_delegate_and_gets_a_notice(house: House) -> None:
    outcome = await house.accounts.reset_delegate(SOCE, **ADMIN, delegate="jtoapanta04", context=house.ask())
    password, notice = await house.mails()
    assert outcome == Outcome(Result.DONE, {"email": "j***@g***.example.org"})
    assert (password.kind, password.to) == ("soce_delegate_password", "jorge@gadsol.example.org")
    assert (notice.kind, notice.to) == ("soce_delegate_notice", ADMIN["email"])
    assert "password" not in notice.facts
    assert await house.sql.verify_password(SOCE, "jtoapanta04", password.facts["password"])


@pytest.mark.parametrize(
    ("delegate", "result"),
    [
        ("lcevallos07", Result.NO_EMAIL),
        ("rmoncayo10", Result.INACTIVE),
        ("pintoadm01", Result.DELEGATE_UNKNOWN),
        ("entidadsol1", Result.DELEGATE_UNKNOWN),
        ("nadie2031x", Result.DELEGATE_UNKNOWN),
    ],
)
async def test_a_proven_administrator_is_told_why_a_delegate_is_not_reset(
    house: House, delegate: str, result: Result
) -> None:
    outcome = await house.accounts.reset_delegate(SOCE, **ADMIN, delegate=delegate, context=house.ask())
    assert outcome == Outcome(result, {}) and await house.mails() == []


@pytest.mark.parametrize(
    "who",
    [
        {"identifier": "1710020049", "email": "jorge@gadsol.example.org", "birth_date": date(1987, 2, 14)},
        {"identifier": "0915002026", "email": "irene@salud.example.org", "birth_date": date(1978, 12, 1)},
        {**ADMIN, "birth_date": date(1981, 5, 31)},
        {**ADMIN, "email": ""},
    ],
)
async def test_who_is_not_a_proven_active_administrator_learns_nothing(house: House, who: dict[str, Any]) -> None:
    for delegate in ("jtoapanta04", "lcevallos07", "mcontratos1", "nadie2031x"):
        outcome = await house.accounts.reset_delegate(SOCE, **who, delegate=delegate, context=house.ask())
        assert outcome == Outcome(Result.NOT_CONFIRMED, {})
    assert await house.mails() == []


async def test_the_help_desk_starts_the_administrators_reset_which_goes_to_the_registered_address(house: House) -> None:
    outcome = await house.accounts.reset_on_behalf(SOCE, "entidadsol1", "olvido", house.ask("c1"))
    mail = await house.last_mail()
    assert (outcome.result, mail.kind, mail.to) == (Result.ACCEPTED, "soce_temporary_password", ADMIN["email"])
    assert not outcome.facts.get("password")
    await house.accounts.reset_on_behalf(SOCE, "nobody", "olvido", house.ask("c2"))
    assert len(await house.mails()) == 1
