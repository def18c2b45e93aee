"""A sign-in page for demonstrations: tells whether a password works. Answers on the loopback only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.accounts.interfaces import AccountBackend, AccountBackendUnavailable, AccountQuery
from bot.channels.forms import form_fields
from bot.channels.limits import SIGN_INS_BY_ADDRESS, RateLimits, is_loopback
from bot.channels.pages import Pages
from bot.platforms import Platform, PlatformFacts

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


class DemoSignIn:
    """``/demo/ingreso``: mounted with ``--demo`` only."""

    def __init__(
        self,
        accounts: AccountBackend,
        pages: Pages,
        platforms: Mapping[Platform, PlatformFacts],
        limits: RateLimits,
    ) -> None:
        self._accounts, self._pages, self._platforms, self._limits = accounts, pages, platforms, limits

    def routes(self) -> list[Route]:
        """The page's routes."""
        return [
            Route("/demo/ingreso", self.show, methods=["GET"]),
            Route("/demo/ingreso", self.submit, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form."""
        _only_loopback(request)
        chosen = request.query_params.get("plataforma", "")
        return self._page("", platform=chosen, login=request.query_params.get("usuario", ""))

    async def submit(self, request: Request) -> Response:
        """Tries the password and says what came of it."""
        _only_loopback(request)
        seconds = await self._limits.wait((SIGN_INS_BY_ADDRESS, "loopback"))
        if seconds:
            return self._page("limited", 429, headers={"Retry-After": str(seconds)})
        fields = await form_fields(request)
        login, chosen = fields.get("usuario", "").strip(), fields.get("plataforma", "")
        try:
            result = await self._try(Platform(chosen), login, fields.get("contrasena", ""))
        except ValueError:
            return self._page("no_platform", 422, login=login)
        except AccountBackendUnavailable:
            result = "unavailable"
        status = {"in": 200, "must_change": 200, "unavailable": 503}.get(result, 401)
        return self._page(result, status, platform=chosen, login=login)

    async def _try(self, platform: Platform, login: str, password: str) -> str:
        if not login or not await self._accounts.verify_password(platform, login, password):
            return "wrong"
        by_code = AccountQuery(platform, user_code=login)
        by_name = AccountQuery(platform, username=login)
        found = [*await self._accounts.find(by_code), *await self._accounts.find(by_name)]
        return "must_change" if any(account.must_change_password for account in found) else "in"

    def _page(self, result: str, status: int = 200, headers: Mapping[str, str] | None = None, **facts: Any) -> Response:
        facts = {"platform": "", "login": "", **facts, "result": result, "platforms": self._platforms.values()}
        return self._pages.render("ingreso_demo.html", status, {**HEADERS, **(headers or {})}, **facts)


def _only_loopback(request: Request) -> None:
    if not is_loopback(request):
        raise HTTPException(404)
