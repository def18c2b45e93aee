"""The console over HTTP: who may do what, forms that cannot be forged, and what is on the screen at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.conversations.interfaces import Author, Owner
from bot.desk.agent_store import DeskRole
from bot.desk.interfaces import CaseContext, CaseState, Reason
from bot.platforms import Platform
from tests.desk.console import Console, post
from tests.support.waiting import PATIENCE


async def test_a_whole_case_goes_through_forms_without_any_script(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    case = await desk.rig.case()
    assert case.number in (await rosa.get("/mesa")).text
    page = await rosa.get(f"/mesa/casos/{case.id}")
    assert "necesito ayuda" in page.text
    assert "a***@e***.org" in page.text
    assert "ana@example.org" not in page.text
    assert (await post(rosa, f"/mesa/casos/{case.id}/tomar")).status_code == 303
    assert (await post(rosa, f"/mesa/casos/{case.id}/responder", {"texto": "Buen <b>día</b>"})).status_code == 303
    assert (await post(rosa, f"/mesa/casos/{case.id}/nota", {"texto": "nota"})).status_code == 303
    assert "Buen &lt;b&gt;día&lt;/b&gt;" in (await rosa.get(f"/mesa/casos/{case.id}")).text
    assert (await post(rosa, f"/mesa/casos/{case.id}/cerrar", {"motivo": "solved"})).status_code == 303
    assert (await desk.rig.now_of(case)).state is CaseState.CLOSED
    assert await desk.rig.hub.owner(case.conversation) is Owner.BOT
    assert case.number in (await rosa.get("/mesa/cerrados")).text


async def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    case = await desk.rig.case()
    path = f"/mesa/casos/{case.id}/tomar"
    assert (await rosa.post(path, data={})).status_code == 403
    assert (await rosa.post(path, data={"_csrf": "x"})).status_code == 403
    foreign: dict[str, str]
    for foreign in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = await rosa.post(path, data={"_csrf": rosa.headers["x-csrf"]}, headers=foreign)
        assert answer.status_code == 403
    assert (await desk.rig.now_of(case)).state is CaseState.WAITING


async def test_pages_carry_a_strict_policy_and_nothing_inline(desk: Console) -> None:
    rosa = await desk.member("Rosa", role=DeskRole.ADMIN)
    case = await desk.rig.case()
    for path in ("/mesa/entrar", "/mesa", f"/mesa/casos/{case.id}", "/mesa/cerrados"):
        answer = await rosa.get(path)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        for banned in ("<style", " style=", "onclick=", "<script>", "javascript:"):
            assert banned not in answer.text


async def test_nobody_gets_in_without_both_factors(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    async with httpx.AsyncClient(base_url=desk.address) as stranger:
        for path in ("/mesa", "/mesa/cola", "/mesa/casos/1"):
            answer = await stranger.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/mesa/entrar")
        answer = await stranger.get("/mesa/eventos", headers={"accept": "text/event-stream"})
        assert answer.status_code == 401
        half = await desk.agents.sign_in("rosa@example.org", "tortuga-violeta-camina-9")
        answer = await stranger.get("/mesa", headers={"cookie": f"mesa={half}"})
        assert answer.headers["location"] == "/mesa/codigo"
        wrong = await stranger.post("/mesa/entrar", data={"correo": "rosa@example.org", "contrasena": "otra"})
        unknown = await stranger.post("/mesa/entrar", data={"correo": "nadie@example.org", "contrasena": "otra"})
        assert (wrong.status_code, unknown.status_code) == (401, 401)
        assert wrong.text.replace("rosa@", "nadie@") == unknown.text
    assert (await post(rosa, "/mesa/salir")).headers["location"] == "/mesa/entrar"
    assert (await rosa.get("/mesa")).status_code == 303


ACTIONS = ("tomar", "responder", "nota", "transferir", "devolver", "cerrar", "revelar", "restablecer", "paso")
FIELDS = {"texto": "x", "a": "equipo:soce", "motivo": "solved", "paso": "seace/x#1"}


@pytest.mark.parametrize("role", list(DeskRole))
async def test_other_teams_cases_cannot_be_read_or_touched(desk: Console, role: DeskRole) -> None:
    await desk.member("Rosa", "seace")
    case = await desk.rig.case()
    other = await desk.member("Otra", "soce", role=role)
    allowed = role is DeskRole.ADMIN
    refused = 403 if role is DeskRole.TRAINER else 404
    for path in (f"/mesa/casos/{case.id}", f"/mesa/casos/{case.id}/estado", f"/mesa/eventos?caso={case.id}"):
        if allowed and "eventos" in path:
            continue
        answer = await other.get(path)
        assert answer.status_code == (200 if allowed else refused), path
        assert allowed or "necesito ayuda" not in answer.text
    for action in ACTIONS:
        if not allowed:
            answer = await post(other, f"/mesa/casos/{case.id}/{action}", FIELDS)
            assert answer.status_code == refused, action
    if role is not DeskRole.TRAINER:
        assert (case.number in (await other.get("/mesa/cola")).text) is allowed
    assert (await desk.rig.now_of(case)).state is CaseState.WAITING


async def next_event(lines: AsyncIterator[str], name: str, **wanted: Any) -> dict[str, Any]:
    """The next event of a name whose data has these values."""
    current = ""
    async for line in lines:
        if line.startswith("event: "):
            current = line[7:]
        elif line.startswith("data: ") and current == name:
            data: dict[str, Any] = json.loads(line[6:])
            if all(data.get(key) == value for key, value in wanted.items()):
                return data
    raise AssertionError("the stream ended")


async def test_a_message_and_a_new_case_come_by_the_stream(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    case = await desk.rig.case()
    await post(rosa, f"/mesa/casos/{case.id}/tomar")
    last, seq = await desk.rig.parts.cases.last_event(), len(await desk.rig.log(case.conversation))
    address = f"/mesa/eventos?desde={last}&caso={case.id}&seq={seq}"
    async with rosa.stream("GET", address) as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        began = time.perf_counter()
        await desk.rig.say(case.conversation, "¿me <i>lee</i>?")
        said = await asyncio.wait_for(next_event(lines, "mensaje", person=True), PATIENCE)
        assert "¿me &lt;i&gt;lee&lt;/i&gt;?" in said["html"]
        await asyncio.wait_for(next_event(lines, "mesa", kind="message", here=True), PATIENCE)
        await desk.rig.case()
        await asyncio.wait_for(next_event(lines, "mesa", kind="opened", here=False), PATIENCE)
        print(f"message and case on the screen after {time.perf_counter() - began:.2f} s")


async def test_a_console_that_was_away_catches_up_by_its_cursor(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    case = await desk.rig.case()
    last, seq = await desk.rig.parts.cases.last_event(), len(await desk.rig.log(case.conversation))
    for text in ("uno", "dos"):
        await desk.rig.say(case.conversation, text)
    headers = {"last-event-id": f"{last}.{seq}"}
    async with rosa.stream("GET", f"/mesa/eventos?caso={case.id}", headers=headers) as stream:
        lines = stream.aiter_lines()
        seen = [(await asyncio.wait_for(next_event(lines, "mensaje"), 5))["seq"] for _ in range(2)]
    assert seen == [seq + 1, seq + 2]


async def test_two_agents_in_one_case_see_each_other(desk: Console) -> None:
    rosa, luis = await desk.member("Rosa"), await desk.member("Luis")
    case = await desk.rig.case()
    async with luis.stream("GET", f"/mesa/eventos?caso={case.id}") as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        assert "También mira este caso: Luis" in (await rosa.get(f"/mesa/casos/{case.id}")).text


async def test_a_mail_link_reopens_the_conversation_only_when_it_is_asked_to(desk: Console) -> None:
    case = await desk.rig.case(email="ana@example.org")
    async with desk.rig.database.transaction() as transaction:
        until = desk.rig.clock() + desk.rig.parts.policy.link
        token = await desk.rig.parts.links.new_link(transaction, case.id, 2, until)
    async with httpx.AsyncClient(base_url=desk.address) as person:
        page = await person.get(f"/caso/{token}")
        assert case.number in page.text
        assert "data-token" not in page.text
        opened = await person.post(f"/caso/{token}")
        granted = opened.text.split('data-token="')[1].split('"')[0]
        log = await person.get("/chat/api/messages", headers={"Authorization": f"Bearer {granted}"})
        assert log.json()[0]["text"] == "necesito ayuda"
        desk.rig.clock.forward(days=31)
        assert (await person.get(f"/caso/{token}")).status_code == 404
        assert (await person.get("/caso/otro")).status_code == 404


async def test_revealing_an_account_is_put_on_the_trail(desk: Console) -> None:
    from sqlalchemy import select

    from bot.desk.tables_store import audit

    rosa = await desk.member("Rosa")
    conversation = await desk.rig.conversation()
    context = CaseContext(Platform.SEACE, login="001952_56989")
    opened = await desk.rig.desk.open_case(conversation, Reason.FAILED, context)
    case = await desk.rig.now_of(opened.number)
    assert (await post(rosa, f"/mesa/casos/{case.id}/revelar")).status_code == 200
    async with desk.rig.database.reading() as connection:
        rows = await connection.execute(select(audit.c.action).where(audit.c.case == case.id))
        assert "data_revealed" in set(rows.scalars())


async def test_the_loser_of_a_claim_learns_who_has_the_case(desk: Console) -> None:
    rosa, luis = await desk.member("Rosa"), await desk.member("Luis")
    case = await desk.rig.case()
    await post(rosa, f"/mesa/casos/{case.id}/tomar")
    answer = await post(luis, f"/mesa/casos/{case.id}/tomar")
    assert answer.status_code == 409
    assert "Rosa" in answer.text
    assert await desk.rig.told(case.conversation, Author.AGENT) == []
