"""Alerts by Web Push: sealed and signed, to whom they concern and does not see the page, again until they are taken."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from bot.desk.agent_store import DeskRole
from bot.desk.push import DeskPush, PushKeys
from bot.desk.push_store import pushes, subscriptions
from bot.platforms import Platform
from tests.desk.console import Console, post
from tests.desk.push_service import PushService
from tests.support.waiting import PATIENCE


async def subscribed(
    desk: Console, service: PushService, name: str, *teams: str, **more: DeskRole
) -> httpx.AsyncClient:
    """An agent whose browser wants alerts."""
    client = await desk.member(name, *teams, **more)
    assert (await post(client, "/mesa/avisos", service.browser(name).fields)).status_code == 204
    return client


async def sent(desk: Console) -> int:
    """One round of delivery."""
    async with httpx.AsyncClient(timeout=20) as client:
        return await desk.push.send_due(client)


async def count(desk: Console, table: object) -> int:
    async with desk.rig.database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_a_new_case_calls_the_team_with_its_number_and_platform_alone(
    desk: Console, service: PushService
) -> None:
    await subscribed(desk, service, "Rosa")
    await subscribed(desk, service, "Otra", "soce")
    case = await desk.rig.case(email="ana@example.org")
    assert await sent(desk) == 1
    assert service.shown == [
        (
            "Rosa",
            {
                "title": "Caso nuevo",
                "body": f"{case.number} · SEACE",
                "tag": case.number,
                "url": f"/mesa/casos/{case.id}",
            },
        )
    ]
    (head,) = service.heads
    assert (head["content-encoding"], head["urgency"], head["topic"]) == ("aes128gcm", "high", case.number)
    assert 0 < int(head["ttl"]) <= 300
    assert b"VEN-" not in service.raw[0]
    assert await count(desk, pushes) == 0


async def test_who_sees_the_page_is_not_called_and_is_again_once_it_is_hidden(
    desk: Console, service: PushService
) -> None:
    rosa = await subscribed(desk, service, "Rosa")
    await post(rosa, "/mesa/a-la-vista", {"si": "1"})
    await desk.rig.case()
    assert (await sent(desk), await count(desk, pushes)) == (0, 0)
    await post(rosa, "/mesa/a-la-vista", {"si": "0"})
    await desk.rig.case()
    assert await sent(desk) == 1
    # A page that was in sight when its line broke off is no page in sight.
    await post(rosa, "/mesa/a-la-vista", {"si": "1"})
    desk.rig.clock.forward(minutes=1)
    (agent,) = await desk.rig.agents.everybody()
    luis = await desk.rig.agent("Luis")
    await desk.rig.keep_seen(luis)
    await desk.rig.case()
    assert agent.name == "Rosa"
    assert await sent(desk) == 1


async def test_a_message_calls_its_agent_then_again_and_then_the_supervisor(
    desk: Console, service: PushService
) -> None:
    rig = desk.rig
    await subscribed(desk, service, "Rosa")
    await subscribed(desk, service, "Luis")
    await subscribed(desk, service, "Eva", role=DeskRole.SUPERVISOR)
    rosa = next(each for each in await rig.agents.everybody() if each.name == "Rosa")
    case = await rig.case()
    await sent(desk)
    await rig.work.claim(rosa, case.id)
    await rig.work.reply(rosa, case.id, "Buen día")
    service.shown.clear()
    await rig.say(case.conversation, "sigo sin poder entrar")
    await rig.pass_time(3, *await rig.agents.everybody())
    await sent(desk)
    titles = [(name, said["title"]) for name, said in service.shown]
    assert sorted(titles) == [
        ("Eva", "Un mensaje sigue sin respuesta"),
        ("Rosa", "Mensaje nuevo"),
        ("Rosa", "Un mensaje espera su respuesta"),
    ]


async def test_a_transfer_calls_the_one_it_is_for(desk: Console, service: PushService) -> None:
    rig = desk.rig
    for name in ("Rosa", "Luis", "Eva"):
        await subscribed(desk, service, name)
    people = {each.name: each for each in await rig.agents.everybody()}
    case = await rig.case()
    await sent(desk)
    await rig.work.claim(people["Rosa"], case.id)
    service.shown.clear()
    await rig.work.transfer_to_agent(people["Rosa"], case.id, people["Luis"].id)
    await sent(desk)
    assert [(name, said["title"]) for name, said in service.shown] == [("Luis", "Le transfirieron un caso")]


async def test_whoever_is_on_a_break_or_has_signed_out_is_left_alone(desk: Console, service: PushService) -> None:
    rosa, luis = await subscribed(desk, service, "Rosa"), await subscribed(desk, service, "Luis")
    await desk.rig.agent("Eva")
    await post(rosa, "/mesa/disponible", {"si": "0"})
    await post(luis, "/mesa/salir")
    assert await count(desk, subscriptions) == 1
    await desk.rig.case()
    assert await sent(desk) == 0


async def test_a_case_by_mail_calls_nobody_at_night(desk: Console, service: PushService) -> None:
    await subscribed(desk, service, "Rosa")
    desk.rig.clock.forward(hours=11)
    await desk.rig.case()
    assert (await sent(desk), service.shown) == (0, [])


async def test_a_service_that_is_away_is_asked_again_and_then_no_more(desk: Console, service: PushService) -> None:
    await subscribed(desk, service, "Rosa")
    service.answers = [503, 429]
    await desk.rig.case()
    tries = 0
    while await count(desk, pushes):
        tries += await sent(desk)
        desk.rig.clock.forward(seconds=2)
    assert (tries, len(service.shown)) == (1, 1)
    service.answers = [503] * 500
    await desk.rig.keep_seen(*await desk.rig.agents.everybody())
    await desk.rig.case()
    began = desk.rig.clock()
    while await count(desk, pushes):
        await sent(desk)
        desk.rig.clock.forward(seconds=30)
    assert 300 <= (desk.rig.clock() - began).total_seconds() <= 420


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(desk: Console, service: PushService, status: int) -> None:
    await subscribed(desk, service, "Rosa")
    service.answers = [status]
    await desk.rig.case()
    assert await sent(desk) == 0
    assert (await count(desk, subscriptions), await count(desk, pushes)) == (0, 0)


async def test_a_process_that_dies_in_between_leaves_the_alert_to_the_next(desk: Console, service: PushService) -> None:
    await subscribed(desk, service, "Rosa")
    await desk.rig.case()
    # Taken for an attempt by one that then died.
    store = desk.push._store
    (due,) = await store.due(desk.rig.clock())
    assert await store.take(due, desk.rig.clock() + timedelta(seconds=30))
    assert not await store.take(due, desk.rig.clock())
    desk.rig.clock.forward(seconds=31)
    assert await sent(desk) == 1


async def test_the_running_service_delivers_by_itself(desk: Console, service: PushService) -> None:
    running = asyncio.create_task(desk.push.run())
    await subscribed(desk, service, "Rosa")
    await desk.rig.case()
    await service.until(lambda: service.shown)
    desk.push.close()
    await asyncio.wait_for(running, PATIENCE)


async def test_only_known_services_and_whole_keys_are_taken(desk: Console, service: PushService) -> None:
    rosa = await desk.member("Rosa")
    good = service.browser("Rosa").fields
    settings = desk.rig.parts.settings
    known = replace(settings.alerts, services=(*settings.alerts.services, "https://*.push.example.org"))
    desk.rig.parts.settings = replace(settings, alerts=known)
    for wrong in (
        {"direccion": "http://127.0.0.1:1/push/x"},
        {"direccion": "https://evil.example.org/https://a.push.example.org/x"},
        {"direccion": "https://a.push.example.org@evil.example.org/x"},
        {"direccion": "file:///etc/passwd"},
        {"direccion": "https://a.push.example.org/" + "x" * 1_000},
        {"p256dh": "AAAA"},
        {"p256dh": good["p256dh"][:-4] + "AAAA"},
        {"auth": "corta"},
    ):
        assert (await post(rosa, "/mesa/avisos", {**good, **wrong})).status_code == 422, wrong
    assert await count(desk, subscriptions) == 0
    assert (await post(rosa, "/mesa/avisos", {**good, "direccion": "https://a.push.example.org/x"})).status_code == 204


async def test_a_browser_belongs_to_whoever_signed_in_last_and_can_be_taken_back(
    desk: Console, service: PushService
) -> None:
    rosa, luis = await subscribed(desk, service, "Rosa"), await desk.member("Luis", "soce")
    shared = service.browsers["Rosa"].fields
    await post(luis, "/mesa/avisos", shared)
    await desk.rig.case()
    assert await sent(desk) == 0
    await desk.rig.case(platform=Platform.SOCE)
    assert await sent(desk) == 1
    # Not hers to take back any more.
    await post(rosa, "/mesa/avisos", {**shared, "quitar": "1"})
    assert await count(desk, subscriptions) == 1
    await post(luis, "/mesa/avisos", {**shared, "quitar": "1"})
    assert await count(desk, subscriptions) == 0


async def test_addresses_are_kept_sealed_and_the_pair_is_the_installations(desk: Console, service: PushService) -> None:
    await subscribed(desk, service, "Rosa")
    async with desk.rig.database.reading() as connection:
        (row,) = await connection.execute(select(subscriptions))
    assert b"http" not in row.sealed and service.address not in str(row)
    secret, sealing = b"s" * 64, Fernet.generate_key()
    pair = [PushKeys(each, sealing, "mailto:a@example.org").public for each in (secret, secret, b"t" * 64)]
    assert pair[0] == pair[1] != pair[2]
    # What was kept with a key that is gone is forgotten, not tried for ever.
    other = DeskPush(desk.rig.parts, PushKeys(secret, sealing, "mailto:a@example.org"))
    await desk.rig.case()
    async with httpx.AsyncClient() as client:
        assert await other.send_due(client) == 0
    assert await count(desk, subscriptions) == 0


async def test_the_worker_comes_from_the_consoles_own_origin_and_may_load_nothing(desk: Console) -> None:
    async with httpx.AsyncClient(base_url=desk.address) as stranger:
        worker = await stranger.get("/mesa/avisador.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["content-security-policy"] == "default-src 'none'"
    assert worker.headers["x-content-type-options"] == "nosniff"
