"""Alerts by Web Push at the console: which browser wants them, whether the page is in sight, and the service worker."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.answers import Refused
from bot.channels.desk_pages import COOKIE, HEADERS, DeskPages, Visit, required
from bot.channels.pages import WEB
from bot.desk.push import LONGEST_ENDPOINT, DeskPush, SubscriptionRefused
from bot.desk.sign_in import hash_token

WORKER_HEADERS = {
    # The worker shows what it is handed and loads nothing.
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class DeskAlerts:
    """What the script of the pages asks for."""

    def __init__(self, pages: DeskPages, push: DeskPush) -> None:
        self._pages, self._push = pages, push

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            self._pages.post("/mesa/avisos", self.change),
            self._pages.post("/mesa/a-la-vista", self.in_sight),
            # Browsers look for a newer one when nobody is signed in, too; it holds no data.
            Route("/mesa/avisador.js", self.worker, methods=["GET"]),
        ]

    async def change(self, visit: Visit) -> Response:
        """Keeps this browser, or forgets it."""
        endpoint = required(visit.fields, "direccion", LONGEST_ENDPOINT)
        if visit.fields.get("quitar"):
            await self._push.unsubscribe(_session(visit), endpoint)
            return Response(status_code=204, headers=HEADERS)
        p256dh, auth = required(visit.fields, "p256dh", 100), required(visit.fields, "auth", 50)
        try:
            await self._push.subscribe(_session(visit), endpoint, p256dh, auth)
        except SubscriptionRefused as refused:
            raise Refused(422, "bad_request") from refused
        return Response(status_code=204, headers=HEADERS)

    async def in_sight(self, visit: Visit) -> Response:
        """Whether the page is in front."""
        await self._push.in_sight(_session(visit), visit.fields.get("si") == "1")
        return Response(status_code=204, headers=HEADERS)

    async def worker(self, _request: Request) -> Response:
        """The service worker, of the console's own origin and for its paths alone."""
        file = WEB / "desk" / "static" / "avisador.js"
        return FileResponse(file, headers=WORKER_HEADERS, media_type="text/javascript")


def _session(visit: Visit) -> str:
    return hash_token(visit.request.cookies.get(COOKIE, ""))
