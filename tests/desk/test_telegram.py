"""A case whose person is in Telegram: they see the agent writing, and the agent what has arrived.

Telegram tells bots nothing of people who are writing, so that sign goes one way there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from sqlalchemy import select

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.config import TelegramSettings
from bot.conversations.tables_store import conversations
from bot.desk.interfaces import CaseContext, Reason
from bot.desk.model import Case
from bot.platforms import Platform
from tests.contracts.telegram.service import QUICK
from tests.contracts.telegram.service import SENTENCES as WORDS
from tests.desk.console import Console, post
from tests.desk.test_signals import begun, next_of
from tests.support.bot_api import TOKEN, BotApi, Fault, bot_api

ANA = 4242


@asynccontextmanager
async def telegram(desk: Console) -> AsyncIterator[BotApi]:
    """The channel on the desk's own hub, before the Bot API's stand-in."""
    rig, signals = desk.rig, desk.tools.signals
    async with bot_api() as api:
        settings = TelegramSettings(TOKEN, api.url, "")
        channel = TelegramChannel(settings, rig.database, rig.hub, WORDS, tempo=QUICK, signals=signals, clock=rig.clock)
        channel.start()
        try:
            yield api
        finally:
            await channel.close(1.0)


async def taken(desk: Console, api: BotApi, rosa: httpx.AsyncClient) -> Case:
    """A case that came from Telegram and that Rosa has."""
    api.queue(api.text(ANA, "necesito ayuda"))
    await api.until(lambda: any("necesito ayuda" in text for text in api.texts(ANA)))
    async with desk.rig.database.reading() as connection:
        conversation = str(await connection.scalar(select(conversations.c.id)))
    context = CaseContext(Platform.SEACE, "recuperar_contrasena", key=conversation)
    opened = await desk.rig.desk.open_case(conversation, Reason.ASKED, context)
    case = await desk.rig.now_of(opened.number)
    await post(rosa, f"/mesa/casos/{case.id}/tomar")
    await api.until(lambda: any("Le atiende Rosa" in text for text in api.texts(ANA)))
    return case


async def test_the_agents_writing_is_shown_and_what_telegram_has_taken_is_marked(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    async with telegram(desk) as api:
        case = await taken(desk, api, rosa)
        console_, listening = await begun(rosa, f"/mesa/eventos?caso={case.id}", "mesa", {})
        before = len(api.called("sendChatAction"))
        assert (await post(rosa, f"/mesa/casos/{case.id}/escribiendo")).status_code == 204
        await api.until(lambda: len(api.called("sendChatAction")) > before)
        shown = api.called("sendChatAction")[-1].data
        assert (shown["chat_id"], shown["action"]) == (ANA, "typing")
        # Not taken yet: Telegram is away, and the message waits.
        api.faults.append(Fault("sendMessage", 502, times=10_000))
        await post(rosa, f"/mesa/casos/{case.id}/responder", {"texto": "Buen día, ¿cuál es su código?"})
        assert ">Enviado<" in (await rosa.get(f"/mesa/casos/{case.id}")).text
        api.faults.clear()
        seq = (await desk.rig.log(case.conversation))[-1].seq
        assert (await next_of(console_, "received"))["seq"] == seq
        assert len([text for text in api.texts(ANA) if "Buen día, ¿cuál es su código?" in text]) == 1
        page = (await rosa.get(f"/mesa/casos/{case.id}")).text
        assert ">Entregado<" in page and ">Enviado<" not in page
        # What the person answers is before the agent, and the bot is silent.
        api.queue(api.text(ANA, "001952_56989"))
        await api.until(lambda: not api.pending)
        await next_of(console_, "message")
        assert "001952_56989" in (await rosa.get(f"/mesa/casos/{case.id}")).text
        assert not any("eco" in text and "001952_56989" in text for text in api.texts(ANA))
        listening.cancel()


async def test_a_message_to_somebody_who_blocked_the_bot_stays_undelivered(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    async with telegram(desk) as api:
        case = await taken(desk, api, rosa)
        api.blocked.add(ANA)
        tried = len(api.called("sendMessage"))
        await post(rosa, f"/mesa/casos/{case.id}/responder", {"texto": "¿Sigue ahí?"})
        await api.until(lambda: len(api.called("sendMessage")) > tried)
        page = (await rosa.get(f"/mesa/casos/{case.id}")).text
        assert ">Enviado<" in page and ">Entregado<" not in page
