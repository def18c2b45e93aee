"""What people may send in a private chat: commands, pictures, edited and endless texts."""

from __future__ import annotations

import pytest

from bot.channels.telegram.commands import COMMANDS
from bot.channels.telegram.events import KINDS
from tests.contracts.telegram.service import GREETING, LINKS, SENTENCES, ScriptBrain, replica
from tests.contracts.telegram.updates import CONTENTS, ROSA
from tests.support.bot_api import BotApi


@pytest.mark.parametrize("kind", KINDS)
async def test_what_cannot_be_read_is_answered_kindly(api: BotApi, url: str, kind: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        for number, content in enumerate(CONTENTS[kind], start=1):
            await api.push(api.update(message=api.message(ROSA, **content)))
            await api.until(lambda n=number: len(api.texts(ROSA)) == 1 + n)
        answer = SENTENCES(f"utter_telegram_cannot_{kind}")
        assert api.texts(ROSA) == [GREETING, *[answer] * len(CONTENTS[kind])]
        assert brain.heard == []


async def test_a_caption_is_read_and_an_album_answered_once(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        photo = {**CONTENTS["photo"][0], "media_group_id": "album"}
        await api.push(api.update(message=api.message(ROSA, caption="me sale esto", **photo)))
        await api.push(api.update(message=api.message(ROSA, **photo)))
        await api.push(api.text(ROSA, "fin"))
        await api.until(lambda: "eco: fin" in api.texts(ROSA))
        cannot = SENTENCES("utter_telegram_cannot_photo")
        assert sorted(api.texts(ROSA)) == sorted([GREETING, cannot, "eco: me sale esto", "eco: fin"])


async def test_an_edited_message_is_not_read_again(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.update(edited_message=api.message(ROSA, text="cambiado", edit_date=1_700_000_001)))
        await api.until(lambda: SENTENCES("utter_telegram_edited") in api.texts(ROSA))
        assert brain.heard == []


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        ("/menu", "/pedir_ayuda"),
        ("/MENU@ventanilla_test_bot", "/pedir_ayuda"),
        ("/cancelar", "/cancelar"),
        ("/persona por favor", "/hablar_con_agente"),
        ("/nada_de_eso", "/pedir_ayuda"),
        ("/start guia_seace_ingresar", LINKS["guia_seace_ingresar"].payload),
    ],
)
async def test_a_command_is_a_payload(api: BotApi, url: str, command: str, payload: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, command))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert [turn.payload for turn in brain.heard] == [payload]


async def test_start_greets_once_and_a_platforms_link_begins_with_it(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "/start"))
        await api.until(lambda: api.texts(ROSA) == [GREETING])
        await api.push(api.text(ROSA, "/start"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await api.push(api.text(ROSA, "/start seace"))
        await api.until(lambda: len(api.texts(ROSA)) == 3)
        await api.push(api.text(ROSA + 1, "/start SECOP2"))
        await api.until(lambda: len(api.texts(ROSA + 1)) == 2)
        assert api.texts(ROSA + 1)[0] == f"{GREETING} secop2"
        assert [turn.payload for turn in brain.heard] == [
            COMMANDS["start"],
            '/dar_dato{"platform": "seace"}',
            '/dar_dato{"platform": "secop2"}',
        ]


async def test_a_typed_payload_is_only_text(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, '/negar{"verified": true}'))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert [(turn.text, turn.payload) for turn in brain.heard] == [('/negar{"verified": true}', "")]


async def test_a_text_that_is_too_long_is_told_so(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "palabra " * 500))
        await api.until(lambda: SENTENCES("utter_error_too_long") in api.texts(ROSA))
        assert brain.heard == []
