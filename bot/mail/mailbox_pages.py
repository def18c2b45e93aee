"""The pages of the demonstration's mailbox, for whoever sits at this machine and for nobody else."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.mail.mailbox import Mailbox, MailboxMessage

HERE = Path(__file__).resolve().parent
VIEWS = ("mensaje", "texto", "cabeceras")
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    # No scripts ever. With the page's origin it can be measured, so that the frame becomes as high as the mail.
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
LINK = re.compile(r"https?://[^\s<>\"')]+")


class LoopbackOnly:
    """Answers 403 to clients elsewhere, and to pages elsewhere whose name was made to point here (DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through or refuses it."""
        if scope["type"] == "http" and not _is_from_here(Request(scope)):
            await PlainTextResponse("403\n", status_code=403, headers=HEADERS)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def mailbox_routes(mailbox: Mailbox) -> list[BaseRoute]:
    """The routes below ``/correo``; they guard themselves."""
    pages = _Pages(mailbox)
    guard = [Middleware(LoopbackOnly)]

    def route(path: str, endpoint: Callable[..., object], method: str = "GET") -> Route:
        return Route(path, endpoint, methods=[method], middleware=guard)

    return [
        route("/correo", pages.list),
        route("/correo/lista", pages.fragment),
        route("/correo/borrar", pages.clear, "POST"),
        route("/correo/api/messages", pages.api),
        route("/correo/{id:int}", pages.one),
        route("/correo/{id:int}/html", pages.html),
        Mount("/correo/static", StaticFiles(directory=HERE / "mailbox_static"), middleware=guard),
    ]


class _Pages:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "mailbox_templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def list(self, request: Request) -> Response:
        """Every message, newest first."""
        return self._page(request, None)

    async def one(self, request: Request) -> Response:
        """One message beside the list."""
        message = self._mailbox.message(request.path_params["id"])
        return self._page(request, message, 200 if message else 404)

    async def fragment(self, request: Request) -> Response:
        """The list alone, for the script that keeps it fresh; 304 while nothing changed."""
        tag = f'"{self._mailbox.version}"'
        headers = {**HEADERS, "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        chosen = request.query_params.get("elegido", "")
        facts = self._facts(request, int(chosen) if chosen.isdecimal() else 0)
        return HTMLResponse(self._environment.get_template("lista.html").render(facts), headers=headers)

    async def html(self, request: Request) -> Response:
        """The HTML part as it came, locked in by its own policy. Its links open in a new tab."""
        message = self._mailbox.message(request.path_params["id"])
        if message is None or not message.html:
            return PlainTextResponse("404\n", status_code=404, headers=HEADERS)
        page = re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', message.html, count=1, flags=re.IGNORECASE)
        return HTMLResponse(page, headers={**HEADERS, "Content-Security-Policy": MAIL_POLICY})

    async def clear(self, request: Request) -> Response:
        """Deletes every message, when one of our own pages asks."""
        origin = request.headers.get("origin", "")
        if urlsplit(origin).netloc != request.headers.get("host"):
            return PlainTextResponse("403\n", status_code=403, headers=HEADERS)
        self._mailbox.clear()
        return RedirectResponse("/correo", status_code=303, headers=HEADERS)

    async def api(self, request: Request) -> Response:
        """The messages as JSON, newest first; ``?to=`` keeps recipients that contain it."""
        messages = self._mailbox.messages(request.query_params.get("to", ""))
        return JSONResponse([_as_json(message) for message in messages], headers=HEADERS)

    def _page(self, request: Request, message: MailboxMessage | None, status: int = 200) -> Response:
        view = request.query_params.get("ver", "")
        facts = self._facts(request, message.id if message else 0)
        if message is not None and not message.html and view not in VIEWS:
            view = "texto"
        facts.update(message=message, view=view if view in VIEWS else "mensaje", missing=status == 404)
        page = self._environment.get_template("pagina.html").render(facts)
        return HTMLResponse(page, status, headers={**HEADERS, "Content-Security-Policy": PAGE_POLICY})

    def _facts(self, request: Request, chosen: int) -> dict[str, object]:
        to = request.query_params.get("para", "").strip()
        return {"messages": self._mailbox.messages(to), "to": to, "chosen": chosen, "version": self._mailbox.version}


def _as_json(message: MailboxMessage) -> dict[str, object]:
    return {
        "id": message.id,
        "to": message.to,
        "from": message.sender,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "links": LINK.findall(message.text),
        "headers": dict(message.headers),
        "received_at": message.received_at.isoformat(),
    }


def _is_from_here(request: Request) -> bool:
    address = request.client.host if request.client else ""
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return _is_loopback(address) and (name == "localhost" or _is_loopback(name))


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
