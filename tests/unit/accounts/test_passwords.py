"""Chosen passwords meet the platform's rules, and the drawn ones always do."""

from __future__ import annotations

import pytest

from bot.accounts.interfaces import PasswordRejected
from bot.accounts.passwords import check_password, load_common_words, new_password
from bot.platforms import Platform
from tests.unit.accounts.support import DATA, PLATFORMS

WORDS = load_common_words(DATA / "words" / "nombres_comunes.txt")
SOCE, SECOP2 = PLATFORMS[Platform.SOCE].password, PLATFORMS[Platform.SECOP2].password


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("Rio*77", ("length_min",)),
        ("Rio*77" * 4, ("length_max",)),
        ("riolargo*77", ("upper",)),
        ("RIOLARGO*77", ("lower",)),
        ("RioLargo*ab", ("digit",)),
        ("RioLargo77x", ("special",)),
        ("", ("length_min", "upper", "lower", "digit", "special", "repeated")),
        ("María2031*", ("common",)),
        ("*GABRIELa99", ("common",)),
        ("xEnergia2031*", ("contains_login",)),
    ],
)
def test_soce_names_every_rule_that_is_broken(password: str, reasons: tuple[str, ...]) -> None:
    with pytest.raises(PasswordRejected) as caught:
        check_password(SOCE, password, "energia2031", WORDS)
    assert caught.value.reasons == reasons


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("lluvia7", ("length_min",)),
        ("lluvialarga", ("digit",)),
        ("20312031", ("letter",)),
        ("x" * 60 + "12345", ("length_max",)),
        ("password1", ("common",)),
        ("qwerty12", ("common",)),
    ],
)
def test_secop2_names_every_rule_that_is_broken(password: str, reasons: tuple[str, ...]) -> None:
    with pytest.raises(PasswordRejected) as caught:
        check_password(SECOP2, password, "victor_2018", WORDS)
    assert caught.value.reasons == reasons


@pytest.mark.parametrize("password", ["NuevaClave2031*", "Río*Largo77", "Colina#Verde8"])
def test_a_password_that_meets_the_rules_is_taken(password: str) -> None:
    check_password(SOCE, password, "energia2031", WORDS)
    check_password(SECOP2, password, "victor_2018", WORDS)


@pytest.mark.parametrize("platform", list(Platform))
def test_drawn_passwords_meet_the_rules_differ_and_are_easy_to_copy(platform: Platform) -> None:
    policy = PLATFORMS[platform].password
    drawn = {new_password(policy) for _ in range(200)}
    assert len(drawn) == 200
    for password in drawn:
        check_password(policy, password, "energia2031", WORDS)
        assert not set(password) & set("0Oo1lIS5Z2B8 \"'<>&")
