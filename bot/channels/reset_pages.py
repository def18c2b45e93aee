"""The page behind a reset link: GET looks at the link, POST alone uses it up (OWASP Forgot Password sheet)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.accounts.interfaces import (
    AccountBackendUnavailable,
    AccountService,
    PasswordRejected,
    ResetLinkInvalid,
    ResetPage,
)
from bot.channels.forms import form_fields
from bot.channels.limits import RESETS_BY_ADDRESS, RateLimits, client_address
from bot.channels.pages import Pages
from bot.platforms import PasswordPolicy, Platform, PlatformFacts

log = structlog.get_logger(__name__)

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
TEMPLATE = "restablecer.html"

ORDER = ("upper", "lower", "letter", "digit", "special")
"""Rules that the page can tick while one writes, in the order shown."""


class ResetPages:
    """``/restablecer/{token}``. The token in the path is the secret, so the form needs no other against forgery.

    Args:
        platforms: for each platform's name, sign-in page and password rules.
    """

    def __init__(
        self,
        accounts: AccountService,
        pages: Pages,
        platforms: Mapping[Platform, PlatformFacts],
        limits: RateLimits,
        *,
        behind_proxy: bool = False,
    ) -> None:
        self._accounts, self._pages, self._platforms, self._limits = accounts, pages, platforms, limits
        self._behind_proxy = behind_proxy

    def routes(self) -> list[Route]:
        """The page's routes."""
        return [
            Route("/restablecer/{token}", self.show, methods=["GET"]),
            Route("/restablecer/{token}", self.submit, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form. Mail scanners open links, so this leaves the link as it is."""
        try:
            page = await self._accounts.open_reset(request.path_params["token"])
        except ResetLinkInvalid:
            return self._page("invalid", 410)
        except AccountBackendUnavailable:
            return self._page("unavailable", 503, headers={"Retry-After": "60"})
        return self._form(page)

    async def submit(self, request: Request) -> Response:
        """Sets the password."""
        seconds = await self._limits.wait((RESETS_BY_ADDRESS, client_address(request, behind_proxy=self._behind_proxy)))
        if seconds:
            return self._page("limited", 429, headers={"Retry-After": str(seconds)})
        fields = await form_fields(request)
        token = request.path_params["token"]
        password = fields.get("contrasena", "")
        try:
            if password != fields.get("repetida", ""):
                return self._form(await self._accounts.open_reset(token), ["different"])
            done = await self._accounts.complete_reset(token, password)
        except ResetLinkInvalid:
            return self._page("invalid", 410)
        except PasswordRejected as rejected:
            return await self._again(token, list(rejected.reasons))
        except AccountBackendUnavailable:
            return self._page("unavailable", 503, headers={"Retry-After": "60"})
        log.info("password_set_on_page", platform=done.platform.value)
        return self._page("done", 200, login=done.login, platform=self._platforms[done.platform])

    async def _again(self, token: str, reasons: list[str]) -> Response:
        try:
            return self._form(await self._accounts.open_reset(token), reasons)
        except ResetLinkInvalid:
            return self._page("invalid", 410)

    def _form(self, page: ResetPage, reasons: list[str] | None = None) -> Response:
        platform = self._platforms[page.platform]
        return self._page(
            "form",
            422 if reasons else 200,
            login=page.login,
            platform=platform,
            rules=shown_rules(platform.password),
            reasons=reasons or [],
        )

    def _page(self, state: str, status: int, headers: Mapping[str, str] | None = None, **facts: Any) -> Response:
        facts = {"state": state, "reasons": [], "rules": [], "platform": None, "login": "", **facts}
        return self._pages.render(TEMPLATE, status, {**HEADERS, **(headers or {})}, **facts)


def shown_rules(policy: PasswordPolicy) -> list[tuple[str, int]]:
    """The rules that the page lists, each with its number (0 where it has none)."""
    rules = [("length_min", policy.min_length)]
    rules += [(rule, 0) for rule in ORDER if rule in policy.rules]
    return [*rules, ("contains_login", 0), ("length_max", policy.max_length)]
