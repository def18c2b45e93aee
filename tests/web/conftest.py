"""The pages on a real server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.demo_pages import DemoSignIn
from bot.channels.limits import RateLimits
from bot.channels.pages import Pages
from bot.channels.reset_pages import ResetPages
from bot.channels.transcripts import TranscriptMail
from bot.channels.widget import Widget, load_words
from bot.conversations.hub import ConversationHub
from bot.db.engine import Database
from bot.platform_files import read_platform
from bot.platforms import Platform
from bot.settings import ROOT
from tests.contracts.web_chat.brains import greeting
from tests.contracts.web_chat.service import SENTENCES, application
from tests.support.database import database_url, new_database
from tests.support.mail import MailRig
from tests.support.serving import serving
from tests.support.smtp import SmtpServer
from tests.web.accounts import Directory, Links
from tests.web.embedding import Site, foreign_site
from tests.web.helpers import PUBLIC_PAYLOADS, PageBrain, browser


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture
def brain() -> PageBrain:
    return PageBrain()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with new_database(database_url(tmp_path)) as database:
        yield database


@pytest.fixture
async def hub(database: Database, brain: PageBrain) -> AsyncIterator[ConversationHub]:
    hub = ConversationHub(
        database, brain, sentence=SENTENCES, greeting=greeting, public_payloads=PUBLIC_PAYLOADS, poll=0.05
    )
    await hub.start()
    yield hub
    await hub.close()


@pytest.fixture
def mail(database: Database, smtp_server: SmtpServer) -> MailRig:
    return MailRig(database, smtp_server.url)


@pytest.fixture
def transcripts(database: Database, hub: ConversationHub, mail: MailRig) -> TranscriptMail:
    return TranscriptMail(database, mail.outbox, hub, load_words(ROOT / "data" / "widget")["es"])


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """The words that are shipped, and a second language beside them."""
    folder = tmp_path / "words"
    shutil.copytree(ROOT / "data" / "widget", folder)
    shutil.copy(Path(__file__).parent / "words" / "en.yml", folder)
    return folder


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with foreign_site() as site:
        yield site


@pytest.fixture
async def address(
    hub: ConversationHub, links: Links, transcripts: TranscriptMail, site: Site, words: Path
) -> AsyncIterator[str]:
    platforms = {platform: read_platform(ROOT / "data", platform) for platform in Platform}
    pages, limits, widget = Pages(), RateLimits(), Widget(words)
    more = (
        pages.chat_route(list(platforms.values()), widget),
        *widget.routes(),
        *pages.static_routes(),
        *ResetPages(links, pages, platforms, limits).routes(),  # type: ignore[arg-type]
        *DemoSignIn(Directory(), pages, platforms, limits).routes(),  # type: ignore[arg-type]
    )
    app = application(hub, origins=(site.origin,), more=more, transcripts=transcripts)
    async with serving(app) as address:
        site.service = address
        yield address


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address) as http:
        yield http


@pytest.fixture
async def chromium() -> AsyncIterator[Any]:
    async with browser() as chromium:
        yield chromium


@pytest.fixture
async def page(chromium: Any, address: str) -> AsyncIterator[Any]:
    """The chat page, opened; at the end it must have raised no error and broken no rule of its policy."""
    context = await chromium.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    await page.goto(address)
    await page.wait_for_selector(".opciones button")
    yield page
    assert errors == []
    await context.close()
