"""The Telegram channel as a replica has it: a real hub and database, a small brain, the Bot API's stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text as sql
from starlette.applications import Starlette

from bot.brain.interfaces import Brain, Reply, Turn, TurnResult
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.commands import guide_links, platform_links, public_payloads
from bot.channels.telegram.config import Patience, TelegramSettings, Tempo
from bot.conversations.hub import ConversationHub
from bot.conversations.sentences import load_sentences
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.platforms import Platform
from bot.settings import ROOT
from tests.support.bot_api import TOKEN, BotApi
from tests.support.serving import serving

SENTENCES = load_sentences(
    ROOT / "data" / "responses" / "errores_web.yml", ROOT / "data" / "responses" / "telegram.yml"
)
LINKS = {
    **platform_links({Platform.SEACE: "SEACE", Platform.SOCE: "SOCE", Platform.SECOP2: "SECOP II"}),
    **guide_links([("seace/ingresar", "Ingresar al SEACE", '/siguiente_paso{"guide_value": "seace/ingresar"}')]),
}
GREETING = "Hola, soy el asistente."
QUICK = Tempo(
    delivery=Patience(lease=0.6, look=0.05, rest=0.2, retry=0.02, longest=0.1, typing_after=0.05, typing_every=0.2),
    intake_lease=0.6,
    intake_poll=0.05,
    intake_wait=0.02,
    overall=1000.0,
    a_chat=1000.0,
    poll_timeout=1,
    connect_wait=0.02,
)


def greeting(platform: str) -> list[Reply]:
    """What a conversation begins with."""
    return [Reply(f"{GREETING} {platform}".strip())]


class ScriptBrain:
    """Says what it heard, or what the script has for it."""

    def __init__(self, script: dict[str, list[Reply]] | None = None) -> None:
        self.script = script or {}
        self.heard: list[Turn] = []

    async def respond(self, turn: Turn) -> TurnResult:
        self.heard.append(turn)
        said = turn.text or turn.payload
        return TurnResult(self.script.get(said, [Reply(f"eco: {said}")]), b"x", "eco", 1.0)


class SlowBrain(ScriptBrain):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def respond(self, turn: Turn) -> TurnResult:
        await self.go_on.wait()
        return await super().respond(turn)


@dataclass
class Replica:
    """One running service."""

    hub: ConversationHub
    channel: TelegramChannel
    database: Database
    base: str

    def kill(self) -> None:
        """Ends it as a power cut would: nothing is given back, nothing is said."""
        for task in list(asyncio_tasks(self)):
            task.cancel()


def asyncio_tasks(replica: Replica) -> list[Any]:
    """Every task of the channel and the hub, for a kill."""
    channel, hub = replica.channel, replica.hub
    tasks = [channel._beginning, *channel._intake._loops, *channel._intake._running.values()]
    tasks += channel._delivery._loops
    tasks += [follower.task for follower in channel._delivery._followers.values()]
    tasks += [*hub._loops, *hub._turns._workers.values()]
    return [task for task in tasks if task is not None]


@asynccontextmanager
async def replica(
    api: BotApi,
    url: str,
    brain: Brain,
    *,
    webhook: bool = True,
    tempo: Tempo = QUICK,
    port: int = 0,
    pictures: Any = None,
    greet: Any = greeting,
    limits: Any = None,
) -> AsyncIterator[Replica]:
    """A replica that runs for as long as the block lasts."""
    database = Database(url)
    await upgrade(database)
    hub = ConversationHub(
        database,
        brain,
        sentence=SENTENCES,
        greeting=greet,
        public_payloads=public_payloads(SENTENCES, LINKS),
        lease=timedelta(seconds=0.6),
        poll=0.05,
    )
    await hub.start()
    settings = TelegramSettings(TOKEN, api.url, "https://ventanilla.example.org" if webhook else "")
    more = {"pictures": pictures} if pictures else {}
    channel = TelegramChannel(settings, database, hub, SENTENCES, links=LINKS, tempo=tempo, limits=limits, **more)
    async with serving(Starlette(routes=channel.routes()), port=port) as base:
        api.hook_base = base
        channel.start()
        try:
            yield Replica(hub, channel, database, base)
        finally:
            await channel.close(1.0)
            await hub.close(1.0)
            await database.close()


async def until_nothing_waits(database: Any) -> None:
    """Waits until every update that came in has been dealt with."""
    for _ in range(500):
        async with database.reading() as connection:
            waiting = await connection.scalar(sql("SELECT count(*) FROM telegram_updates WHERE done_at IS NULL"))
        if not waiting:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{waiting} updates wait")
