"""One conversation in a real browser through 200 cuts of its line and 20 kills of its service."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author
from tests.contracts.web_chat.brains import EchoBrain
from tests.contracts.web_chat.service import SENTENCES
from tests.support.database import database_url, new_database
from tests.web.cutting import Line, Service, line_to
from tests.web.helpers import browser, needs_chromium, say

pytestmark = needs_chromium

CUTS, KILLS, RELOADS = 200, 20, 4
WAITING = "document.querySelectorAll('.pendiente').length"
AGAIN = "document.querySelector('.fallido button')?.click()"
SETTLED = """() => {
  const kept = JSON.parse(sessionStorage.getItem('ventanilla.chat'));
  document.querySelector('.fallido button')?.click();
  const said = document.querySelectorAll('.mensaje.de-user:not(.pendiente)').length;
  const answers = document.querySelectorAll('.mensaje.de-bot:not(.escribiendo)').length;
  return !kept.outbox.length && said === answers;
}"""
SHOWN = """[...document.querySelectorAll('.mensaje[data-seq]')]
  .map(message => [Number(message.dataset.seq), message.querySelector('.burbuja').textContent])"""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with new_database(database_url(tmp_path)):
        service = Service(database_url(tmp_path))
        await service.start()
        yield service
        await service.close()


async def talk(page: Any, line: Line, service: Service) -> list[str]:
    """Goes on talking until there were enough cuts and kills; returns what was said."""
    said: list[str] = []
    kills = reloads = 0
    while line.cuts < CUTS or kills < KILLS:
        await page.evaluate(AGAIN)
        if await page.evaluate(WAITING) < 4:
            said.append(f"mensaje {len(said) + 1}")
            await say(page, said[-1])
        if line.cuts >= (kills + 1) * CUTS / KILLS * 0.95:
            service.kill()
            await service.start()
            kills += 1
        if line.cuts >= (reloads + 1) * CUTS / (RELOADS + 1):
            reloads += 1
            # The page itself is not what is tested here; the cuts go on as soon as it is there.
            line.cutting = False
            await page.reload()
            line.cutting = True
    return said


async def test_200_cuts_and_20_kills_lose_nothing_double_nothing_and_keep_the_order(
    tmp_path: Path, service: Service
) -> None:
    chance = random.Random(20)
    async with line_to(lambda: service.port, chance) as (line, address), browser() as chromium:
        page = await chromium.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(address)
        await say(page, "mensaje 0")
        await page.wait_for_selector("text=1: mensaje 0")
        line.cutting = True
        said = ["mensaje 0", *await asyncio.wait_for(talk(page, line, service), 150)]
        line.cutting = False
        await page.wait_for_function(SETTLED, timeout=20_000, polling=100)
        shown = await page.evaluate(SHOWN)
        assert errors == []
    log = await messages_of(tmp_path)
    assert [text for author, _seq, text in log if author is Author.USER] == said
    answers = [text for author, _seq, text in log if author is Author.BOT]
    assert answers == [f"{number}: {text}" for number, text in enumerate(said, start=1)]
    assert shown == [[seq, text] for _author, seq, text in log]
    assert line.cuts >= CUTS


async def messages_of(folder: Path) -> list[tuple[Author, int, str]]:
    """The whole log of the only conversation, read from the database."""
    from sqlalchemy import text as sql

    from bot.db.engine import Database

    database = Database(database_url(folder))
    async with database.reading() as connection:
        conversation = await connection.scalar(sql("SELECT id FROM conversations"))
    hub = ConversationHub(database, EchoBrain(), sentence=SENTENCES)
    log = await hub.messages(conversation, limit=100_000)
    await database.close()
    return [(message.author, message.seq, message.text) for message in log]
