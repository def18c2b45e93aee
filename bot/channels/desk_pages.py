"""The agents' console at ``/mesa``: who may open which page, and how pages are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.answers import Refused
from bot.channels.bodies import MAX_BODY
from bot.channels.forms import form_fields
from bot.channels.limits import client_address
from bot.channels.pages import PAGE_HEADERS, WEB
from bot.desk.agent_store import Agent, Right
from bot.desk.agents import Agents, Session
from bot.desk.interfaces import CaseMoved, CaseTaken, CaseUnknown, NotAllowed
from bot.desk.sign_in import SessionEnded

COOKIE = "mesa"
PATHS = ("/mesa", "/estudio")
"""Where the cookie is sent: the console and the studio, and never to the chat."""

HOME = "/mesa"
SIGN_IN = "/mesa/entrar"
HEADERS = {**PAGE_HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


@dataclass(frozen=True)
class Visit:
    """A request of an agent who may make it. ``fields`` are those of the form, already checked against forgery."""

    request: Request
    session: Session
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def agent(self) -> Agent:
        """Who asks."""
        return self.session.agent


Handler = Callable[[Visit], Awaitable[Response]]


class DeskPages:
    """Renders the console's templates and guards its routes.

    Args:
        secure: whether the cookie is for HTTPS alone; False on a loopback without it.
        longest: the longest form that is taken.
        push_key: what browsers subscribe to alerts with; without one they are not offered.
    """

    def __init__(
        self,
        agents: Agents,
        *,
        secure: bool,
        behind_proxy: bool = False,
        folder: Path = WEB / "desk" / "templates",
        longest: int = MAX_BODY,
        push_key: str = "",
    ) -> None:
        self.agents, self.secure, self._behind_proxy, self._longest = agents, secure, behind_proxy, longest
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["push_key"] = push_key

    def address(self, request: Request) -> str:
        """Who asks, for limits and the trail."""
        return client_address(request, behind_proxy=self._behind_proxy)

    def render(self, name: str, status: int = 200, **facts: Any) -> Response:
        """A page, or a part of one."""
        return HTMLResponse(self.html(name, **facts), status, HEADERS)

    def html(self, name: str, **facts: Any) -> str:
        """The same as text, for the event stream."""
        return self._templates.get_template(name).render(facts)

    def page(self, visit: Visit, name: str, status: int = 200, **facts: Any) -> Response:
        """A page of somebody who is signed in."""
        return self.render(name, status, agent=visit.agent, csrf=visit.session.csrf, Right=Right, **facts)

    def get(self, path: str, handler: Handler, right: Right = Right.WORK) -> Route:
        """A route for reading."""
        return Route(path, self._guarded(handler, right), methods=["GET"])

    def post(self, path: str, handler: Handler, right: Right = Right.WORK) -> Route:
        """A route that changes something: the form's token and its origin are checked first."""
        return Route(path, self._guarded(handler, right, form=True), methods=["POST"])

    def set_cookie(self, response: Response, token: str) -> Response:
        """Hands the session's secret to the browser."""
        for path in PATHS:
            response.set_cookie(COOKIE, token, path=path, httponly=True, samesite="lax", secure=self.secure)
        return response

    def drop_cookie(self, response: Response) -> Response:
        """Takes it away."""
        for path in PATHS:
            response.delete_cookie(COOKIE, path=path, httponly=True, samesite="lax", secure=self.secure)
        return response

    async def session(self, request: Request) -> Session:
        """Who is signed in.

        Raises:
            SessionEnded: nobody is.
        """
        return await self.agents.session(request.cookies.get(COOKIE, ""))

    def _guarded(
        self, handler: Handler, right: Right, *, form: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                session = await self.session(request)
            except SessionEnded:
                return self._to_sign_in(request)
            if not session.confirmed:
                return see_other("/mesa/codigo")
            if not session.agent.may(right):
                return self._message(session, "sin_permiso", 403)
            fields: Mapping[str, str] = {}
            if form:
                fields = await form_fields(request, self._longest)
                if fields.get("_csrf") != session.csrf or not same_origin(request):
                    return self._message(session, "formulario_viejo", 403)
            return await self._answer(Visit(request, session, fields), handler)

        return endpoint

    async def _answer(self, visit: Visit, handler: Handler) -> Response:
        try:
            return await handler(visit)
        except CaseUnknown:
            return self._message(visit.session, "caso_no_existe", 404)
        except CaseTaken as taken:
            return self._message(visit.session, "caso_tomado", 409, who=taken.by)
        except CaseMoved as moved:
            return self._message(visit.session, "caso_movido", 409, who=moved.state.value)
        except NotAllowed:
            return self._message(visit.session, "no_puede", 409)

    def _message(self, session: Session, message: str, status: int, who: str = "") -> Response:
        facts = {"message": message, "who": who, "agent": session.agent, "csrf": session.csrf, "Right": Right}
        return self.render("aviso.html", status, **facts)

    def _to_sign_in(self, request: Request) -> Response:
        if request.headers.get("accept", "").startswith("text/event-stream"):
            return Response(status_code=401, headers=HEADERS)
        return see_other(SIGN_IN)


def same_origin(request: Request) -> bool:
    """Whether a form came from one of our own pages, as far as the browser tells."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def see_other(path: str) -> Response:
    """Sends the browser to a page with GET, so that a reload posts nothing twice."""
    return RedirectResponse(path, 303, HEADERS)


def number_in(request: Request, name: str = "id") -> int:
    """A number in the path, within what databases keep."""
    return min(int(request.path_params[name]), 2**31 - 1)


def required(fields: Mapping[str, str], name: str, longest: int = 4_000) -> str:
    """A field that has to be there.

    Raises:
        Refused: 422, it is empty or too long.
    """
    value = fields.get(name, "").replace("\r\n", "\n").strip()
    if not value or len(value) > longest:
        raise Refused(422, "empty" if not value else "too_long")
    return value
