"""The console as a real server on the loopback, with agents who are signed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pyotp
from cryptography.fernet import Fernet
from starlette.applications import Starlette

from bot.accounts.sql_store import SqlAccountBackend
from bot.channels.answers import ErrorAnswers
from bot.channels.desk_cases import CaseTools
from bot.channels.desk_pages import DeskPages
from bot.channels.desk_routes import desk_routes
from bot.channels.limits import RateLimits
from bot.channels.pages import Pages
from bot.channels.web import WebChat
from bot.channels.widget import Widget
from bot.desk.account import DeskAccounts
from bot.desk.agent_store import DeskRole
from bot.desk.agents import Agents
from bot.desk.canned import load_starter
from bot.desk.canned_store import CannedStore
from bot.desk.case_files import CaseFiles
from bot.desk.feed import DeskFeed
from bot.desk.guide_steps import GuideSteps
from bot.desk.push import DeskPush, PushKeys
from bot.desk.signals import DeskSignals
from bot.desk.view import DeskViews
from bot.settings import ROOT
from tests.contracts.web_chat.service import SENTENCES
from tests.desk.rig import PLATFORMS, DeskRig
from tests.support.serving import serving
from tests.support.waiting import PATIENCE

PASSWORD = "tortuga-violeta-camina-9"
TITLES = {"recuperar_contrasena": "Recuperar mi contraseña", "eco": "Recuperar mi usuario"}


class NoAccounts:
    """Accounts that no test of the console asks for."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the console asked for {name}")


class Console:
    """A running console and its parts."""

    def __init__(self, rig: DeskRig, accounts: Any = None, guides: Any = None) -> None:
        self.rig = rig
        self.agents = Agents(rig.database, Fernet.generate_key(), rig.parts.hashed, rig.clock)
        self.feed = DeskFeed(rig.parts.cases, poll=0.05)
        self.starter = load_starter(ROOT / "data")
        backend = SqlAccountBackend(rig.database, PLATFORMS, clock=rig.clock)
        self.backend = backend
        keys = PushKeys(b"k" * 48, Fernet.generate_key(), "mailto:mesa@example.org")
        self.push = DeskPush(rig.parts, keys, every=0.05)
        self.tools = CaseTools(
            pages=DeskPages(self.agents, secure=False, push_key=self.push.public_key),
            parts=rig.parts,
            work=rig.work,
            views=DeskViews(rig.parts, TITLES, GuideSteps(guides).title),
            accounts=DeskAccounts(backend, accounts or NoAccounts()),
            guides=GuideSteps(guides),
            canned=CannedStore(rig.database),
            starter=self.starter,
            signals=DeskSignals(rig.parts, self.feed, rig.work),
            push=self.push,
            files=CaseFiles(rig.parts, rig.key),
        )
        self.address = ""

    async def member(self, name: str, *teams: str, role: DeskRole = DeskRole.AGENT) -> httpx.AsyncClient:
        """A signed-in agent's browser without a page."""
        email = f"{name.lower()}@example.org"
        token = await self.agents.invitations.invite(email, role, name=name, teams=teams or ("seace",))
        secret = (await self.agents.invitations.open(token)).secret
        code = pyotp.TOTP(secret)
        await self.agents.invitations.accept(token, PASSWORD, code.at(int(self.rig.clock().timestamp()) - 30))
        half = await self.agents.sign_in(email, PASSWORD)
        session = await self.agents.confirm(half, code.at(int(self.rig.clock().timestamp())))
        client = httpx.AsyncClient(base_url=self.address, cookies={"mesa": session}, timeout=20)
        client.headers["x-csrf"] = (await self.agents.session(session)).csrf
        found = await self.agents.store.by_email(email)
        assert found is not None
        await self.agents.store.seen(found.agent.id, self.rig.clock())
        return client


async def post(client: httpx.AsyncClient, path: str, fields: Mapping[str, str] | None = None) -> httpx.Response:
    """Sends a form as the page would."""
    return await client.post(path, data={"_csrf": client.headers["x-csrf"], **(fields or {})})


@asynccontextmanager
async def console(rig: DeskRig, accounts: Any = None, guides: Any = None) -> AsyncIterator[Console]:
    """Serves the console and the chat for as long as the block lasts."""
    desk = Console(rig, accounts, guides)
    await desk.tools.canned.seed(desk.starter.answers, rig.clock())
    limits = RateLimits(enabled=False)
    pages, widget = Pages(), Widget(ROOT / "data" / "widget")
    routes = [
        *desk_routes(desk.tools, desk.feed, limits),
        *WebChat(rig.hub, limits, signals=desk.tools.signals).routes(),
        pages.chat_route(list(PLATFORMS.values()), widget),
        *widget.routes(),
        *pages.static_routes(),
    ]
    app = Starlette(routes=routes, exception_handlers=ErrorAnswers(SENTENCES).handlers)
    reading = asyncio.gather(desk.feed.run(), desk.tools.signals.run())
    try:
        async with serving(app) as address:
            desk.address = address
            yield desk
            desk.feed.close()
    finally:
        desk.feed.close()
        await asyncio.wait_for(reading, PATIENCE)
        await desk.feed.settle()
