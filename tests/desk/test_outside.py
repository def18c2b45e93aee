"""An institution's own help desk: cases go out and answers come back, signed, each once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.desk_webhooks import webhook_routes
from bot.conversations.interfaces import Author
from bot.desk.interfaces import CaseState, CloseReason
from bot.desk.outside import WebhookReceiver, WebhookSender, sign, verify
from bot.settings import ROOT
from tests.desk.rig import DeskRig, desk_rig
from tests.support.database import new_database
from tests.support.serving import serving

SECRET = b"a secret that both know"
SCHEMA = json.loads((ROOT / "docs" / "desk-webhooks.schema.json").read_text("utf-8"))


class OtherDesk:
    """A small help desk: it takes signed webhooks, and knows what it has had."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.taken, self.calls, self.fail = clock, [], 0, 0

    async def hook(self, request: Request) -> Response:
        self.calls += 1
        body = await request.body()
        identity = verify(SECRET, request.headers, body, self.clock())
        if self.fail:
            self.fail -= 1
            return Response(status_code=503)
        content = json.loads(body)
        assert content["id"] == identity
        jsonschema.validate(content, SCHEMA)
        if identity not in [each["id"] for each in self.taken]:
            self.taken.append(content)
        return Response(status_code=204)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[DeskRig]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    async with new_database(url) as database, desk_rig(database, outside=True) as rig:
        yield rig


async def test_a_case_goes_out_in_order_and_again_while_the_other_side_is_away(rig: DeskRig) -> None:
    other = OtherDesk(rig.clock)
    app = Starlette(routes=[Route("/hook", other.hook, methods=["POST"])])
    case = await rig.case()
    rosa = await rig.agent()
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "Buen día")
    await rig.work.close(rosa, case.id, CloseReason.SOLVED)
    async with serving(app) as address, httpx.AsyncClient() as client:
        sender = WebhookSender(rig.parts, f"{address}/hook", SECRET)
        other.fail = 2
        for _ in range(8):
            await sender.send_due(client)
            rig.clock.forward(minutes=5)
        assert [each["type"] for each in other.taken] == ["case.opened", "case.message", "case.closed"]
        assert other.taken[0]["case"]["number"] == case.number
        assert other.calls == 5
        assert await sender.send_due(client) == 0


async def answered(client: httpx.AsyncClient, rig: DeskRig, identity: str, content: dict[str, Any]) -> int:
    body = json.dumps(content).encode()
    return (
        await client.post("/mesa/api/webhooks", content=body, headers=sign(SECRET, identity, rig.clock(), body))
    ).status_code


async def test_an_answer_from_outside_reaches_chat_and_mail_once(rig: DeskRig) -> None:
    app = Starlette(routes=webhook_routes(WebhookReceiver(rig.parts, SECRET)))
    case = await rig.case()
    message = {
        "type": "case.message",
        "case": {"number": case.number},
        "message": {"text": "Ya quedó activo.", "name": "Inés"},
    }
    jsonschema.validate(message, SCHEMA)
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as client:
        for _ in range(3):
            assert await answered(client, rig, "m1", message) == 204
        assert await rig.told(case.conversation, Author.AGENT) == ["Ya quedó activo."]
        assert [kind for kind, _ in await rig.mails()] == ["case_opened", "case_answer"]
        closed = {"type": "case.closed", "case": {"number": case.number}}
        assert await answered(client, rig, "c1", closed) == 204
        assert (await rig.now_of(case)).state is CaseState.CLOSED


async def test_what_is_forged_old_or_senseless_is_refused(rig: DeskRig) -> None:
    app = Starlette(routes=webhook_routes(WebhookReceiver(rig.parts, SECRET)))
    case = await rig.case()
    good = {"type": "case.message", "case": {"number": case.number}, "message": {"text": "x"}}
    body = json.dumps(good).encode()
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as client:
        forged = sign(b"another secret", "f", rig.clock(), body)
        assert (await client.post("/mesa/api/webhooks", content=body, headers=forged)).status_code == 401
        signed = sign(SECRET, "s", rig.clock(), body)
        altered = body.replace(b'"x"', b'"y"')
        assert (await client.post("/mesa/api/webhooks", content=altered, headers=signed)).status_code == 401
        rig.clock.forward(minutes=6)
        assert (await client.post("/mesa/api/webhooks", content=body, headers=signed)).status_code == 401
        assert await answered(client, rig, "u", {**good, "case": {"number": "VEN-999999"}}) == 404
        senseless: Any
        for senseless in (
            [],
            {},
            {"type": "x", "case": {"number": case.number}},
            {**good, "message": {}},
            {**good, "case": 1},
        ):
            assert await answered(client, rig, "n", senseless) == 422
    assert await rig.told(case.conversation, Author.AGENT) == []
