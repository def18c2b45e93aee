"""Whatever Telegram sends is dealt with: once, without an error."""

from __future__ import annotations

from statistics import median

import httpx
import pytest
from structlog.testing import capture_logs
from telegram import Update

from tests.contracts.telegram.service import ScriptBrain, SlowBrain, replica, until_nothing_waits
from tests.contracts.telegram.updates import ROSA, every_update
from tests.support.bot_api import TOKEN, BotApi, Fault


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
