"""Whatever Telegram sends is dealt with: once, without an error, and without a password being kept."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs
from telegram import Update

from bot.channels.interfaces import Channel, Incoming, Unreachable
from bot.channels.limits import RateLimits, Rule
from bot.channels.telegram.commands import COMMANDS
from bot.channels.telegram.events import KINDS
from bot.conversations.interfaces import Author
from tests.contracts.telegram.service import GREETING, LINKS, SENTENCES, Replica, ScriptBrain, replica
from tests.contracts.telegram.test_conversation import SlowBrain
from tests.support.bot_api import TOKEN, BotApi, Fault

ROSA = 4242
PERSON = {"id": ROSA, "is_bot": False, "first_name": "Rosa"}
FILE = {"file_id": "f", "file_unique_id": "u"}
CLIP = {**FILE, "width": 1, "height": 1, "duration": 1}
CONTENTS: dict[str, list[dict[str, Any]]] = {
    "voice": [
        {"voice": {**FILE, "duration": 3}},
        {"audio": {**FILE, "duration": 3}},
        {"video_note": {**CLIP, "length": 1}},
    ],
    "photo": [{"photo": [{**FILE, "width": 1, "height": 1}]}],
    "video": [{"video": CLIP}, {"animation": CLIP, "document": FILE}],
    "file": [{"document": {**FILE, "file_name": "ficha.pdf"}}],
    "sticker": [
        {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}}
    ],
    "contact": [{"contact": {"phone_number": "+51987654321", "first_name": "Ana"}}],
    "location": [{"location": {"latitude": -12.0, "longitude": -77.0}}],
    "other": [
        {"dice": {"emoji": "🎲", "value": 3}},
        {"future_thing": {"x": 1}},
        {"story": {"id": 1, "chat": {"id": 1, "type": "private"}}},
    ],
}


async def test_who_does_not_know_the_secret_is_turned_away_without_effect(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain) as running:
        await api.until(lambda: api.webhook)
        for secret in ("", "x", api.secret[:-1], api.secret + "x", TOKEN):
            assert await api.push(api.text(ROSA, "forged"), secret=secret) == 401
        async with httpx.AsyncClient(base_url=running.base) as client:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "ñ".encode()}):
                answer = await client.post("/telegram/webhook", json=api.text(ROSA, "forged"), headers=headers)
                assert answer.status_code == 401
        await api.push(api.text(ROSA, "verdadero"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert [turn.text for turn in brain.heard] == ["verdadero"]


async def test_an_update_that_comes_again_has_no_second_effect(api: BotApi, any_url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, any_url, brain):
        await api.until(lambda: api.webhook)
        update = api.text(ROSA, "una vez")
        for _ in range(4):
            assert await api.push(update) == 200
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert await api.push(update) == 200
        await api.push(api.text(ROSA, "fin"))
        await api.until(lambda: "eco: fin" in api.texts(ROSA))
        assert [turn.text for turn in brain.heard] == ["una vez", "fin"]


async def test_the_webhook_waits_neither_for_the_brain_nor_for_telegram(api: BotApi, url: str) -> None:
    brain = SlowBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        api.faults.append(Fault("sendMessage", 0, times=5, delay=0.5))
        for number in range(9):
            assert await api.push(api.text(ROSA + number, f"mensaje {number}")) == 200
        assert median(api.hook_seconds) < 0.2
        brain.go_on.set()
        await api.until(lambda: all(len(api.texts(ROSA + number)) == 2 for number in range(9)))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"update_id": "7"}', b"\xff\xfe", b"[" * 9_000])
async def test_what_is_no_update_is_refused(api: BotApi, url: str, body: bytes) -> None:
    async with replica(api, url, ScriptBrain()) as running:
        await api.until(lambda: api.webhook)
        headers = {"X-Telegram-Bot-Api-Secret-Token": api.secret}
        async with httpx.AsyncClient(base_url=running.base) as client:
            assert (await client.post("/telegram/webhook", content=body, headers=headers)).status_code == 400


def every_update(api: BotApi) -> list[dict[str, Any]]:
    """At least one update of each type that there is, and of one that there is not yet."""
    message = lambda **content: api.message(ROSA, **{"text": "x", **content})  # noqa: E731
    group = {"id": -100, "type": "supergroup", "title": "Grupo"}
    poll = {
        "id": "1",
        "question": "?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    reaction = {"chat": group, "message_id": 1, "date": 1}
    invite = {
        "invite_link": "x",
        "creator": PERSON,
        "creates_join_request": False,
        "is_primary": True,
        "is_revoked": False,
    }
    boost = {"boost_id": "b", "source": {"source": "premium", "user": PERSON}}
    business = {"id": "b", "user": PERSON, "user_chat_id": 1, "date": 1, "can_reply": True, "is_enabled": True}
    contents: dict[str, Any] = {
        "message": message(),
        "edited_message": message(),
        "channel_post": api.message(-5, kind="channel", text="x"),
        "edited_channel_post": api.message(-5, kind="channel", text="x"),
        "business_connection": business,
        "business_message": message(),
        "edited_business_message": message(),
        "deleted_business_messages": {"business_connection_id": "b", "chat": group, "message_ids": [1]},
        "message_reaction": {**reaction, "user": PERSON, "old_reaction": [], "new_reaction": []},
        "message_reaction_count": {**reaction, "reactions": []},
        "inline_query": {"id": "1", "from": PERSON, "query": "x", "offset": ""},
        "chosen_inline_result": {"result_id": "1", "from": PERSON, "query": "x"},
        "callback_query": {"id": "1", "from": PERSON, "chat_instance": "1", "inline_message_id": "1", "data": "x"},
        "shipping_query": {"id": "1", "from": PERSON, "invoice_payload": "x", "shipping_address": _ADDRESS},
        "pre_checkout_query": {
            "id": "1",
            "from": PERSON,
            "currency": "USD",
            "total_amount": 1,
            "invoice_payload": "x",
        },
        "purchased_paid_media": {"from": PERSON, "paid_media_payload": "x"},
        "poll": poll,
        "poll_answer": {"poll_id": "1", "user": PERSON, "option_ids": [0], "option_persistent_ids": ["0"]},
        "my_chat_member": api.member(ROSA, "member")["my_chat_member"],
        "chat_member": api.member(-100, "left", "supergroup")["my_chat_member"],
        "chat_join_request": {"chat": group, "from": PERSON, "user_chat_id": 1, "date": 1, "invite_link": invite},
        "chat_boost": {"chat": group, "boost": {**boost, "add_date": 1, "expiration_date": 2}},
        "removed_chat_boost": {"chat": group, "remove_date": 1, **boost},
        "something_of_tomorrow": {"chat": group, "x": [1]},
    }
    inaccessible = {"message_id": 1, "date": 0, "chat": {"id": ROSA, "type": "private"}}
    services = [{"pinned_message": message()}, {"new_chat_title": "x"}, {"write_access_allowed": {}}]
    more = [
        {"callback_query": {"id": "2", "from": PERSON, "chat_instance": "1", "data": "x", "message": inaccessible}},
        {"callback_query": {"id": "3", "from": PERSON, "chat_instance": "1", "game_short_name": "x"}},
        {"edited_message": api.message(ROSA, location={"latitude": 1.0, "longitude": 1.0})},
        *({"message": api.message(ROSA, **service)} for service in services),
        {},
    ]
    return [api.update(**{kind: content}) for kind, content in contents.items()] + [api.update(**one) for one in more]


_ADDRESS = {"country_code": "PE", "state": "", "city": "", "street_line1": "", "street_line2": "", "post_code": ""}


async def test_no_type_of_update_is_an_error(api: BotApi, url: str) -> None:
    updates = every_update(api)
    types = {key for update in updates for key in update}
    # What the library does not know yet is covered by the update of tomorrow.
    assert not set(Update.ALL_TYPES) - types - {"managed_bot", "guest_message"}
    async with replica(api, url, ScriptBrain()) as running:
        await api.until(lambda: api.webhook)
        with capture_logs() as logs:
            for update in updates:
                assert await api.push(update) == 200
            await api.push(api.text(ROSA, "fin"))
            await api.until(lambda: "eco: fin" in api.texts(ROSA))
            await until_nothing_waits(running.database)
        assert [entry for entry in logs if entry["log_level"] in ("warning", "error")] == []


async def test_an_update_that_the_library_cannot_read_holds_up_nothing(api: BotApi, url: str) -> None:
    async with replica(api, url, ScriptBrain()):
        await api.until(lambda: api.webhook)
        message = api.message(ROSA, text="x")
        with capture_logs() as logs:
            await api.push(api.update(message={**message, "date": "mañana"}))
            await api.push(api.text(ROSA, "fin"))
            await api.until(lambda: "eco: fin" in api.texts(ROSA))
        assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["telegram_update_given_up"]


async def until_nothing_waits(database: Any) -> None:
    for _ in range(500):
        async with database.reading() as connection:
            waiting = await connection.scalar(sql("SELECT count(*) FROM telegram_updates WHERE done_at IS NULL"))
        if not waiting:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{waiting} updates wait")


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


def holds(folder: Path, word: bytes) -> bool:
    """Whether a file of the folder, the database's journal included, has this in it."""
    return any(word in file.read_bytes() for file in folder.iterdir())


async def test_a_password_is_deleted_and_kept_nowhere(api: BotApi, url: str, tmp_path: Path) -> None:
    brain = ScriptBrain()
    with capture_logs() as logs:
        async with replica(api, url, brain):
            await api.until(lambda: api.webhook)
            for number, text in enumerate(("mi clave es Huancayo*77 y no entra", "Huancayo*77"), start=1):
                update = api.text(ROSA, text)
                await api.push(update)
                told = [SENTENCES("utter_telegram_password_deleted")] * number
                await api.until(lambda told=told: api.texts(ROSA)[1:] == told)
                assert update["message"]["message_id"] in api.deleted[ROSA]
            edited = api.message(ROSA, caption="clave: Huancayo*77", edit_date=1, **CONTENTS["photo"][0])
            await api.push(api.update(edited_message=edited))
            await api.until(lambda: edited["message_id"] in api.deleted[ROSA])
            reply = api.message(ROSA, text="hola", reply_to_message=api.message(ROSA, text="mi clave es Huancayo*77"))
            await api.push(api.update(message=reply))
            await api.until(lambda: "eco: hola" in api.texts(ROSA))
    assert [turn.text for turn in brain.heard] == ["hola"]
    assert "Huancayo" not in str(logs)
    assert not holds(tmp_path, b"Huancayo")


async def test_a_password_that_telegram_will_not_delete_is_left_to_the_person(api: BotApi, url: str) -> None:
    async with replica(api, url, ScriptBrain()):
        await api.until(lambda: api.webhook)
        api.faults.append(Fault("deleteMessage", 403))
        await api.push(api.text(ROSA, "mi clave es Huancayo*77"))
        await api.until(lambda: SENTENCES("utter_telegram_password_left") in api.texts(ROSA))


@pytest.mark.parametrize("polling", [False, True])
async def test_no_log_line_holds_the_token_or_what_people_write(
    api: BotApi, url: str, polling: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with capture_logs() as logs:
        async with replica(api, url, ScriptBrain(), webhook=not polling):
            await api.until(lambda: api.webhook or polling)
            api.faults.append(Fault("sendMessage", 500, times=2))
            update = api.text(ROSA, "palabra irrepetible")
            api.queue(update) if polling else await api.push(update)
            await api.until(lambda: len(api.texts(ROSA)) == 2)
    for told in (str(logs), caplog.text):
        assert TOKEN not in told
        assert "irrepetible" not in told


async def test_groups_are_declined_and_left(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain):
        await api.until(lambda: api.webhook)
        await api.push(api.member(-100, "member", "group"))
        await api.push(api.update(message=api.message(-200, kind="supergroup", text="@bot ayuda")))
        await api.push(api.update(channel_post=api.message(-300, kind="channel", text="x")))
        await api.push(api.member(-300, "administrator", "channel"))
        await api.push(api.member(-100, "left", "group"))
        await api.until(lambda: sorted(api.left) == [-300, -200, -100])
        await api.push(api.text(ROSA, "fin"))
        await api.until(lambda: "eco: fin" in api.texts(ROSA))
        words = [SENTENCES("utter_telegram_private_only")]
        assert (api.texts(-100), api.texts(-200), api.texts(-300)) == (words, words, [])
        assert [turn.text for turn in brain.heard] == ["fin"]


async def test_who_blocks_the_bot_gets_nothing_and_who_returns_gets_what_was_missed(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain) as running:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await api.push(api.member(ROSA, "kicked"))
        api.blocked.add(ROSA)
        await until_nothing_waits(running.database)
        calls = len(api.called("sendMessage"))
        await running.hub.send(brain.heard[0].conversation, Author.AGENT, "¿Sigue ahí?")
        await api.push(api.text(ROSA + 1, "otra persona"))
        await api.until(lambda: len(api.texts(ROSA + 1)) == 2)
        assert len(api.called("sendMessage")) == calls + 2
        api.blocked.discard(ROSA)
        await api.push(api.member(ROSA, "member"))
        await api.until(lambda: api.texts(ROSA)[-1].endswith("¿Sigue ahí?"))
        assert len(api.texts(ROSA)) == 3


async def test_who_says_too_much_is_answered_later_and_loses_nothing(api: BotApi, url: str) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain, limits=FewMessages()):
        await api.until(lambda: api.webhook)
        for number in range(6):
            await api.push(api.text(ROSA, f"n{number}"))
        await api.until(lambda: len(api.texts(ROSA)) == 7)
        assert [turn.text for turn in brain.heard] == [f"n{number}" for number in range(6)]


class FewMessages(RateLimits):
    """Has every second request wait."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def wait(self, *asked: tuple[Rule, str]) -> int:
        self.asked += 1
        return self.asked % 2


async def test_the_channel_can_be_used_as_any_other(api: BotApi, url: str) -> None:
    async with replica(api, url, ScriptBrain()) as running:
        await api.until(lambda: api.webhook)
        channel: Channel = running.channel
        incoming = Incoming(str(ROSA), "5f0b6a3e-0000-4000-8000-000000000001", text="hola")
        assert await channel.receive(incoming) == await channel.receive(incoming) == 2
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        assert channel.capabilities.buttons and channel.name == "telegram"
        with pytest.raises(Unreachable):
            await channel.deliver("999", (await running.hub.messages(await conversation(running), 0))[0])


async def conversation(running: Replica) -> str:
    chat = await running.channel._chats.get(ROSA)
    assert chat is not None
    return chat.conversation
