"""Messages of the log become messages that Telegram takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.channels.telegram.keyboards import Button, Place, chosen, keyboard, place_of
from bot.channels.telegram.rendering import Words, render, without_picture
from bot.channels.telegram.splitting import MAX_CAPTION, utf16_length
from bot.conversations.interfaces import Author, Message

WORDS = Words("Mesa", "Elija:", "Imagen: {alt}", "Paso {step} de {of}", "Fuente: {source}")
CONVERSATION = "0123abcd-0000-4000-8000-000000000000"
EMPTY = Message(7, Author.BOT, "", (), None, None, datetime(2024, 1, 1, tzinfo=timezone.utc))


def shown(**fields: Any) -> list[str]:
    return [part.html for part in render(replace(EMPTY, **fields), CONVERSATION, WORDS)]


def test_only_what_is_markup_to_telegram_is_escaped() -> None:
    assert shown(text="a < b & \"c\" > 'd' *e* _f_") == ["a &lt; b &amp; \"c\" &gt; 'd' *e* _f_"]


def test_nothing_to_show_is_no_message() -> None:
    assert shown() == shown(text=" \n ") == []


def test_who_of_the_help_desk_writes_is_named() -> None:
    assert shown(author=Author.AGENT, text="Buenas <3") == ["<b>Mesa</b>\nBuenas &lt;3"]
    assert shown(author=Author.SYSTEM, text="Buenas") == ["Buenas"]


def test_a_card_says_what_the_text_does_not() -> None:
    card = {"type": "step", "title": "Entre", "number": 2, "total": 9, "lines": ["Pulse."], "see": ["La portada."]}
    assert shown(card=card) == ["<b>Entre</b>\nPaso 2 de 9\nPulse.\nLa portada."]
    assert shown(text="Entre\nPaso 2 de 9\nPulse.\n→ La portada.", card=card) == [
        "<b>Entre</b>\nPaso 2 de 9\nPulse.\n→ La portada."
    ]


@pytest.mark.parametrize(
    "card", [{}, {"x": 1}, {"lines": None}, {"items": [{"title": "a", "text": "b"}, 3, None, ["c"]]}, {"title": 5}]
)
def test_no_card_is_an_error(card: dict[str, Any]) -> None:
    assert "hola" in "".join(shown(text="hola", card=card))


def test_a_list_in_a_card_is_lines() -> None:
    assert shown(card={"items": [{"title": "Uno", "text": "dos"}, "tres"]}) == ["Uno: dos\ntres"]


def test_a_text_too_long_for_a_caption_follows_its_picture() -> None:
    message = replace(EMPTY, text="Una frase. " * 150, image={"src": "/x.png", "alt": "Un botón"})
    picture, text = render(message, CONVERSATION, WORDS)
    assert (picture.picture, picture.text) == ("/x.png", "Imagen: Un botón")
    assert not text.picture and text.text.endswith("frase.")


def test_a_caption_always_fits() -> None:
    message = replace(EMPTY, image={"src": "/x.png", "alt": "🙂 muy largo. " * 300})
    (picture,) = render(message, CONVERSATION, WORDS)
    assert utf16_length(picture.text) <= MAX_CAPTION


def test_a_picture_without_an_address_is_named() -> None:
    assert shown(text="Mire.", image={"alt": "Un botón"}) == ["Mire.\nImagen: Un botón"]


def test_without_its_picture_a_message_says_what_it_showed() -> None:
    (part,) = render(replace(EMPTY, image={"src": "/x.png", "alt": "Un botón"}), CONVERSATION, WORDS)
    assert without_picture(part).text == "Imagen: Un botón"


def test_buttons_go_under_the_last_part() -> None:
    parts = render(
        replace(EMPTY, text="Hola. " * 1500, buttons=[{"title": "Sí", "payload": "/x"}]), CONVERSATION, WORDS
    )
    assert [bool(part.keyboard) for part in parts] == [False, False, True]


def test_short_titles_stand_two_in_a_row() -> None:
    titles = ["Sí", "No", "Hablar con una persona", "Atrás", "Siguiente", "Otro"]
    rows = keyboard(CONVERSATION, 7, [{"title": title, "payload": "/x" * 500} for title in titles])
    assert [[button.title for button in row] for row in rows] == [
        ["Sí", "No"],
        ["Hablar con una persona"],
        ["Atrás", "Siguiente"],
        ["Otro"],
    ]
    assert all(1 <= len(button.data.encode()) <= 64 for row in rows for button in row)


def test_a_button_is_found_where_it_was_written() -> None:
    place = Place(CONVERSATION, 123_456, 99)
    found = place_of(place.data)
    assert found is not None and (found.seq, found.index) == (123_456, 99) and found.is_in(CONVERSATION)
    assert not found.is_in("f" + CONVERSATION[1:])


@pytest.mark.parametrize(
    "data", ["", "-", "x", "/negar", "0123abcd:1", "0123abcd:1:1:1", "0123abcd:-1:0", "0123abcd:1:１"]
)
def test_data_that_we_never_made_is_no_place(data: str) -> None:
    assert place_of(data) is None


def test_a_choice_is_marked_and_cannot_be_pressed_again() -> None:
    assert chosen("Sí") == ((Button("✓ Sí", "-"),),)
    assert place_of("-") is None
