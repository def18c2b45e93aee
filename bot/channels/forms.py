"""Fields of a submitted form."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.channels.answers import Refused
from bot.channels.bodies import MAX_BODY, read_body

MAX_FIELDS = 20


async def form_fields(request: Request, limit: int = MAX_BODY) -> dict[str, str]:
    """A form sent as ``application/x-www-form-urlencoded``: the last value of each field, empty ones too.

    Args:
        limit: the longest body that is taken.

    Raises:
        Refused: 413, it is too long; 422, it is no form.
    """
    body = await read_body(request, limit)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Refused(422, "bad_request") from error
    return dict(pairs)
