"""The whole matrix of roles and routes; a new route must be entered here. And: nobody reads another team's cases."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.routing import Route

from bot.channels.desk_routes import desk_routes
from bot.channels.limits import RateLimits
from bot.desk.agent_store import DeskRole
from bot.desk.interfaces import CloseReason
from bot.platforms import Platform
from tests.desk.console import Console, post

WORKERS = {DeskRole.AGENT, DeskRole.SUPERVISOR, DeskRole.ADMIN}
SUPERVISORS = {DeskRole.SUPERVISOR, DeskRole.ADMIN}
EVERYBODY = set(DeskRole)
ONE = "/mesa/casos/{id:int}"
PUBLIC = {
    ("GET", "/mesa/entrar"),
    ("POST", "/mesa/entrar"),
    ("GET", "/mesa/codigo"),
    ("POST", "/mesa/codigo"),
    ("GET", "/mesa/invitacion/{token}"),
    ("POST", "/mesa/invitacion/{token}"),
    ("GET", "/caso/{token}"),
    ("GET", "/mesa/avisador.js"),
    ("POST", "/caso/{token}"),
}
OF_CASES = ("responder", "escribiendo", "nota", "transferir", "devolver", "cerrar", "revelar", "restablecer", "paso")
ALLOWED: dict[tuple[str, str], set[DeskRole]] = {
    **{
        ("GET", path): WORKERS
        for path in ("/mesa", "/mesa/cola", "/mesa/cerrados", ONE, ONE + "/estado", ONE + "/sugerencia")
    },
    ("GET", "/mesa/eventos"): WORKERS,
    ("GET", ONE + "/archivos/{file:int}"): WORKERS,
    ("POST", "/mesa/disponible"): WORKERS,
    ("POST", "/mesa/avisos"): WORKERS,
    ("POST", "/mesa/a-la-vista"): WORKERS,
    ("POST", ONE + "/tomar"): WORKERS,
    **{("POST", f"{ONE}/{name}"): WORKERS for name in OF_CASES},
    **{
        ("GET", f"/mesa/{path}"): SUPERVISORS
        for path in (
            "supervision",
            "supervision.csv",
            "supervision/contencion.csv",
            "supervision/motivos.csv",
            "auditoria",
            "horarios",
        )
    },
    **{("POST", f"/mesa/horarios/{path}"): SUPERVISORS for path in ("horas", "dia", "turno")},
    ("GET", "/mesa/respuestas"): EVERYBODY,
    ("POST", "/mesa/respuestas"): EVERYBODY,
    ("POST", "/mesa/salir"): EVERYBODY,
    ("GET", "/mesa/equipo"): {DeskRole.ADMIN},
    ("POST", "/mesa/equipo"): {DeskRole.ADMIN},
    ("POST", "/mesa/equipo/{id:int}"): {DeskRole.ADMIN},
    ("POST", "/mesa/equipo/{id:int}/acceso"): {DeskRole.ADMIN},
}
LAST = ("POST", "/mesa/salir")
"""Ends the session, so it is tried last."""


def routes(desk: Console) -> set[tuple[str, str]]:
    found = desk_routes(desk.tools, desk.feed, RateLimits(enabled=False))
    return {
        (method, each.path)
        for each in found
        if isinstance(each, Route)
        for method in (each.methods or set()) - {"HEAD"}
    }


async def asked(client: httpx.AsyncClient, method: str, path: str) -> int:
    """The status that a request gets; of a stream, its beginning."""
    real = path.replace("{id:int}", "999999").replace("{file:int}", "1")
    if method == "POST":
        return (await post(client, real)).status_code
    async with client.stream("GET", real, headers={"accept": "text/event-stream, */*"}) as answer:
        return answer.status_code


async def test_the_matrix_knows_every_route(desk: Console) -> None:
    assert routes(desk) == ALLOWED.keys() | PUBLIC


@pytest.mark.parametrize("role", list(DeskRole))
async def test_each_role_gets_into_its_routes_and_into_no_others(desk: Console, role: DeskRole) -> None:
    member = await desk.member("Alguien", "seace", role=role)
    for method, path in sorted(ALLOWED, key=lambda each: each == LAST):
        status = await asked(member, method, path)
        assert (status != 403) is (role in ALLOWED[method, path]), (method, path, status)


async def test_who_is_not_signed_in_gets_into_none(desk: Console) -> None:
    async with httpx.AsyncClient(base_url=desk.address, headers={"x-csrf": "x"}) as stranger:
        for method, path in ALLOWED:
            assert await asked(stranger, method, path) in (303, 401), path


@pytest.mark.parametrize("role", [DeskRole.AGENT, DeskRole.SUPERVISOR, DeskRole.TRAINER])
async def test_no_route_shows_or_changes_anything_of_another_teams_case(desk: Console, role: DeskRole) -> None:
    rig = desk.rig
    owner = await rig.agent("Dueña", "soce")
    closed, open_ = await rig.case(platform=Platform.SOCE), await rig.case(platform=Platform.SOCE)
    await rig.work.claim(owner, closed.id)
    await rig.work.close(owner, closed.id, CloseReason.SOLVED)
    before = await rig.now_of(open_)
    member = await desk.member("Alguien", "seace", role=role)
    fields = {"texto": "x", "a": "equipo:seace", "motivo": "solved", "paso": "soce/agregar-perfil#1"}
    for method, path in sorted(ALLOWED, key=lambda each: each == LAST):
        for case in (closed, open_):
            real = path.replace("{id:int}", str(case.id)).replace("{file:int}", "1")
            if path == "/mesa/eventos":
                real += f"?caso={case.id}"
            if path.startswith("/mesa/equipo/") or (method, path) == LAST:
                continue
            answer = await (post(member, real, fields) if method == "POST" else read(member, real))
            if path.startswith(ONE) or path == "/mesa/eventos":
                assert answer.status_code in (403, 404), (method, real)
            shown = re.sub(r'value="[^"]*"', "", answer.text)
            assert case.number not in shown and "necesito ayuda" not in shown, (method, real)
    assert await rig.now_of(open_) == before


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """A page; of a stream that opens, which none here may, the beginning."""
    async with client.stream("GET", path) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return httpx.Response(answer.status_code, text="")
        await answer.aread()
        return answer
