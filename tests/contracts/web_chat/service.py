"""The web chat as a real server on the loopback, with a small brain behind it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.channels.answers import ErrorAnswers
from bot.channels.health import Check, health_routes
from bot.channels.limits import RateLimits
from bot.channels.transcripts import TranscriptMail
from bot.channels.web import WebChat, cors
from bot.conversations.hub import ConversationHub
from bot.conversations.sentences import load_sentences
from bot.settings import ROOT
from tests.support.waiting import PATIENCE

SENTENCES = load_sentences(ROOT / "data" / "responses" / "errores_web.yml")


def application(
    hub: ConversationHub,
    *,
    limits: bool = False,
    behind_proxy: bool = False,
    origins: tuple[str, ...] = (),
    checks: Mapping[str, Check] | None = None,
    more: tuple[BaseRoute, ...] = (),
    transcripts: TranscriptMail | None = None,
) -> Starlette:
    """The application as the composition root makes it."""
    chat = WebChat(
        hub, RateLimits(enabled=limits), behind_proxy=behind_proxy, allowed_origins=origins, transcripts=transcripts
    )
    routes = [*chat.routes(), *health_routes(checks or {}, hub.metrics.registry), *more]
    return Starlette(routes=routes, middleware=cors(origins), exception_handlers=ErrorAnswers(SENTENCES).handlers)


class Client:
    """A person's browser without a page."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.conversation = ""
        self.headers: dict[str, str] = {}

    async def open(self) -> Client:
        """Begins a conversation."""
        answer = await self.http.post("/chat/api/conversations")
        assert answer.status_code == 201, answer.text
        self.conversation = answer.json()["conversation"]
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        return self

    async def post(self, **content: Any) -> httpx.Response:
        """Sends one message, as it is."""
        return await self.http.post("/chat/api/messages", json=content, headers=self.headers)

    async def say(self, text: str) -> int:
        """Sends a text and returns its number."""
        answer = await self.post(id=str(uuid.uuid4()), text=text)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["seq"])

    async def history(self, after: int = 0) -> list[dict[str, Any]]:
        """The log."""
        answer = await self.http.get(f"/chat/api/messages?after={after}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    @asynccontextmanager
    async def events(self, after: int = 0, **headers: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The event stream, parsed."""
        stream = self.http.stream(
            "GET", f"/chat/api/events?after={after}", headers={**self.headers, **headers}, timeout=20
        )
        async with stream as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _parsed(answer)

    async def read_until(self, count: int, after: int = 0, seconds: float = PATIENCE) -> list[dict[str, Any]]:
        """Reads the stream until the message with number ``count`` has come."""
        seen: list[dict[str, Any]] = []

        async def read() -> None:
            async with self.events(after) as events:
                async for event in events:
                    seen.append(event)
                    if event["seq"] >= count:
                        return

        await asyncio.wait_for(read(), seconds)
        return seen


async def _parsed(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    identity = ""
    async for line in answer.aiter_lines():
        if line.startswith("id: "):
            identity = line[4:]
        elif line.startswith("data: "):
            event = json.loads(line[6:])
            assert str(event["seq"]) == identity
            yield event


@asynccontextmanager
async def client(address: str) -> AsyncIterator[Client]:
    """A client with a conversation of its own."""
    async with httpx.AsyncClient(base_url=address) as http:
        yield await Client(http).open()
