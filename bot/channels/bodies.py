"""What comes in with a request: bodies, kept within a limit, and what may stand in them."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import ClientDisconnect, Request

from bot.channels.answers import Refused

MAX_BODY = 16 * 1024
"""Bytes of a request's body."""

DRAINED = 1024 * 1024
"""Bytes that are read and thrown away of a body that is too long, so that the sender gets to read the answer."""

MAX_SEQ = 2**31 - 1


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body, kept no further than the limit.

    Raises:
        Refused: 413, it is longer; 400, it never came whole (nobody is there any more to read this).
    """
    body, length = bytearray(), 0
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length <= limit:
                body += chunk
            elif length > DRAINED:
                break
    except ClientDisconnect as left:
        raise Refused(400, "bad_request") from left
    if length > limit:
        # What may be left unread makes the connection useless for another request.
        raise Refused(413, "body_too_large", {"Connection": "close"})
    return bytes(body)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body.

    Raises:
        Refused: 422, it is none.
    """
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(422, "bad_json") from error
    if not isinstance(content, dict):
        raise Refused(422, "bad_json")
    return content


def parse_seq(value: str | None) -> int:
    """A sequence number in a query or header; 0 where there is none.

    Raises:
        Refused: 422, it is no sequence number.
    """
    if not value:
        return 0
    if not (value.isascii() and value.isdigit() and len(value) <= 10 and int(value) <= MAX_SEQ):
        raise Refused(422, "bad_request")
    return int(value)
