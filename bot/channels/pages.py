"""Pages that people see: headers, templates, static files and the chat page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.platforms import PlatformFacts

WEB = Path(__file__).resolve().parent.parent / "web"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

LANGUAGE = "es"
IDLE_MINUTES = 15
"""After which a conversation that nobody uses is taken off the screen: the computer may be a shared one."""

FOLDERS = ("shared", "pages")
"""Folders of ``bot/web`` whose files anybody may read."""


class ChatFiles(Protocol):
    """What the page needs to know of the chat's files; :class:`bot.channels.widget.Widget` has it."""

    @property
    def version(self) -> str:
        """Part of their addresses."""

    @property
    def modules(self) -> Sequence[str]:
        """The scripts that the page imports."""

    @property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """The chat's words, by language."""


class Pages:
    """Renders the templates of ``bot/web/templates``."""

    def __init__(self, folder: Path = WEB) -> None:
        self._folder = folder
        self._templates = Environment(
            loader=FileSystemLoader(folder / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def render(self, name: str, status: int = 200, headers: Mapping[str, str] | None = None, **facts: Any) -> Response:
        """A page. ``headers`` come on top of the ones that every page has."""
        content = self._templates.get_template(name).render(facts)
        return HTMLResponse(content, status, {**PAGE_HEADERS, "Cache-Control": "no-cache", **(headers or {})})

    def static_routes(self) -> list[BaseRoute]:
        """Styles, scripts and pictures below ``/web/``."""
        return [Mount(f"/web/{name}", _StaticFiles(directory=self._folder / name)) for name in FOLDERS]

    def chat_route(self, platforms: Sequence[PlatformFacts], widget: ChatFiles) -> Route:
        """The chat page at ``/``, with the institutions' own channels for whoever needs them.

        ``/?plataforma=seace`` begins with that platform.
        """
        known = {facts.platform.value for facts in platforms}
        facts: dict[str, Any] = {
            "platforms": platforms,
            "version": widget.version,
            "modules": widget.modules,
            "words": widget.words[LANGUAGE],
            "idle": IDLE_MINUTES,
        }

        async def chat(request: Request) -> Response:
            asked = request.query_params.get("plataforma", "")
            return self.render("chat.html", platform=asked if asked in known else "", **facts)

        return Route("/", chat)


class _StaticFiles(StaticFiles):
    """Files that a browser asks about each time (they have an ETag), so that a new version is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
