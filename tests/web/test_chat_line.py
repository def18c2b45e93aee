"""The chat page in a real Chromium, when the line or the service fails: every message once."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author
from tests.contracts.web_chat.brains import GREETING
from tests.web.helpers import PageBrain, needs_chromium, say, shows, texts

pytestmark = needs_chromium


async def test_what_is_written_offline_is_sent_once_when_the_network_is_back(page: Any, brain: PageBrain) -> None:
    await say(page, "uno")
    await shows(page, GREETING, "uno", "1: uno")
    await page.context.set_offline(True)
    for text in ("dos", "tres"):
        await say(page, text)
    await page.wait_for_selector(".aviso:not(:empty)")
    await page.wait_for_selector(".pendiente .estado:has-text('Sin conexión')")
    assert await page.locator(".pendiente").count() == 2
    await page.context.set_offline(False)
    await page.wait_for_selector("text=3: tres")
    # The second one may be sent before the first one is answered.
    log = await texts(page)
    assert sorted(log) == sorted([GREETING, "uno", "1: uno", "dos", "2: dos", "tres", "3: tres"])
    assert log.index("dos") < log.index("tres")
    await page.wait_for_selector(".aviso:empty", state="attached")
    assert [turn.text for turn in brain.turns] == ["uno", "dos", "tres"]


async def test_a_message_whose_answer_was_lost_is_sent_again_under_the_same_id(page: Any, brain: PageBrain) -> None:
    lost: list[str] = []

    async def lose_the_first_answer(route: Any) -> None:
        if not lost:
            lost.append(route.request.post_data)
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/chat/api/messages", lose_the_first_answer)
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await say(page, "sigo")
    await shows(page, GREETING, "hola", "1: hola", "sigo", "2: sigo")
    assert [turn.text for turn in brain.turns] == ["hola", "sigo"]
    assert len(lost) == 1


async def test_a_message_that_waits_survives_a_reload(page: Any, brain: PageBrain) -> None:
    await page.route("**/chat/api/messages", lambda route: route.abort())
    await say(page, "hola")
    await page.wait_for_selector(".pendiente .estado:has-text('Se enviará')")
    await page.unroute("**/chat/api/messages")
    await page.reload()
    await shows(page, GREETING, "hola", "1: hola")
    assert len(brain.turns) == 1


async def test_a_refused_message_says_why_and_can_be_tried_again_or_removed(page: Any) -> None:
    async def refuse(route: Any) -> None:
        await route.fulfill(status=422, json={"error": "x", "message": "Motivo inventado."})

    await page.route("**/chat/api/messages", refuse)
    await say(page, "uno")
    await page.wait_for_selector(".fallido")
    await say(page, "dos")
    failed = page.locator(".fallido")
    await page.wait_for_function("() => document.querySelectorAll('.fallido').length === 2")
    assert "Motivo inventado." in await failed.first.text_content()
    await failed.last.get_by_text("Quitar").click()
    await page.unroute("**/chat/api/messages")
    await failed.first.get_by_text("Reintentar").click()
    await shows(page, GREETING, "uno", "1: uno")


async def test_a_limit_is_waited_out(page: Any) -> None:
    asked: list[int] = []

    async def limit_once(route: Any) -> None:
        asked.append(1)
        if len(asked) == 1:
            content = {"error": "too_many", "message": "Espere un momento."}
            await route.fulfill(status=429, json=content, headers={"Retry-After": "1"})
        else:
            await route.continue_()

    await page.route("**/chat/api/messages", limit_once)
    await say(page, "hola")
    await page.wait_for_selector(".pendiente .estado:has-text('Espere un momento.')")
    await shows(page, GREETING, "hola", "1: hola")
    assert len(asked) == 2


async def test_a_service_that_was_away_is_found_again(page: Any, hub: ConversationHub, brain: PageBrain) -> None:
    await say(page, "uno")
    await shows(page, GREETING, "uno", "1: uno")
    await page.route("**/chat/api/**", lambda route: route.abort())
    # Ends the open stream, as a restart does.
    hub._notifier.close()
    hub._notifier._closed = False
    await hub.send(brain.turns[0].conversation, Author.SYSTEM, "Mientras tanto")
    await asyncio.wait_for(page.wait_for_selector(".aviso:not(:empty)"), 10)
    await page.unroute("**/chat/api/**")
    await shows(page, GREETING, "uno", "1: uno", "Mientras tanto")
