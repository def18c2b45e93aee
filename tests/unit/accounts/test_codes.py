"""Codes and user names have each platform's form; what can only be meant one way is put right."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts.codes import DASHES, check_code
from bot.accounts.interfaces import CodeCheck
from bot.platforms import Platform
from tests.unit.accounts.support import PLATFORMS

SEACE, SOCE, SECOP2 = (PLATFORMS[platform].code for platform in Platform)
FORMS = st.sampled_from([SEACE, SOCE, SECOP2])
ASCII_DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("code", "valid", "reason", "normalized"),
    [
        ("001952_56989", True, "", "001952_56989"),
        ("  001952_56989\n", True, "", "001952_56989"),
        ("001952 _ 56989", True, "", "001952_56989"),
        ("001952-56989", True, "", "001952_56989"),
        ("001952 56989", True, "", "001952_56989"),
        ("０01952＿56989", True, "", "001952_56989"),
        ("", False, "empty", ""),
        ("   ", False, "empty", ""),
        ("e_md_lloque2", False, "letters", "e_md_lloque2"),
        ("00195256989", False, "separator", "00195256989"),
        ("001952__56989", False, "separator", "001952__56989"),
        ("1_2_3", False, "separator", "1_2_3"),
        ("_56989", False, "separator", "_56989"),
        ("001952/56989", False, "characters", "001952/56989"),
        ("001952_56989😀", False, "characters", "001952_56989😀"),
    ],
)
def test_seace_codes_are_digits_underscore_digits(code: str, valid: bool, reason: str, normalized: str) -> None:
    assert check_code(SEACE, code) == CodeCheck(valid, reason, normalized)


@pytest.mark.parametrize(
    ("name", "valid", "reason"),
    [
        ("jramirez04", True, ""),
        ("maniapinto", True, ""),
        ("NMBERME0", True, "upper_case"),
        ("jramir4", False, "short"),
        ("j ramirez04", False, "blank"),
        ("j_ramirez04", False, "separator"),
        ("j.ramirez04", False, "separator"),
        ("jramirez04!", False, "characters"),
        ("josé1234", False, "characters"),
        ("1234567890", False, "only_digits"),
        ("x" * 61, False, "long"),
    ],
)
def test_soce_names_are_letters_and_digits_of_eight_or_more(name: str, valid: bool, reason: str) -> None:
    assert check_code(SOCE, name) == CodeCheck(valid, reason, name)


@pytest.mark.parametrize(
    ("name", "valid", "reason"),
    [
        ("gongoragabriela", True, ""),
        ("victor_2018", True, ""),
        ("Lina.Proveedor-1", True, ""),
        ("ab", False, "short"),
        ("a" * 61, False, "long"),
        ("juan perez", False, "blank"),
        ("juan@example.org", False, "characters"),
    ],
)
def test_secop2_names_are_as_registered(name: str, valid: bool, reason: str) -> None:
    assert check_code(SECOP2, name) == CodeCheck(valid, reason, name)


@given(
    ASCII_DIGITS,
    ASCII_DIGITS,
    st.sampled_from(["_", *DASHES]),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from(["", " ", "\t", " \n"]),
)
def test_every_dash_and_blank_around_it_means_the_underscore(
    left: str, right: str, dash: str, inside: str, around: str
) -> None:
    assert check_code(SEACE, f"{around}{left}{inside}{dash}{inside}{right}{around}") == CodeCheck(
        True, "", f"{left}_{right}"
    )


@given(FORMS, st.text(max_size=300))
def test_any_text_gets_a_verdict_and_a_valid_one_stays_valid(form: object, text: str) -> None:
    check = check_code(form, text)  # type: ignore[arg-type]
    if check.valid:
        assert check.reason in ("", "upper_case")
        assert check_code(form, check.normalized) == check  # type: ignore[arg-type]
    else:
        assert check.reason


@given(st.text(max_size=60))
def test_no_seace_code_is_valid_but_digits_underscore_digits(text: str) -> None:
    check = check_code(SEACE, text)
    if check.valid:
        assert re.fullmatch(r"[0-9]+_[0-9]+", check.normalized)
