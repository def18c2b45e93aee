"""Limits, addresses, other origins, and what a load balancer asks."""

from __future__ import annotations

import uuid

import httpx
import pytest

from bot.conversations.hub import ConversationHub
from tests.contracts.web_chat.service import SENTENCES, Client, application, client
from tests.support.serving import serving


def message() -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "text": "hola"}


def assert_limited(answer: httpx.Response, code: str) -> None:
    assert answer.status_code == 429
    assert answer.json() == {"error": code, "message": SENTENCES(f"utter_error_{code}")}
    assert 1 <= int(answer.headers["retry-after"]) <= 60


async def test_one_conversation_may_send_thirty_messages_a_minute(hub: ConversationHub) -> None:
    async with serving(application(hub, limits=True)) as address, client(address) as person, client(address) as other:
        statuses = [(await person.post(**message())).status_code for _ in range(30)]
        assert statuses == [202] * 30
        assert_limited(await person.post(**message()), "too_many")
        assert (await other.post(**message())).status_code == 202


async def test_one_address_may_send_a_hundred_and_twenty_messages_a_minute(hub: ConversationHub) -> None:
    async with serving(application(hub, limits=True)) as address:
        for _ in range(4):
            async with client(address) as person:
                assert [(await person.post(**message())).status_code for _ in range(30)] == [202] * 30
        async with client(address) as person:
            assert_limited(await person.post(**message()), "too_many")


async def test_one_address_may_open_twenty_conversations_a_minute(hub: ConversationHub) -> None:
    async with serving(application(hub, limits=True)) as address, httpx.AsyncClient(base_url=address) as http:
        assert [(await http.post("/chat/api/conversations")).status_code for _ in range(20)] == [201] * 20
        assert_limited(await http.post("/chat/api/conversations"), "too_many_conversations")


@pytest.mark.parametrize(("behind_proxy", "counted_apart"), [(True, True), (False, False)])
async def test_a_forwarded_address_counts_only_where_the_operator_says_so(
    hub: ConversationHub, behind_proxy: bool, counted_apart: bool
) -> None:
    app = application(hub, limits=True, behind_proxy=behind_proxy)
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as http:
        for number in range(21):
            headers = {"X-Forwarded-For": f"203.0.113.9, 198.51.100.{number}"}
            answer = await http.post("/chat/api/conversations", headers=headers)
        assert (answer.status_code == 201) is counted_apart


async def test_switched_off_nothing_is_limited(person: Client) -> None:
    assert [(await person.post(**message())).status_code for _ in range(40)] == [202] * 40


async def test_other_origins_are_let_in_by_name_alone(hub: ConversationHub) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    async with (
        serving(application(hub, origins=("https://entidad.example.org",))) as address,
        httpx.AsyncClient(base_url=address) as http,
    ):
        for origin, allowed in (("https://entidad.example.org", True), ("https://otra.example.org", False)):
            preflight = await http.options("/chat/api/messages", headers={"Origin": origin, **asked})
            opened = await http.post("/chat/api/conversations", headers={"Origin": origin})
            for answer in (preflight, opened):
                assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
                assert "access-control-allow-credentials" not in answer.headers


async def test_by_default_no_other_origin_is_let_in(person: Client) -> None:
    answer = await person.http.post("/chat/api/conversations", headers={"Origin": "https://entidad.example.org"})
    assert "access-control-allow-origin" not in answer.headers


async def test_health_is_about_the_process_and_readiness_about_its_parts(hub: ConversationHub) -> None:
    broken: list[str] = []

    async def database() -> None:
        if "database" in broken:
            raise OSError("secret address")

    async def brain() -> bool:
        return "brain" not in broken

    app = application(hub, checks={"database": database, "brain": brain})
    async with serving(app) as address, httpx.AsyncClient(base_url=address) as http:
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]) == (200, {"database": True, "brain": True})
        for part in ("brain", "database"):
            broken[:] = [part]
            ready = await http.get("/readyz")
            assert (ready.status_code, ready.json()["checks"][part]) == (503, False)
            assert "secret" not in ready.text
            assert (await http.get("/healthz")).status_code == 200


async def test_metrics_count_messages_and_turns(person: Client) -> None:
    await person.say("hola")
    await person.read_until(3)
    text = (await person.http.get("/metrics")).text
    assert 'ventanilla_messages_total{author="user"} 1.0' in text
    assert 'ventanilla_messages_total{author="bot"} 2.0' in text
    assert 'ventanilla_turn_seconds_count{result="answered"} 1.0' in text
