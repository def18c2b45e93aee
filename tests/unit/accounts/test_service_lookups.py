"""Look-ups tell as much as the platform's policy allows, and always to the address on file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.accounts.interfaces import Outcome, Result
from bot.accounts.service import Accounts
from bot.platforms import Disclosure, Platform
from tests.unit.accounts.support import PLATFORMS, House

SECOP2, SEACE, SOCE = Platform.SECOP2, Platform.SEACE, Platform.SOCE


async def test_secop2_shows_a_masked_name_and_mails_the_whole_one(house: House) -> None:
    outcome = await house.accounts.look_up(SECOP2, "id_document", "1.032.000.101", house.ask())
    assert outcome == Outcome(Result.FOUND, {"what": "username", "shown": "ga***l", "email": "g***@a***.example.org"})
    mail = await house.last_mail()
    assert (mail.kind, mail.to) == ("user_name", "gabriela@alcaldia.example.org")
    assert mail.facts["accounts"] == [{"login": "gabrielasol", "platform_name": "SECOP II"}]


@pytest.mark.parametrize(("kind", "value"), [("phone", "310 000-0301"), ("username", "GABRIELASOL")])
async def test_secop2_shows_a_masked_address_and_mails_the_whole_one(house: House, kind: str, value: str) -> None:
    outcome = await house.accounts.look_up(SECOP2, kind, value, house.ask())
    assert outcome.facts["what"] == "email" and outcome.facts["shown"] == "g***@a***.example.org"
    mail = await house.last_mail()
    assert mail.kind == "registered_email" and mail.facts["email"] == mail.to == "gabriela@alcaldia.example.org"


async def test_each_address_is_told_only_of_its_own_accounts(house: House) -> None:
    outcome = await house.accounts.look_up(SECOP2, "id_document", "1032000103", house.ask())
    told = {mail.to: [each["login"] for each in mail.facts["accounts"]] for mail in await house.mails()}
    assert told == {"lina@papeleria.example.com": ["lina.proveedor"], "lina@correo.example.com": ["lina-personal"]}
    assert outcome.result is Result.FOUND and "count" not in outcome.facts


async def test_secop2_says_when_nothing_is_found(house: House) -> None:
    for kind, value in (("email", "nadie@example.org"), ("phone", "no tengo"), ("id_document", " - ")):
        outcome = await house.accounts.look_up(SECOP2, kind, value, house.ask())
        assert outcome == Outcome(Result.NOT_FOUND, {})
    assert await house.mails() == []


@pytest.mark.parametrize("platform", [SEACE, SOCE])
async def test_where_the_policy_is_mail_known_and_unknown_are_answered_alike(house: House, platform: Platform) -> None:
    known = {SEACE: "ana@muni.example.org", SOCE: "mariela@gadsol.example.org"}[platform]
    right = await house.accounts.look_up(platform, "email", known, house.ask())
    assert (await house.last_mail()).kind == "user_name"
    wrong = await house.accounts.look_up(platform, "email", known.replace("a", "o", 1), house.ask())
    assert right.result is wrong.result is Result.ACCEPTED and right.facts == wrong.facts
    assert len(await house.mails()) == 1


async def test_a_ruc_leads_to_the_administrator_alone(house: House) -> None:
    await house.accounts.look_up(SOCE, "ruc", "1760567890001", house.ask())
    assert [mail.to for mail in await house.mails()] == ["mariela@gadsol.example.org"]


async def test_the_screen_policy_shows_all(house: House) -> None:
    platforms = {**PLATFORMS, SECOP2: replace(PLATFORMS[SECOP2], disclosure=Disclosure.SCREEN)}
    accounts = Accounts(replace(house.parts, platforms=platforms))
    outcome = await accounts.look_up(SECOP2, "email", "gabriela@alcaldia.example.org", house.ask())
    assert outcome.facts["shown"] == "gabrielasol"


async def test_an_unknown_kind_is_the_callers_mistake(house: House) -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        await house.accounts.look_up(SECOP2, "shoe_size", "42", house.ask())
