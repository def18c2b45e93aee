"""A thumb under one of the bot's messages is an opinion of its answer."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from bot.conversations.review_store import ReviewStore
from tests.contracts.telegram.service import Replica, ScriptBrain, replica
from tests.support.bot_api import BotApi

ROSA = 4242
DOWN, UP, HEART = "👎", "👍", "❤"
LONG_AGO = datetime(2000, 1, 1, tzinfo=timezone.utc)


def reacted(api: BotApi, message: int, old: str, new: str, kind: str = "private") -> dict[str, Any]:
    """An update that says that the reactions to a message are others now."""
    before, after = ([{"type": "emoji", "emoji": one}] if one else [] for one in (old, new))
    person = {"id": ROSA, "is_bot": False, "first_name": "Rosa"}
    chat = {"id": ROSA, "type": kind, "first_name": "Rosa"}
    facts = {"chat": chat, "message_id": message, "date": 1_700_000_000, "user": person}
    return api.update(message_reaction={**facts, "old_reaction": before, "new_reaction": after})


async def disliked(running: Replica) -> list[str]:
    """What was asked where the answer is not liked."""
    return [one.text for one in await ReviewStore(running.database).written(LONG_AGO, 100) if one.disliked]


async def test_a_thumb_down_reaches_the_inbox_and_is_taken_back(api: BotApi, any_url: str) -> None:
    async with replica(api, any_url, ScriptBrain()) as running:
        await api.until(lambda: api.webhook)
        assert "message_reaction" in str(api.called("setWebhook")[0].data["allowed_updates"])
        for number, text in enumerate(("uno", "dos"), 2):
            await api.push(api.text(ROSA, text))
            await api.until(lambda number=number: len(api.texts(ROSA)) == number)
        answer = api.screens[ROSA][1]
        assert answer.text == "eco: uno"
        steps: list[tuple[str, str, list[str]]] = [
            ("", HEART, []),
            (HEART, DOWN, ["uno"]),
            (DOWN, "", []),
            ("", DOWN, ["uno"]),
            (DOWN, UP, []),
        ]
        for number, (old, new, expected) in enumerate(steps):
            await api.push(reacted(api, answer.id, old, new))
            await api.push(api.text(ROSA, f"luego {number}"))
            # A chat's updates are dealt with in order: what comes behind is answered, so the thumb was seen.
            await api.until(lambda number=number: api.texts(ROSA)[-1] == f"eco: luego {number}")
            assert await disliked(running) == expected
        # A thumb changes nothing that people see.
        assert len(api.texts(ROSA)) == 3 + len(steps)


async def test_a_thumb_under_what_is_not_known_any_more_is_nobodys_opinion(api: BotApi, url: str) -> None:
    async with replica(api, url, ScriptBrain()) as running:
        await api.until(lambda: api.webhook)
        await api.push(reacted(api, 77, "", DOWN))
        await api.push(api.text(ROSA, "uno"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await api.push(reacted(api, 9999, "", DOWN))
        await api.push(reacted(api, api.screens[ROSA][1].id, "", DOWN, kind="group"))
        await api.push(api.text(ROSA, "dos"))
        await api.until(lambda: len(api.texts(ROSA)) == 3)
        assert await disliked(running) == []
