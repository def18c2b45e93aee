"""The console's event stream: what happens in one's teams, and the messages of the case in front."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, cast

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from bot.channels.answers import Refused
from bot.channels.desk_pages import HEADERS, DeskPages, Visit
from bot.channels.events import PING_SECONDS, SEND_TIMEOUT, merged
from bot.conversations.interfaces import Author, Message
from bot.desk.agent_store import Agent, AgentStore
from bot.desk.feed import DeskEvent, DeskFeed
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.desk.signals import RECEIVED
from bot.desk.view import DeskViews
from bot.desk.work import DeskWork

SIGN_OF_LIFE = 15.0
RETRY = b"retry: 1000\n\n"


class DeskEvents:
    """``/mesa/eventos?desde=EVENT&caso=ID&seq=N``: the id of each event is ``event.seq``, a place in both logs."""

    def __init__(self, pages: DeskPages, parts: DeskParts, feed: DeskFeed, work: DeskWork, views: DeskViews) -> None:
        self._pages, self._parts, self._feed, self._work, self._views = pages, parts, feed, work, views
        self._agents = AgentStore(parts.database)

    async def stream(self, visit: Visit) -> Response:
        """The stream of one console."""
        query = visit.request.query_params
        resumed = visit.request.headers.get("last-event-id", "").partition(".")
        after = _number(resumed[0] or query.get("desde", ""))
        seq = _number(resumed[2] or query.get("seq", ""))
        chosen = _number(query.get("caso", ""))
        case = await self._work.case(visit.agent, chosen) if chosen else None
        return EventSourceResponse(
            self._events(visit.agent, case, after, seq),
            headers=HEADERS,
            ping=PING_SECONDS,
            ping_message_factory=lambda: ServerSentEvent(comment="ping", sep="\n"),
            send_timeout=SEND_TIMEOUT,
            sep="\n",
        )

    async def _events(self, agent: Agent, case: Case | None, after: int, seq: int) -> AsyncGenerator[bytes, None]:
        await self._agents.seen(agent.id, self._parts.clock())
        if case:
            await self._looks(case, agent, "looking")
        yield RETRY
        place = [after, seq]
        sources: list[AsyncIterator[bytes]] = [self._desk(agent, case, place)]
        if case:
            sources.append(self._said(case, place))
        alive = asyncio.create_task(self._stay(agent))
        try:
            async with aclosing(merged(sources)) as events:
                async for each in events:
                    yield each
        finally:
            alive.cancel()
            if case:
                self._feed.later(self._looks(case, agent, "looked"))

    async def _desk(self, agent: Agent, case: Case | None, place: list[int]) -> AsyncIterator[bytes]:
        async with aclosing(cast(AsyncGenerator[DeskEvent, None], self._feed.follow(place[0]))) as events:
            async for event in events:
                place[0] = max(place[0], event.id)
                if event.team not in agent.sees and event.agent != agent.id:
                    continue
                mine = case is not None and event.case == case.id
                content = {"kind": event.kind, "case": event.case, "here": mine, "me": event.agent == agent.id}
                if event.kind == RECEIVED:
                    content["seq"] = int(event.detail)
                yield _event("mesa", content, place)

    async def _said(self, case: Case, place: list[int]) -> AsyncIterator[bytes]:
        calendar = await self._parts.calendars.calendar(case.team)
        log = cast(AsyncGenerator[Message, None], self._parts.hub.follow(case.conversation, place[1]))
        async with aclosing(log):
            async for message in log:
                place[1] = message.seq
                # Files come with a line of the system's own.
                told = message.author is Author.SYSTEM
                files = await self._parts.hub.files(case.conversation) if told else ()
                line = self._views.line(message, calendar.local(message.at), case, files)
                html = self._pages.html("_mensaje.html", line=line, number=case.id)
                content = {"seq": message.seq, "html": html, "person": message.author is Author.USER}
                yield _event("mensaje", content, place)

    async def _looks(self, case: Case, agent: Agent, kind: str) -> None:
        async with self._parts.database.transaction() as transaction:
            await self._parts.cases.event(transaction, self._parts.clock(), case, kind, agent=agent.id)

    async def _stay(self, agent: Agent) -> None:
        while True:
            await asyncio.sleep(SIGN_OF_LIFE)
            await self._agents.seen(agent.id, self._parts.clock())


def _event(name: str, content: dict[str, Any], place: list[int]) -> bytes:
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"id: {place[0]}.{place[1]}\nevent: {name}\ndata: {data}\n\n".encode()


def _number(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Refused(422, "bad_request")
    return min(int(text), 2**31 - 1)
