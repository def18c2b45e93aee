"""A password is kept nowhere, and no log line tells what must not be told."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.contracts.telegram.service import SENTENCES, ScriptBrain, replica
from tests.contracts.telegram.updates import CONTENTS, ROSA
from tests.support.bot_api import TOKEN, BotApi, Fault


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
