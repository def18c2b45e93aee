"""Masks tell enough to recognise one's own data and not enough to learn another's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import KeyedHash, mask_email, mask_login


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("ana@muni.gob.pe", "a***@m***.gob.pe"),
        ("x@example.org", "x***@e***.org"),
        ("  ana@muni.gob.pe ", "a***@m***.gob.pe"),
        ("ana@localhost", "a***@l***"),
        ("no address", "***"),
        ("@nothing", "***"),
        ("", ""),
    ],
)
def test_an_address_shows_its_first_letters_and_its_ending(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("login", "masked"), [("gongoragabriela", "go***a"), ("vito1", "vi***1"), ("vito", "v***"), ("v", "v***"), ("", "")]
)
def test_a_login_shows_two_letters_and_one(login: str, masked: str) -> None:
    assert mask_login(login) == masked


@given(st.text(alphabet="abcdefgh1234", min_size=5, max_size=60))
def test_a_mask_does_not_tell_the_length(login: str) -> None:
    assert len(mask_login(login)) == 6


def test_a_keyed_hash_ignores_case_and_blanks_around_and_depends_on_the_key() -> None:
    one, other = KeyedHash(b"k" * 16), KeyedHash(b"q" * 16)
    assert one("Ana ", "x") == one("ana", "x") != other("ana", "x")
    assert one("ab", "c") != one("a", "bc")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        KeyedHash(b"short")
