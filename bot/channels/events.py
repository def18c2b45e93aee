"""The log of a conversation as server-sent events."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.conversations.interfaces import Hub, Message

PING_SECONDS = 15
RETRY_MILLISECONDS = 1_000
SEND_TIMEOUT = 30
"""Seconds after which a client that reads nothing is let go; it resumes where it stopped."""


def event_stream(hub: Hub, conversation: str, after: int, headers: dict[str, str]) -> EventSourceResponse:
    """Everything behind ``after``, then everything new, until the client or the service ends it.

    Each event's id is the message's sequence number, which a client sends back as ``Last-Event-ID``
    (WHATWG HTML, section 9.2.4).
    """
    return EventSourceResponse(
        _events(hub, conversation, after),
        headers={**headers, "Cache-Control": "no-store"},
        ping=PING_SECONDS,
        ping_message_factory=lambda: ServerSentEvent(comment="ping", sep="\n"),
        send_timeout=SEND_TIMEOUT,
        sep="\n",
    )


async def _events(hub: Hub, conversation: str, after: int) -> AsyncGenerator[bytes, None]:
    # Sent at once, so that the client knows that it is connected before there is anything to read.
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    log = cast(AsyncGenerator[Message, None], hub.follow(conversation, after))
    async with aclosing(log):
        async for message in log:
            data = json.dumps(message.as_event(), ensure_ascii=False, separators=(",", ":"))
            yield f"id: {message.seq}\ndata: {data}\n\n".encode()
