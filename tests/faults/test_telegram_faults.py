"""Telegram is slow, refuses, loses its answers; replicas are killed: nothing is lost, and what is doubled is named."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.brain.interfaces import Reply
from bot.channels.telegram.intake import NotAnUpdate
from bot.channels.telegram.webhook import HEADER, webhook_route
from bot.conversations.interfaces import Author
from bot.errors import DatabaseUnavailable
from tests.contracts.telegram.conftest import any_url, api, url  # noqa: F401
from tests.contracts.telegram.service import GREETING, QUICK, ScriptBrain, replica
from tests.support.bot_api import BotApi, Fault

ROSA = 4242
ROOT = Path(__file__).parents[2]


def once(texts: list[str]) -> list[str]:
    """The texts with neighbours that are the same taken together."""
    return [text for text, _ in groupby(texts)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A replica that is killed at the end of the block, without a warning."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.contracts.telegram.process", *arguments]
    running = await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        await running.wait()


@pytest.mark.parametrize("mode", ["webhook", "polling"])
async def test_killed_replicas_lose_nothing_and_double_only_what_was_under_way(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
    mode: str,
) -> None:
    chats, rounds, lives = (1, 2, 3), 12, 3
    port = free_port()
    api.hook_base = f"http://127.0.0.1:{port}"
    updates = [api.text(chat, f"mensaje {number}") for number in range(rounds) for chat in chats]
    # Every send takes a moment, so that kills come in the middle of some.
    api.faults.append(Fault("sendMessage", 0, times=10_000, delay=0.05))

    async def push_all() -> None:
        await api.until(lambda: api.webhook, 40)
        for update in updates:
            assert await api.push(update, tries=2_000) == 200

    if mode == "polling":
        api.queue(*updates)
    pushing = asyncio.create_task(push_all() if mode == "webhook" else asyncio.sleep(0))
    for life in range(lives):
        async with process(url, api.url, str(port), mode):
            goal = len(updates) // (lives + 1) * (life + 1)
            await api.until(lambda n=goal: len(api.called("sendMessage")) >= n, 60)
    async with process(url, api.url, str(port), mode):
        await pushing
        expected = [GREETING, *(f"eco: mensaje {number}" for number in range(rounds))]
        await api.until(lambda: all(api.texts(chat)[-1:] == expected[-1:] for chat in chats), 60)
        for chat in chats:
            assert once(api.texts(chat)) == expected
            assert len(api.texts(chat)) - len(expected) <= lives


async def test_a_request_for_patience_is_obeyed_and_nothing_is_lost(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    async with replica(api, url, ScriptBrain()):
        await api.until(lambda: api.webhook)
        api.faults.append(Fault("sendMessage", 429, times=1, retry_after=1))
        began = asyncio.get_running_loop().time()
        for number in range(3):
            await api.push(api.text(ROSA + number, "hola"))
        await api.until(lambda: all(len(api.texts(ROSA + number)) == 2 for number in range(3)))
        assert all(call.at - began >= 1 for call in api.called("sendMessage"))
        assert all(api.texts(ROSA + number) == [GREETING, "eco: hola"] for number in range(3))


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_that_fails_is_asked_again_until_it_works(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
    status: int,
) -> None:
    async with replica(api, url, ScriptBrain()):
        await api.until(lambda: api.webhook)
        api.faults.append(Fault("sendMessage", status, times=7))
        for number in range(4):
            await api.push(api.text(ROSA, f"n{number}"))
        await api.until(lambda: len(api.texts(ROSA)) == 5)
        assert api.texts(ROSA) == [GREETING, "eco: n0", "eco: n1", "eco: n2", "eco: n3"]


async def test_a_lost_answer_doubles_at_most_the_one_message(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    async with replica(api, url, ScriptBrain()):
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "uno"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        api.faults.append(Fault("sendMessage", 500, after=True))
        await api.push(api.text(ROSA, "dos"))
        await api.push(api.text(ROSA, "tres"))
        await api.until(lambda: "eco: tres" in api.texts(ROSA))
        assert api.texts(ROSA) == [GREETING, "eco: uno", "eco: dos", "eco: dos", "eco: tres"]


async def test_a_long_message_goes_on_after_a_kill_where_it_stopped(
    api: BotApi,  # noqa: F811
    any_url: str,  # noqa: F811
) -> None:
    long = Reply("\n\n".join(letter * 3_000 for letter in "abcde"))
    brain = ScriptBrain({"largo": [long]})
    async with replica(api, any_url, brain) as first:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        api.faults.append(Fault("sendMessage", 0, times=100, delay=0.1))
        await api.push(api.text(ROSA, "largo"))
        await api.until(lambda: len(api.texts(ROSA)) >= 4)
        first.kill()
        api.faults.clear()
    async with replica(api, any_url, brain):
        await api.until(lambda: api.texts(ROSA)[-1][0] == "e")
        letters = [text[0] for text in api.texts(ROSA)[2:]]
        assert once(letters) == list("abcde")
        assert len(letters) <= 6


async def test_two_replicas_deliver_everything_once(
    api: BotApi,  # noqa: F811
    any_url: str,  # noqa: F811
) -> None:
    # Neither of them dies here, so neither may be taken for dead when the machine is busy.
    tempo = replace(QUICK, delivery=replace(QUICK.delivery, lease=20.0), intake_lease=20.0)
    async with (
        replica(api, any_url, ScriptBrain(), tempo=tempo) as first,
        replica(api, any_url, ScriptBrain(), tempo=tempo) as second,
    ):
        await api.until(lambda: len(api.called("setWebhook")) == 2)
        for number in range(6):
            for chat in (1, 2):
                # The load balancer sends the same update to both when an answer was lost.
                update = api.text(chat, f"n{number}")
                for base in (first.base, second.base):
                    api.hook_base = base
                    assert await api.push(update) == 200
        expected = [GREETING, *(f"eco: n{number}" for number in range(6))]
        await api.until(lambda: all(len(api.texts(chat)) >= 7 for chat in (1, 2)), 20)
        assert [api.texts(chat) for chat in (1, 2)] == [expected, expected]


async def test_a_replica_takes_over_the_chats_of_one_that_died(
    api: BotApi,  # noqa: F811
    any_url: str,  # noqa: F811
) -> None:
    # One brain for both: which of the two takes a message up is chance.
    brain = ScriptBrain()
    async with replica(api, any_url, brain) as first, replica(api, any_url, brain) as second:
        await api.until(lambda: len(api.called("setWebhook")) == 2)
        api.hook_base = first.base
        await api.push(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        holder, other = (first, second) if first.channel._delivery._followers else (second, first)
        assert holder.channel._delivery._followers
        holder.kill()
        await other.hub.send(brain.heard[0].conversation, Author.AGENT, "Aquí sigo.")
        # What was under way when the first one died may come again; what followed comes once.
        await api.until(lambda: any("Aquí sigo." in text for text in api.texts(ROSA)))
        assert sum("Aquí sigo." in text for text in api.texts(ROSA)) == 1


async def test_a_message_to_a_chat_that_slept_is_found(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    brain = ScriptBrain()
    sleepy = replace(QUICK, delivery=replace(QUICK.delivery, idle=0.1))
    async with replica(api, url, brain, tempo=sleepy) as running:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await api.until(lambda: not running.channel._delivery._followers)
        await running.hub.send(brain.heard[0].conversation, Author.AGENT, "Ya tengo su respuesta.")
        await api.until(lambda: len(api.texts(ROSA)) == 3)


async def test_a_bot_that_was_blocked_unseen_stops_and_goes_on_when_the_person_writes(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    brain = ScriptBrain()
    async with replica(api, url, brain) as running:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        api.blocked.add(ROSA)
        with capture_logs() as logs:
            await running.hub.send(brain.heard[0].conversation, Author.AGENT, "¿Me lee?")
            await api.until(lambda: any(entry["event"] == "telegram_chat_blocked" for entry in logs))
        tried = len(api.called("sendMessage"))
        await api.push(api.text(ROSA + 1, "otra"))
        await api.until(lambda: len(api.texts(ROSA + 1)) == 2)
        assert len(api.called("sendMessage")) == tried + 2
        api.blocked.discard(ROSA)
        await api.push(api.text(ROSA, "volví"))
        await api.until(lambda: "eco: volví" in api.texts(ROSA))
        assert [text.rpartition("\n")[2] for text in api.texts(ROSA)][2:] == ["¿Me lee?", "eco: volví"]


async def test_the_service_starts_before_telegram_answers(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    api.faults += [Fault("getMe", 500, times=3), Fault("setWebhook", 500, times=2), Fault("setMyCommands", 500)]
    async with replica(api, url, ScriptBrain()):
        # Updates that come before are kept.
        api.secret = running_secret()
        assert await api.push(api.text(ROSA, "temprano")) == 200
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        await api.until(lambda: api.called("setMyCommands"))


def running_secret() -> str:
    from bot.channels.telegram.webhook import secret_of
    from tests.support.bot_api import TOKEN

    return secret_of(TOKEN)


async def test_polling_goes_on_after_errors(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    api.faults += [Fault("getUpdates", 500), Fault("getUpdates", 429, retry_after=1), Fault("deleteWebhook", 500)]
    async with replica(api, url, ScriptBrain(), webhook=False):
        api.queue(api.text(ROSA, "hola"))
        await api.until(lambda: len(api.texts(ROSA)) == 2, 20)


@pytest.mark.parametrize(
    ("error", "status"), [(DatabaseUnavailable("x"), 503), (RuntimeError("x"), 503), (NotAnUpdate("x"), 400)]
)
async def test_an_update_that_cannot_be_kept_is_asked_for_again(error: Exception, status: int) -> None:
    import httpx
    from starlette.applications import Starlette

    async def add(_update: object) -> bool:
        raise error

    app = Starlette(routes=[webhook_route("secret", add)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        answer = await client.post("/telegram/webhook", json={"update_id": 1}, headers={HEADER: "secret"})
    assert answer.status_code == status


async def test_an_erased_conversation_is_followed_by_a_new_one(
    api: BotApi,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    from sqlalchemy import text as sql

    brain = ScriptBrain()
    async with replica(api, url, brain) as running:
        await api.until(lambda: api.webhook)
        await api.push(api.text(ROSA, "uno"))
        await api.until(lambda: len(api.texts(ROSA)) == 2)
        async with running.database.transaction() as transaction:
            await transaction.execute(sql("DELETE FROM conversations"))
        await api.push(api.text(ROSA, "dos"))
        await api.until(lambda: len(api.texts(ROSA)) == 4)
        assert api.texts(ROSA)[2:] == [GREETING, "eco: dos"]
        assert brain.heard[0].conversation != brain.heard[1].conversation
