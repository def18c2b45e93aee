"""Where the pictures of messages come from: our own pages, asked inside the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable

import httpx
from starlette.types import ASGIApp

Pictures = Callable[[str], Awaitable["bytes | None"]]
"""A picture's source as the log has it in; its PNG or JPEG out, or None where it cannot be had."""

MAX_BYTES = 10 * 1024 * 1024
"""Bot API, ``sendPhoto``: at most 10 MB."""

REMEMBERED = 500


async def no_pictures(_source: str) -> bytes | None:
    """Pictures are named, not shown."""
    return None


def pictures_of(app: ASGIApp) -> Pictures:
    """The pictures of the service itself. A drawing's ``.svg`` has a ``.png`` beside it, which is what Telegram takes.

    Args:
        app: the service's application.
    """

    async def fetch(source: str) -> bytes | None:
        if not source.startswith("/") or source.startswith("//"):
            return None
        path, question, query = source.partition("?")
        path = f"{path[:-4]}.png" if path.endswith(".svg") else path
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get(f"{path}{question}{query}")
        kind = answer.headers.get("content-type", "").partition(";")[0]
        fits = answer.status_code == 200 and kind in ("image/png", "image/jpeg")
        return answer.content if fits and len(answer.content) <= MAX_BYTES else None

    return fetch


class SentPictures:
    """The names under which Telegram keeps pictures that were sent before, so that none is sent twice."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, str] = OrderedDict()

    def get(self, source: str) -> str:
        """Telegram's ``file_id``, or empty."""
        return self._names.get(source, "")

    def keep(self, source: str, file_id: str) -> None:
        """Remembers a name."""
        self._names[source] = file_id
        self._names.move_to_end(source)
        if len(self._names) > REMEMBERED:
            self._names.popitem(last=False)

    def forget(self, source: str) -> None:
        """Telegram does not know the name any more."""
        self._names.pop(source, None)
