"""What is stored of an update, and what commands and settings mean."""

from __future__ import annotations

import pytest

from bot.channels.telegram.commands import COMMANDS, LISTED, guide_links, platform_links, public_payloads
from bot.channels.telegram.config import TelegramSettings
from bot.channels.telegram.events import KINDS
from bot.channels.telegram.guard import HELD_PASSWORD, chat_of, guarded
from bot.channels.telegram.pictures import pictures_of
from bot.channels.telegram.webhook import secret_of
from bot.conversations.sentences import load_sentences
from bot.errors import SettingsError
from bot.platforms import Platform
from bot.settings import ROOT
from tests.support.bot_api import TOKEN

CHAT = {"id": 7, "type": "private"}


def test_quoted_messages_and_private_data_are_not_stored() -> None:
    message = {"chat": CHAT, "text": "x", "reply_to_message": {"text": "cita"}, "contact": {"phone_number": "999"}}
    kept = guarded({"update_id": 1, "message": message}, lambda _: False)
    assert "cita" not in str(kept) and "999" not in str(kept)
    pressed = {"callback_query": {"data": "d", "message": {"chat": CHAT, "text": "z"}}}
    assert guarded(pressed, lambda _: False) == {"callback_query": {"data": "d", "message": {"chat": CHAT}}}


def test_a_password_is_taken_out_and_marked() -> None:
    update = {"edited_message": {"chat": CHAT, "caption": "secreto", "caption_entities": [{"url": "secreto"}]}}
    kept = guarded(update, lambda text: text == "secreto")
    assert kept[HELD_PASSWORD] is True
    assert "secreto" not in str(kept)
    assert update["edited_message"]["caption"] == "secreto"


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"message": {"chat": {"id": -3}}}, -3),
        ({"callback_query": {"from": {"id": 5}, "message": {"chat": {"id": 9}}}}, 9),
        ({"callback_query": {"from": {"id": 5}}}, 5),
        ({"my_chat_member": {"chat": {"id": 8}, "from": {"id": 1}}}, 8),
        ({"poll_answer": {"user": {"id": 6}}}, 6),
        ({"poll": {"id": "1"}}, 0),
        ({"message": {"chat": "x"}}, 0),
        ({"message": []}, 0),
        ({}, 0),
    ],
)
def test_an_update_belongs_to_a_chat(update: dict[str, object], chat: int) -> None:
    assert chat_of({"update_id": 1, **update}) == chat


def test_every_sentence_of_the_channel_is_there() -> None:
    sentences = load_sentences(ROOT / "data" / "responses" / "telegram.yml")
    names = [f"cannot_{kind}" for kind in KINDS] + [f"command_{name}" for name in LISTED]
    assert all(sentences(f"utter_telegram_{name}") for name in names)


def test_what_the_channel_hands_in_is_public() -> None:
    links = {**platform_links({Platform.SEACE: "SEACE"}), **guide_links([("soce/Crear-usuario", "Crear", "/g")])}
    public = public_payloads(load_sentences(ROOT / "data" / "responses" / "telegram.yml"), links)
    assert set(public) == {*COMMANDS.values(), '/dar_dato{"platform": "seace"}', "/g"}
    assert all(public.values())
    assert set(links) == {"seace", "guia_soce_crear-usuario"}


def test_a_guide_whose_link_telegram_would_not_take_has_none() -> None:
    assert guide_links([("seace/año", "x", "/x"), ("seace/" + "x" * 60, "x", "/x")]) == {}


@pytest.mark.parametrize("token", ["", "x", "123", "123:abc", "123456789:AAF0 invented token for tests"])
def test_a_token_that_cannot_be_one_is_named(token: str) -> None:
    with pytest.raises(SettingsError) as caught:
        TelegramSettings(token)
    assert caught.value.name == "VENTANILLA_TELEGRAM_TOKEN"


def test_the_webhook_is_used_where_telegram_can_reach_the_service() -> None:
    assert TelegramSettings(TOKEN, public_url="https://ayuda.example.org").by_webhook
    assert not TelegramSettings(TOKEN, public_url="http://127.0.0.1:8000").by_webhook
    assert not TelegramSettings(TOKEN).by_webhook


def test_the_webhooks_secret_is_the_same_in_every_replica_and_does_not_tell_the_token() -> None:
    secret = secret_of(TOKEN)
    assert secret == secret_of(TOKEN) != secret_of(TOKEN + "x")
    assert 32 <= len(secret) <= 256 and secret.isalnum()


async def test_pictures_come_from_our_own_pages_as_png() -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def page(request: Request) -> Response:
        kind = "image/png" if request.url.path.endswith(".png") else "text/html"
        return Response(request.url.path + "?" + request.url.query, media_type=kind)

    fetch = pictures_of(Starlette(routes=[Route("/{path:path}", page)]))
    assert await fetch("/guias/x.svg?v=1") == b"/guias/x.png?v=1"
    assert await fetch("/guias/x") is None
    assert await fetch("//evil.example.org/x.png") is None
    assert await fetch("http://evil.example.org/x.png") is None
