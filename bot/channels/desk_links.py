"""``/caso/{token}``: the link of a mail reopens the conversation at its place."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.desk_pages import DeskPages, same_origin
from bot.channels.limits import RESETS_BY_ADDRESS, RateLimits
from bot.desk.model import case_number
from bot.desk.parts import DeskParts


class DeskLinks:
    """GET only looks, because mail scanners open links too; POST opens the conversation."""

    def __init__(self, pages: DeskPages, parts: DeskParts, limits: RateLimits) -> None:
        self._pages, self._parts, self._limits = pages, parts, limits

    def routes(self) -> list[Route]:
        """The routes."""
        path = "/caso/{token}"
        return [Route(path, self.show, methods=["GET"]), Route(path, self.open, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Asks before it opens anything."""
        return await self._answer(request, opens=False)

    async def open(self, request: Request) -> Response:
        """Hands the conversation over to the chat page."""
        return await self._answer(request, opens=same_origin(request))

    async def _answer(self, request: Request, *, opens: bool) -> Response:
        limited = await self._limits.wait((RESETS_BY_ADDRESS, self._pages.address(request)))
        found = None
        if not limited:
            found = await self._parts.links.follow_link(request.path_params["token"], self._parts.clock())
        if found is None:
            status = 429 if limited else 404
            return self._pages.render("volver.html", status, gone=True, token="", number="", seq=0)
        case, conversation, seq = found
        token = await self._parts.hub.grant(conversation) if opens else ""
        return self._pages.render("volver.html", gone=False, token=token, number=case_number(case), seq=seq)
