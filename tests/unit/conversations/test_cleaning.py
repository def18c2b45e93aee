"""What people send is made safe, and nothing of what they meant is lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.cleaning import MAX_TEXT, clean_client_id, clean_payload, clean_text
from bot.conversations.interfaces import MessageRejected


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  hola \n", "hola"),
        ("uno\r\ndos\rtres\u2028cuatro", "uno\ndos\ntres\ncuatro"),
        ("a\tb", "a b"),
        ("olvide\u0301", "olvidé"),
        ("a\x00b\x07c\x7fd\x9be", "abcde"),
        ("mal \ud800 hecho", "mal  hecho"),
        ("fin\ufffe\U0010ffff", "fin"),
        ("👩🏽‍💻 ayuda", "👩🏽‍💻 ayuda"),
        ("/restart", "/restart"),
    ],
)
def test_text_is_kept_in_one_form(sent: str, kept: str) -> None:
    assert clean_text(sent) == kept


@pytest.mark.parametrize("sent", ["", "   ", "\n\t\r", "\x00\x01", "\u200b\u200d", "\ud83d"])
def test_text_without_anything_visible_is_empty(sent: str) -> None:
    assert reason(clean_text, sent) == "empty"


def test_two_thousand_characters_are_taken_and_one_more_is_not() -> None:
    assert len(clean_text("á" * MAX_TEXT)) == MAX_TEXT
    assert reason(clean_text, "á" * (MAX_TEXT + 1)) == "too_long"
    assert reason(clean_text, "x" * 10_000_000) == "too_long"


@pytest.mark.parametrize("sent", [None, 5, ["hola"], {"text": "hola"}, b"hola", True])
def test_what_is_no_text_is_refused(sent: object) -> None:
    assert reason(clean_text, sent) == "not_text"
    assert reason(clean_payload, sent) == "not_text"


@given(st.text(st.characters(codec=None), max_size=400))
def test_whatever_is_sent_the_kept_text_can_be_stored(sent: str) -> None:
    try:
        kept = clean_text(sent)
    except MessageRejected as rejected:
        assert rejected.reason in ("empty", "too_long")
        return
    kept.encode("utf-8")
    assert unicodedata.is_normalized("NFC", kept)
    assert clean_text(kept) == kept
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in kept.replace("\n", ""))


@pytest.mark.parametrize(
    "sent", ["", "1", "no-uuid", "6f0e3f1e4b8e4d0e9a34d5f6a7b8c9d0", "{6f0e3f1e-4b8e-4d0e-9a34-d5f6a7b8c9d0}", None, 7]
)
def test_only_the_usual_form_of_a_uuid_is_an_id(sent: object) -> None:
    assert reason(clean_client_id, sent) == "bad_id"


def test_an_id_has_one_spelling() -> None:
    assert clean_client_id("6F0E3F1E-4B8E-1D0E-9A34-D5F6A7B8C9D0") == "6f0e3f1e-4b8e-1d0e-9a34-d5f6a7b8c9d0"


@pytest.mark.parametrize("sent", ["/a\x00", "/a\ud800", "/" + "a" * 3_000])
def test_a_payload_that_no_button_can_have_is_unknown(sent: str) -> None:
    assert reason(clean_payload, sent) == "unknown_payload"


def reason(clean: object, sent: object) -> str:
    with pytest.raises(MessageRejected) as caught:
        clean(sent)  # type: ignore[operator]
    return caught.value.reason
