"""Public pages of the guides: the list with its search, each guide whole and printable, and the drawings."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.pages import PAGE_HEADERS, WEB
from bot.channels.styles import guides_style
from bot.guides.draw.layout import layout
from bot.guides.draw.svg import style_hash
from bot.guides.interfaces import FactAnswer, GuideUnknown
from bot.guides.model import Guide, Library, Manual, Step
from bot.guides.service import ROOT, LibraryGuides
from bot.platforms import Platform

FOLDER = WEB / "guides"

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
# A drawing that is opened by itself may use its own style sheet, which is always the same, and nothing else.
_PICTURE_POLICY = f"default-src 'none'; style-src {style_hash()}; sandbox"
_QUERY_LIMIT = 200
_LINKS = re.compile(r'<link [^>]*href="/[^>]*>\s*')


class GuidePages:
    """Renders guides as HTML, for the site and, with everything inside, as a file."""

    def __init__(self, guides: LibraryGuides, folder: Path = FOLDER) -> None:
        self._guides = guides
        self._folder = folder
        self._environment = Environment(
            loader=FileSystemLoader([folder / "templates", WEB / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            platform_name=lambda platform: self._library.platforms[platform].name,
            picture=lambda guide, step: f"{ROOT}/{guide.id}/{step.id}.svg",
            alt=lambda guide, step: self._guides.alt(guide.id, step.id),
            picture_width=lambda step: round(layout(step.drawing).width),
            picture_height=lambda step: round(layout(step.drawing).height),
            sentence=lambda text: (
                text[:1].upper() + text[1:] if text[:1].isalpha() else text[:1] + text[1:2].upper() + text[2:]
            ),
        )

    @property
    def _library(self) -> Library:
        return self._guides.library

    def index(self, query: str) -> str:
        """The list of all guides, with what a search found above it."""
        groups = [(name, self._guides.all(platform)) for platform, name in self._library.platforms.items()]
        return self._render(
            "guias.html",
            groups=[(name, guides) for name, guides in groups if guides],
            query=query,
            answers=self._answers(query) if query else [],
            places=self._guides.search(query, limit=8) if query else [],
        )

    def guide(self, guide: Guide, *, printing: bool = False, **more: Any) -> str:
        """One guide with all its steps."""
        return self._render(
            "guia.html",
            guide=guide,
            platform=self._library.platforms[guide.platform],
            related=[self._library.guides[other] for other in guide.related if other in self._library.guides],
            manuals=self._manuals(guide),
            printing=printing,
            **{"alone": False, "styles": "", **more},
        )

    def missing(self) -> str:
        """The page for a guide that does not exist."""
        return self._render("guia_no_existe.html")

    def _render(self, name: str, **facts: Any) -> str:
        return self._environment.get_template(name).render(root=ROOT, **facts)

    def _answers(self, query: str) -> list[FactAnswer]:
        platforms = self._guides.platforms_that_answer(query)
        answers = (self._guides.answer(query, platform) for platform in platforms)
        return [answer for answer in answers if answer]

    def _manuals(self, guide: Guide) -> list[Manual]:
        titles = {source.manual for source in guide.sources}
        return [manual for manual in self._library.manuals.values() if manual.title in titles]


def guide_routes(guides: LibraryGuides) -> list[BaseRoute]:
    """``/guias``, ``/guias/{platform}/{guide}`` and its drawings ``/{step}.svg`` and ``.png``."""
    pages = GuidePages(guides)
    style = guides_style().encode()

    async def index(request: Request) -> Response:
        query = " ".join(request.query_params.get("buscar", "").split())[:_QUERY_LIMIT]
        return _page(pages.index(query))

    async def guide(request: Request) -> Response:
        try:
            found = guides.get("{platform}/{guide}".format(**request.path_params))
        except GuideUnknown:
            return _page(pages.missing(), 404)
        return _page(pages.guide(found, printing="imprimir" in request.query_params))

    async def svg(request: Request) -> Response:
        return await _picture(request, "image/svg+xml", lambda *ids: guides.svg(*ids).encode())

    async def png(request: Request) -> Response:
        return await _picture(request, "image/png", guides.png)

    async def stylesheet(request: Request) -> Response:
        return _cached(request, style, "text/css; charset=utf-8")

    step = f"{ROOT}/{{platform}}/{{guide}}/{{step}}"
    return [
        Route(ROOT, index),
        Route(f"{ROOT}/estilo.css", stylesheet),
        Route(f"{ROOT}/{{platform}}/{{guide}}", guide),
        Route(f"{step}.svg", svg),
        Route(f"{step}.png", png),
    ]


def _page(content: str, status: int = 200) -> Response:
    headers = {**PAGE_HEADERS, "Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(content, status, headers)


async def _picture(request: Request, kind: str, draw: Callable[[str, str], bytes]) -> Response:
    ids = ("{platform}/{guide}".format(**request.path_params), request.path_params["step"])
    try:
        content = await asyncio.to_thread(draw, *ids)
    except GuideUnknown:
        return Response(status_code=404)
    return _cached(request, content, kind, {"Content-Security-Policy": _PICTURE_POLICY})


def _cached(request: Request, content: bytes, kind: str, more: dict[str, str] | None = None) -> Response:
    """Content with an ETag; a browser that has it already gets 304."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff", **(more or {})}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)


# ---------------------------------------------------------------------------------------------
# For the command line.


def preview(guides: LibraryGuides, guide_id: str) -> str:
    """One guide as a single HTML file that needs no server: styles and drawings are inside.

    Raises:
        GuideUnknown: there is no such guide.
    """
    found = guides.get(guide_id)
    pages = GuidePages(guides)
    base = (WEB / "shared" / "base.css").read_text(encoding="utf-8")
    styles = base + guides_style()
    # The links to the site's style sheet and icon lead nowhere from a file.
    html = _LINKS.sub("", pages.guide(found, alone=True, styles=styles))
    for step in found.steps:
        if step.drawing:
            html = html.replace(_address(found, step), _inline(guides.svg(found.id, step.id)))
    return html


def listing(guides: LibraryGuides, platform: Platform | None = None) -> list[tuple[str, str, int, int]]:
    """Id, title, number of steps and number of facts of every guide."""
    return [(guide.id, guide.title, len(guide.steps), len(guide.facts)) for guide in guides.all(platform)]


def _address(guide: Guide, step: Step) -> str:
    return f"{ROOT}/{guide.id}/{step.id}.svg"


def _inline(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")
