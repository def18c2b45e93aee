"""The log of a conversation as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.conversations.interfaces import Hub, Message
from bot.desk.interfaces import Signals

PING_SECONDS = 15
RETRY_MILLISECONDS = 1_000
SEND_TIMEOUT = 30
"""Seconds after which a client that reads nothing is let go; it resumes where it stopped."""


def event_stream(
    hub: Hub, conversation: str, after: int, headers: dict[str, str], signals: Signals | None = None
) -> EventSourceResponse:
    """Everything behind ``after``, then everything new, until the client or the service ends it.

    Each event's id is the message's sequence number, which a client sends back as ``Last-Event-ID``
    (WHATWG HTML, section 9.2.4). An event named ``typing``, without an id, says that an agent is writing.
    """
    sources = [_messages(hub, conversation, after)]
    if signals:
        sources.append(_typing(signals, conversation))
    return EventSourceResponse(
        _events(sources),
        headers={**headers, "Cache-Control": "no-store"},
        ping=PING_SECONDS,
        ping_message_factory=lambda: ServerSentEvent(comment="ping", sep="\n"),
        send_timeout=SEND_TIMEOUT,
        sep="\n",
    )


async def _events(sources: list[AsyncIterator[bytes]]) -> AsyncGenerator[bytes, None]:
    # Sent at once, so that the client knows that it is connected before there is anything to read.
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    async with aclosing(merged(sources)) as events:
        async for event in events:
            yield event


async def _messages(hub: Hub, conversation: str, after: int) -> AsyncIterator[bytes]:
    log = cast(AsyncGenerator[Message, None], hub.follow(conversation, after))
    async with aclosing(log):
        async for message in log:
            data = json.dumps(message.as_event(), ensure_ascii=False, separators=(",", ":"))
            yield f"id: {message.seq}\ndata: {data}\n\n".encode()


async def _typing(signals: Signals, conversation: str) -> AsyncIterator[bytes]:
    async with aclosing(cast(AsyncGenerator[str, None], signals.follow(conversation))) as writing:
        async for _where in writing:
            yield b"event: typing\ndata: {}\n\n"


async def merged(sources: list[AsyncIterator[bytes]]) -> AsyncGenerator[bytes, None]:
    """Everything that the sources give, as it comes; ends with the first that ends."""
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1_000)

    async def drain(source: AsyncIterator[bytes]) -> None:
        try:
            async for each in source:
                await queue.put(each)
        except Exception:
            await queue.put(None)
            raise
        await queue.put(None)

    tasks = [asyncio.create_task(drain(source)) for source in sources]
    try:
        while (each := await queue.get()) is not None:
            yield each
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
