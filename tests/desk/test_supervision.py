"""Figures, hours, roster, canned answers and agents, edited in the page."""

from __future__ import annotations

import csv
import io
from datetime import time
from pathlib import Path

import pytest

from bot.brain.interfaces import Reply, Turn, TurnResult
from bot.conversations.interfaces import Author
from bot.desk.agent_store import DeskRole
from bot.desk.interfaces import CaseContext, CloseReason, OfferKind, Reason
from bot.platforms import Platform
from tests.desk.console import Console, console, post
from tests.desk.rig import DeskRig, desk_rig
from tests.support.database import new_database

SUPERVISOR = ("/mesa/supervision", "/mesa/supervision.csv", "/mesa/auditoria", "/mesa/horarios")
EVERY_ROLE = {
    DeskRole.AGENT: {"/mesa", "/mesa/cerrados", "/mesa/respuestas"},
    DeskRole.SUPERVISOR: {"/mesa", "/mesa/cerrados", "/mesa/respuestas", *SUPERVISOR},
    DeskRole.TRAINER: {"/mesa/respuestas"},
    DeskRole.ADMIN: {"/mesa", "/mesa/cerrados", "/mesa/respuestas", *SUPERVISOR, "/mesa/equipo"},
}
PAGES = sorted(EVERY_ROLE[DeskRole.ADMIN])
CHANGES = {
    "/mesa/horarios/horas": EVERY_ROLE.keys() - {DeskRole.AGENT, DeskRole.TRAINER},
    "/mesa/horarios/dia": EVERY_ROLE.keys() - {DeskRole.AGENT, DeskRole.TRAINER},
    "/mesa/horarios/turno": EVERY_ROLE.keys() - {DeskRole.AGENT, DeskRole.TRAINER},
    "/mesa/respuestas": set(EVERY_ROLE),
    "/mesa/equipo": {DeskRole.ADMIN},
    "/mesa/equipo/99": {DeskRole.ADMIN},
    "/mesa/equipo/99/acceso": {DeskRole.ADMIN},
}


@pytest.mark.parametrize("role", list(DeskRole))
async def test_every_role_opens_exactly_its_pages(desk: Console, role: DeskRole) -> None:
    member = await desk.member("Alguien", role=role)
    for path in PAGES:
        assert (await member.get(path)).status_code == (200 if path in EVERY_ROLE[role] else 403), path
    for path, roles in CHANGES.items():
        assert ((await post(member, path)).status_code == 403) is (role not in roles), path


async def test_an_administrator_gives_a_new_way_in_but_not_to_herself(desk: Console) -> None:
    admin = await desk.member("Ada", role=DeskRole.ADMIN)
    await desk.member("Luis", "seace")
    ids = {each.name: each.id for each in await desk.agents.store.everybody()}
    shown = await post(admin, f"/mesa/equipo/{ids['Luis']}/acceso")
    assert "/mesa/invitacion/" in shown.text and "Invitación pendiente" in shown.text
    assert (await post(admin, f"/mesa/equipo/{ids['Ada']}/acceso")).status_code == 409
    assert "Dio acceso nuevo a una persona" in (await admin.get("/mesa/auditoria")).text
    nobody = await post(admin, "/mesa/equipo/9999/acceso")
    assert nobody.status_code == 404 and "ya no está en la lista" in nobody.text


async def test_a_supervisor_changes_nothing_of_other_teams(desk: Console) -> None:
    member = await desk.member("Jefa", "seace", role=DeskRole.SUPERVISOR)
    for path in ("/mesa/horarios/horas", "/mesa/horarios/dia", "/mesa/horarios/turno"):
        assert (await post(member, path, {"equipo": "soce", "dia": "2026-12-24"})).status_code == 409
    answer = {"equipo": "soce", "atajo": "x", "titulo": "x", "texto": "x"}
    assert (await post(member, "/mesa/respuestas", answer)).status_code == 409


async def test_hours_and_days_that_are_edited_count_at_once(desk: Console) -> None:
    member = await desk.member("Jefa", "seace", role=DeskRole.SUPERVISOR)
    assert (await desk.rig.desk.offer(Platform.SEACE)).kind is OfferKind.LIVE
    day = {"equipo": "seace", "dia": "2026-11-23", "nombre": "Inventario"}
    assert (await post(member, "/mesa/horarios/dia", day)).status_code == 303
    assert (await desk.rig.desk.offer(Platform.SEACE)).kind is OfferKind.MAIL
    await post(member, "/mesa/horarios/dia", {**day, "quitar": "1"})
    hours = {"equipo": "seace", "lunes": "08:00-09:30, 14:00-18:00"}
    assert (await post(member, "/mesa/horarios/horas", hours)).status_code == 303
    assert (await desk.rig.desk.offer(Platform.SEACE)).kind is OfferKind.MAIL
    calendar = await desk.rig.parts.calendars.calendar("seace")
    assert [(each.opens, each.closes) for each in calendar.hours] == [(time(8), time(9, 30)), (time(14), time(18))]
    assert "08:00-09:30, 14:00-18:00" in (await member.get("/mesa/horarios?equipo=seace")).text
    assert (await post(member, "/mesa/horarios/horas", {"equipo": "seace", "lunes": "9 a 5"})).status_code == 422


async def test_with_a_roster_only_whoever_has_a_turn_counts(desk: Console) -> None:
    member = await desk.member("Jefa", "seace", role=DeskRole.SUPERVISOR)
    (jefa,) = await desk.agents.store.everybody()
    turn = {"equipo": "seace", "agente": str(jefa.id), "dia": "martes", "abre": "08:00", "cierra": "18:00"}
    assert (await post(member, "/mesa/horarios/turno", turn)).status_code == 303
    assert (await desk.rig.desk.offer(Platform.SEACE)).kind is OfferKind.MAIL
    assert (await post(member, "/mesa/horarios/turno", {**turn, "dia": "lunes"})).status_code == 303
    assert (await desk.rig.desk.offer(Platform.SEACE)).kind is OfferKind.LIVE
    assert (await post(member, "/mesa/horarios/turno", {**turn, "cierra": "x"})).status_code == 422


async def test_figures_and_csv_tell_what_happened_without_personal_data(desk: Console) -> None:
    member = await desk.member("Jefa", "seace", role=DeskRole.SUPERVISOR)
    (jefa,) = await desk.agents.store.everybody()
    case = await desk.rig.case()
    await desk.rig.work.claim(jefa, case.id)
    desk.rig.clock.forward(minutes=4)
    await desk.rig.work.reply(jefa, case.id, "listo")
    desk.rig.clock.forward(minutes=6)
    await desk.rig.work.close(jefa, case.id, CloseReason.SOLVED)
    page = (await member.get("/mesa/supervision")).text
    assert "4.0 min" in page and "10.0 min" in page
    answer = await member.get("/mesa/supervision.csv?dias=7")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["case"], row["state"], row["close_reason"]) == (case.number, "closed", "solved")
    assert "example.org" not in answer.text
    trail = (await member.get("/mesa/auditoria")).text
    assert "Tomó un caso" in trail and "Cerró un caso" in trail


class Topical:
    """Understands one topic, and the platform that the message names."""

    async def respond(self, turn: Turn) -> TurnResult:
        return TurnResult([Reply("…")], b"s", "recuperar_contrasena", 0.9, {"platform": turn.text or None})


async def test_how_far_the_bot_gets_is_told_by_platform_and_topic_and_reasons_by_day(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    async with new_database(url) as database, desk_rig(database, Topical()) as rig, console(rig) as desk:
        await _tells_containment(desk, rig)


async def _tells_containment(desk: Console, rig: DeskRig) -> None:
    member = await desk.member("Jefa", "seace", role=DeskRole.SUPERVISOR)
    for platform, hands_over in (("seace", False), ("seace", False), ("seace", True), ("soce", False)):
        conversation = await rig.conversation(platform)
        async for message in rig.hub.follow(conversation):
            if message.author is Author.BOT:
                break
        if hands_over:
            await rig.desk.open_case(conversation, Reason.IDENTITY, CaseContext(Platform.SEACE, "t"))
    page = (await member.get("/mesa/supervision?dias=7")).text
    assert "De 3 conversaciones, 2 (67 %) terminaron sin pasar a una persona" in page
    rows = list(csv.DictReader(io.StringIO((await member.get("/mesa/supervision/contencion.csv")).text)))
    told = {(row["by"], row["name"]): (row["conversations"], row["contained"]) for row in rows}
    # Another team's conversations are none of hers.
    assert told == {
        ("all", ""): ("3", "2"),
        ("platform", "seace"): ("3", "2"),
        ("topic", "recuperar_contrasena"): ("3", "2"),
    }
    days = list(csv.DictReader(io.StringIO((await member.get("/mesa/supervision/motivos.csv?dias=7")).text)))
    assert (len(days), sum(int(day["identity"]) for day in days)) == (8, 1)


async def test_canned_answers_are_kept_by_the_team_and_completed(desk: Console) -> None:
    member = await desk.member("Rosa", "seace")
    answer = {"equipo": "seace", "atajo": "/plazo", "titulo": "Plazo", "texto": "{saludo}: caso {numero}, {agente}."}
    assert (await post(member, "/mesa/respuestas", answer)).status_code == 303
    assert (await post(member, "/mesa/respuestas", answer)).status_code == 422
    unknown = {**answer, "atajo": "otro", "texto": "{clave}"}
    assert "clave" in (await post(member, "/mesa/respuestas", unknown)).text
    case = await desk.rig.case()
    await post(member, f"/mesa/casos/{case.id}/tomar")
    page = (await member.get(f"/mesa/casos/{case.id}")).text
    assert f"Buenos días: caso {case.number}, Rosa." in page


async def test_the_trail_speaks_of_people_teams_and_endings_by_their_names(desk: Console) -> None:
    rig = desk.rig
    ada = await desk.member("Ada", role=DeskRole.ADMIN)
    await desk.member("Luis")
    people = {each.name: each for each in await rig.agents.everybody()}
    case, other = await rig.case(), await rig.case()
    await rig.work.claim(people["Ada"], case.id)
    await rig.work.transfer_to_agent(people["Ada"], case.id, people["Luis"].id)
    await rig.work.claim(people["Ada"], other.id)
    await rig.work.close(people["Ada"], other.id, CloseReason.REFERRED)
    await post(ada, "/mesa/horarios/dia", {"equipo": "soce", "dia": "2026-12-24", "nombre": "Puente"})
    page = (await ada.get("/mesa/auditoria")).text
    for said in ("A Luis", "Derivado a la institución", "SOCE · 2026-12-24", "Luis · Asesor", "Ada · Administración"):
        assert f"<td>{said}</td>" in page, said
    assert "referred" not in page and "agent " not in page


async def test_an_administrator_invites_and_shuts_out(desk: Console) -> None:
    admin = await desk.member("Admin", role=DeskRole.ADMIN)
    rosa = await desk.member("Rosa")
    found = {each.name: each for each in await desk.agents.store.everybody()}
    invited = await post(admin, "/mesa/equipo", {"correo": "nueva@example.org", "nombre": "Nueva", "rol": "agent"})
    assert "/mesa/invitacion/" in invited.text
    assert (await rosa.get("/mesa")).status_code == 200
    await post(admin, f"/mesa/equipo/{found['Rosa'].id}", {"rol": "agent", "equipo_seace": "1"})
    assert (await rosa.get("/mesa")).status_code == 303
    assert (await post(admin, f"/mesa/equipo/{found['Admin'].id}", {"rol": "agent"})).status_code == 409
