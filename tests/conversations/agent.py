"""An agent at the console, over real HTTP: invited, signed in with both factors, there while the block lasts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pyotp

from bot.desk.agent_store import DeskRole
from tests.support.product import Product

PASSWORD = "tortuga-violeta-camina-9"
_TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')


class AgentBrowser:
    """Fetches pages and sends their forms."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def page(self, path: str) -> str:
        """A page's text."""
        answer = await self.http.get(path, follow_redirects=True)
        answer.raise_for_status()
        return answer.text

    async def submit(self, path: str, /, **fields: str) -> httpx.Response:
        """Sends a form with the token that pages carry."""
        found = _TOKEN.search(await self.page("/mesa"))
        assert found, "no form carries a token"
        answer = await self.http.post(path, data={"_csrf": found[1], **fields})
        assert answer.status_code < 400, answer.text
        return answer


@asynccontextmanager
async def at_the_desk(
    product: Product, name: str = "Rosa", role: DeskRole = DeskRole.AGENT
) -> AsyncIterator[AgentBrowser]:
    """Invites somebody, signs them in as a browser does, and keeps their console open."""
    async with httpx.AsyncClient(base_url=product.url, timeout=20) as http:
        email = f"{name.lower()}@example.org"
        link = await product.desk.add_agent(email, role, name=name)
        path = link.removeprefix(product.url)
        code = pyotp.TOTP((await product.desk.agents.invitations.open(path.rpartition("/")[2])).secret)

        def now(step: int = 0) -> str:
            return code.at(int(product.clock().timestamp()) + step * code.interval)

        fields = {"contrasena": PASSWORD, "repetida": PASSWORD, "codigo": now(-1)}
        assert (await http.post(path, data=fields)).headers["location"] == "/mesa"
        assert (await http.get("/mesa")).status_code == 200
        http.cookies.clear()
        assert (await http.post("/mesa/entrar", data={"correo": email, "contrasena": PASSWORD})).status_code == 303
        token = _TOKEN.search((await http.get("/mesa/codigo")).text)
        assert token
        assert (await http.post("/mesa/codigo", data={"_csrf": token[1], "codigo": now()})).headers[
            "location"
        ] == "/mesa"
        there = asyncio.Event()
        stream = asyncio.create_task(_stay(http, there))
        await asyncio.wait_for(there.wait(), 20)
        try:
            yield AgentBrowser(http)
        finally:
            stream.cancel()
            await asyncio.gather(stream, return_exceptions=True)


async def _stay(http: httpx.AsyncClient, there: asyncio.Event) -> None:
    async with http.stream("GET", "/mesa/eventos", timeout=None) as events:
        async for _line in events.aiter_lines():
            there.set()
