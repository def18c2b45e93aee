"""Somebody else's site: a page with a policy as strict as can be, on another origin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.support.serving import serving

PAGE = """<!doctype html>
<html lang="es"><head><meta charset="utf-8"><title>Una entidad</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Una entidad</h1><p>Un texto de la página.</p>
<form><label>Buscar <input id="campo"></label></form></main>
<script src="{service}/widget.js" {attributes}></script>
</body></html>"""

# What docs/widget.md says that a page has to allow, and nothing else.
POLICY = (
    "default-src 'none'; script-src {service}; connect-src {service}; img-src {service}; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class Site:
    """The page; what it embeds and with which attributes is told before it is opened."""

    def __init__(self) -> None:
        self.origin = ""
        self.service = ""
        self.attributes = ""
        # Many sites set another size for the root, so that 1rem is 10 pixels.
        self.style = ""

    async def page(self, _request: Request) -> Response:
        """Any of its pages."""
        content = PAGE.format(service=self.service, attributes=self.attributes)
        policy = POLICY.format(service=self.service)
        if self.style:
            content = content.replace("</head>", '<link rel="stylesheet" href="/estilo.css"></head>')
            policy = policy.replace("img-src", "style-src 'self'; img-src")
        return HTMLResponse(content, headers={"Content-Security-Policy": policy})

    async def styles(self, _request: Request) -> Response:
        """Its style."""
        return Response(self.style, media_type="text/css")


@asynccontextmanager
async def foreign_site() -> AsyncIterator[Site]:
    """Serves it for as long as the block lasts."""
    site = Site()
    routes = [Route("/estilo.css", site.styles), Route("/{path:path}", site.page)]
    async with serving(Starlette(routes=routes)) as address:
        site.origin = address
        yield site
