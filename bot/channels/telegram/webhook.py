"""The address that Telegram sends updates to."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.intake import NotAnUpdate

log = structlog.get_logger(__name__)

PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 1024 * 1024
"""Bytes; the longest messages have some kilobytes."""

Add = Callable[[dict[str, Any]], Awaitable[bool]]


def secret_of(token: str) -> str:
    """What Telegram shows with every update: made of the bot's token, so that all replicas know it and none stores it.

    Bot API, ``setWebhook``: 1–256 of ``A-Z a-z 0-9 _ -``.
    """
    return hmac.new(token.encode(), b"ventanilla telegram webhook", hashlib.sha256).hexdigest()


def webhook_route(secret: str, add: Add) -> Route:
    """The route. It answers as soon as the update is written down; who does not know the secret learns nothing.

    Args:
        add: keeps an update.
    """

    async def receive(request: Request) -> Response:
        shown = request.headers.get(HEADER, "")
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), secret.encode()):
            log.warning("telegram_webhook_forged")
            return Response(status_code=401)
        try:
            await add(_parsed(await _body(request)))
        except NotAnUpdate:
            # Telegram would only send it again.
            log.error("telegram_webhook_not_an_update")
            return Response(status_code=400)
        except Exception as error:
            # Telegram sends it again until it was taken.
            log.error("telegram_webhook_trouble", error=type(error).__name__)
            return Response(status_code=503, headers={"Retry-After": "1"})
        return Response(status_code=200)

    return Route(PATH, receive, methods=["POST"])


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise NotAnUpdate("too long")
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnUpdate("json") from error
    if not isinstance(content, dict):
        raise NotAnUpdate("json")
    return content
