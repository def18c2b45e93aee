"""Signing in and out at the console, and taking up an invitation."""

from __future__ import annotations

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.desk_pages import COOKIE, HOME, SIGN_IN, DeskPages, Visit, same_origin, see_other
from bot.channels.forms import form_fields
from bot.channels.limits import SIGN_INS_BY_ADDRESS, RateLimits
from bot.desk.agent_store import Agent, Right
from bot.desk.sign_in import InvitationInvalid, PasswordTooWeak, SessionEnded, SignInFailed

CODE = "/mesa/codigo"
STUDIO = "/estudio"
"""Where those go who teach the bot and do not sit at the desk."""


class DeskSignIn:
    """The pages that need no session, and the one that ends it."""

    def __init__(self, pages: DeskPages, limits: RateLimits) -> None:
        self._pages, self._agents, self._limits = pages, pages.agents, limits

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route(SIGN_IN, self.show, methods=["GET"]),
            Route(SIGN_IN, self.sign_in, methods=["POST"]),
            Route(CODE, self.show_code, methods=["GET"]),
            Route(CODE, self.confirm, methods=["POST"]),
            Route("/mesa/invitacion/{token}", self.show_invitation, methods=["GET"]),
            Route("/mesa/invitacion/{token}", self.accept, methods=["POST"]),
            self._pages.post("/mesa/salir", self.sign_out, Right.CANNED),
        ]

    async def show(self, request: Request) -> Response:
        """The form for name and password."""
        return self._pages.render("entrar.html", problem="", wait=0, email="")

    async def sign_in(self, request: Request) -> Response:
        """Takes name and password."""
        fields = await form_fields(request)
        email = fields.get("correo", "")[:320]
        problem, wait = "", await self._limited(request)
        if not wait and same_origin(request):
            try:
                password = fields.get("contrasena", "")[:1_000]
                token = await self._agents.sign_in(email, password, self._pages.address(request))
                return self._pages.set_cookie(see_other(CODE), token)
            except SignInFailed as failed:
                problem, wait = "datos", failed.wait
        status = 429 if wait else 401
        return self._pages.render("entrar.html", status, problem=problem, wait=wait, email=email)

    async def show_code(self, request: Request) -> Response:
        """The form for the second factor."""
        try:
            session = await self._pages.session(request)
        except SessionEnded:
            return see_other(SIGN_IN)
        if session.confirmed:
            return see_other(HOME)
        return self._pages.render("codigo.html", problem="", wait=0, csrf=session.csrf)

    async def confirm(self, request: Request) -> Response:
        """Takes the second factor."""
        fields = await form_fields(request)
        try:
            session = await self._pages.session(request)
            if fields.get("_csrf") != session.csrf or not same_origin(request):
                return see_other(SIGN_IN)
            wait = await self._limited(request)
            if wait:
                return self._pages.render("codigo.html", 429, problem="", wait=wait, csrf=session.csrf)
            code, address = fields.get("codigo", "")[:20], self._pages.address(request)
            token = await self._agents.confirm(request.cookies.get(COOKIE, ""), code, address)
        except SessionEnded:
            return see_other(SIGN_IN)
        except SignInFailed as failed:
            return self._pages.render("codigo.html", 401, problem="codigo", wait=failed.wait, csrf=session.csrf)
        return self._pages.set_cookie(see_other(_home(session.agent)), token)

    async def show_invitation(self, request: Request) -> Response:
        """How to set password and second factor up."""
        return await self._invitation(request, "", 200)

    async def accept(self, request: Request) -> Response:
        """Sets them up."""
        fields = await form_fields(request)
        if await self._limited(request) or not same_origin(request):
            return await self._invitation(request, "espere", 429)
        password = fields.get("contrasena", "")[:1_000]
        if password != fields.get("repetida", ""):
            return await self._invitation(request, "distintas", 422)
        try:
            code, address = fields.get("codigo", "")[:20], self._pages.address(request)
            agent, session = await self._agents.accept(request.path_params["token"], password, code, address)
        except InvitationInvalid:
            return await self._invitation(request, "", 404)
        except PasswordTooWeak as weak:
            return await self._invitation(request, weak.reason, 422)
        except SignInFailed:
            return await self._invitation(request, "codigo", 422)
        return self._pages.set_cookie(see_other(_home(agent)), session)

    async def sign_out(self, visit: Visit) -> Response:
        """Ends the session."""
        await self._agents.sign_out(visit.request.cookies.get(COOKIE, ""))
        return self._pages.drop_cookie(see_other(SIGN_IN))

    async def _invitation(self, request: Request, problem: str, status: int) -> Response:
        try:
            invitation = await self._agents.invitations.open(request.path_params["token"])
        except InvitationInvalid:
            return self._pages.render("invitacion_vieja.html", 404)
        # The picture is part of the page, so that the secret needs no address of its own.
        picture = segno.make(invitation.uri, error="m").svg_data_uri(scale=5, border=4, light="#fff")
        return self._pages.render("invitacion.html", status, invitation=invitation, picture=picture, problem=problem)

    async def _limited(self, request: Request) -> int:
        return await self._limits.wait((SIGN_INS_BY_ADDRESS, self._pages.address(request)))


def _home(agent: Agent) -> str:
    return HOME if agent.may(Right.WORK) else STUDIO
