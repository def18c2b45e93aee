"""What can be done with a conversation besides talking, in a real Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Owner
from bot.conversations.review_store import ReviewStore
from bot.conversations.tables_store import messages
from bot.db.engine import Database
from tests.contracts.web_chat.brains import GREETING
from tests.support.mail import MailRig
from tests.support.smtp import SmtpServer
from tests.web.helpers import PICTURE, STEP, PageBrain, choose, needs_chromium, say, shows, texts

pytestmark = needs_chromium
FIRST = (GREETING, "hola", "1: hola")


@pytest.fixture
async def page(chromium: Any, address: str) -> AsyncIterator[Any]:
    """The page with one turn behind it."""
    context = await chromium.new_context(locale="es-PE", timezone_id="America/Lima", accept_downloads=True)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(address)
    await say(page, "hola")
    await shows(page, *FIRST)
    yield page
    assert errors == []
    await context.close()


async def test_a_person_is_asked_for_with_one_press(page: Any, brain: PageBrain) -> None:
    await page.click("text=Hablar con una persona")
    await shows(page, *FIRST, "Hablar con una persona", "2: [/hablar_con_agente]")
    assert brain.turns[-1].payload == "/hablar_con_agente"


async def test_a_copy_is_sent_to_the_address_that_was_written(
    page: Any, mail: MailRig, smtp_server: SmtpServer
) -> None:
    await choose(page, "mail")
    assert await page.evaluate("document.activeElement.id") == "correo"
    await page.keyboard.type("ana")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Escriba un correo completo")
    assert await page.get_attribute("#correo", "aria-invalid") == "true"
    await page.keyboard.type("@example.org")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=La copia va en camino")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "opciones"
    async with mail.running():
        received = await smtp_server.next_message()
    assert all(text in received.text for text in FIRST)
    assert len(smtp_server.sent_to("ana@example.org")) == 1


async def test_a_copy_that_cannot_be_sent_is_explained_in_the_services_words(page: Any) -> None:
    await choose(page, "mail")
    await page.fill("#correo", "ana@example.org")
    refusal = {"error": "x", "message": "Motivo inventado."}
    await page.route("**/chat/api/transcript", lambda route: route.fulfill(status=429, json=refusal))
    await page.press("#correo", "Enter")
    await page.wait_for_selector("text=Motivo inventado.")
    await page.unroute("**/chat/api/transcript")
    await page.route("**/chat/api/transcript", lambda route: route.abort())
    await page.press("#correo", "Enter")
    await page.wait_for_selector("text=No se pudo enviar. Revise su conexión")


async def test_the_download_is_a_text_file_with_everything_that_was_said(page: Any, tmp_path: Path) -> None:
    await say(page, "guia")
    await page.wait_for_selector(".tarjeta")
    async with page.expect_download() as expected:
        await choose(page, "download")
    download = await expected.value
    await download.save_as(tmp_path / "copia.txt")
    assert download.suggested_filename.startswith("conversacion-20")
    assert download.suggested_filename.endswith(".txt")
    content = (tmp_path / "copia.txt").read_bytes().decode("utf-8-sig")
    assert content.startswith("Conversación con Ventanilla\r\n")
    assert "\n" not in content.replace("\r\n", "")
    lines = [f"Asistente: {GREETING}", "Usted: hola", "Asistente: 1: hola", "Usted: guia", f"Asistente: {STEP}"]
    places = [content.index(line.replace("\n", "\r\n")) for line in lines]
    assert places == sorted(places)
    assert PICTURE["alt"] in content


async def test_before_anything_was_said_there_is_nothing_to_send_or_keep(chromium: Any, address: str) -> None:
    page = await chromium.new_page()
    await page.goto(address)
    await page.wait_for_selector(".opciones button")
    await page.click("#opciones")
    for entry in ("mail", "download", "dislike"):
        assert await page.is_disabled(f"[data-entry={entry}]")


async def test_an_answer_that_was_no_help_is_noted_at_the_message_that_it_answered(
    page: Any, database: Database
) -> None:
    await choose(page, "dislike")
    await page.wait_for_selector(".hoja h2:has-text('Gracias por decirlo')")
    await page.click(".hoja .boton")
    written = await ReviewStore(database).written(datetime(2020, 1, 1, tzinfo=timezone.utc), 10)
    assert [(one.text, one.disliked) for one in written] == [("hola", True)]


async def test_ending_erases_here_on_the_server_and_in_the_other_tab(
    page: Any, hub: ConversationHub, brain: PageBrain
) -> None:
    async with page.context.expect_page() as opened:
        await page.evaluate("void window.open(location.href)")
    other = await opened.value
    await shows(other, *FIRST)
    await choose(page, "end")
    await page.click(".hoja button[value=si]")
    for tab in (page, other):
        await tab.wait_for_selector(".aviso:has-text('La conversación se borró.')")
        assert await texts(tab) == []
        assert await tab.evaluate("sessionStorage.length") == 0
    conversation = brain.turns[0].conversation
    assert {message.text for message in await hub.messages(conversation)} == {""}
    assert await hub.owner(conversation) is Owner.CLOSED
    assert await page.evaluate("document.activeElement.textContent") == "Comenzar una nueva"
    await page.keyboard.press("Enter")
    await shows(page, GREETING)
    await page.reload()
    await shows(page, GREETING)


async def test_an_end_that_does_not_reach_the_server_is_not_pretended(page: Any) -> None:
    await page.route("**/chat/api/conversations", lambda route: route.abort())
    await choose(page, "end")
    await page.click(".hoja button[value=si]")
    await page.wait_for_selector("text=No se pudo borrar.")
    await page.keyboard.press("Escape")
    await shows(page, *FIRST)


@pytest.fixture
async def timed(chromium: Any, address: str) -> AsyncIterator[Any]:
    """A page whose clock a test moves, with one turn behind it."""
    page = await chromium.new_page()
    await page.clock.install()
    await page.goto(address)
    await say(page, "hola")
    await shows(page, *FIRST)
    yield page
    await page.close()


async def test_a_conversation_that_nobody_uses_is_taken_off_a_shared_computer(timed: Any) -> None:
    await timed.clock.fast_forward("14:30")
    assert not await timed.locator(".hoja").is_visible()
    await timed.clock.fast_forward("00:45")
    await timed.wait_for_selector(".hoja:has-text('¿Sigue ahí?')")
    assert "¿Sigue ahí?" in (await timed.locator("#anuncios p").all_text_contents())[-1]
    await timed.clock.fast_forward("01:05")
    await timed.wait_for_selector(".aviso:has-text('no hubo actividad')")
    assert await texts(timed) == []
    assert await timed.evaluate("sessionStorage.length") == 0


async def test_who_is_still_there_goes_on(timed: Any) -> None:
    await timed.clock.fast_forward("15:30")
    await timed.wait_for_selector(".hoja")
    await timed.keyboard.press("Enter")
    assert not await timed.locator(".hoja").is_visible()
    await timed.clock.fast_forward("10:00")
    await say(timed, "sigo")
    await shows(timed, *FIRST, "sigo", "2: sigo")
    await timed.clock.fast_forward("14:30")
    assert not await timed.locator(".hoja").is_visible()


async def test_what_was_left_long_ago_is_not_shown_to_the_next_person(page: Any) -> None:
    await page.evaluate(
        """() => {
          const kept = JSON.parse(sessionStorage.getItem('ventanilla.chat'));
          window.addEventListener('pagehide', () =>
            sessionStorage.setItem('ventanilla.chat', JSON.stringify({...kept, at: Date.now() - 3_600_000})));
        }"""
    )
    await page.reload()
    await shows(page, GREETING)


async def test_days_stand_between_the_messages(page: Any, database: Database) -> None:
    now = datetime.now(timezone.utc)
    days = {1: now - timedelta(days=9), 2: now - timedelta(days=1)}
    async with database.transaction() as transaction:
        for seq, at in days.items():
            await transaction.execute(update(messages).where(messages.c.seq == seq).values(at=at))
    await page.reload()
    await shows(page, *FIRST)
    shown = await page.locator(".dia").all_text_contents()
    assert len(shown) == 3
    assert " de " in shown[0]
    assert shown[1:] == ["ayer", "hoy"]


async def test_a_message_that_has_reached_the_service_is_marked_as_sent(page: Any) -> None:
    assert await page.locator(".enviado").all_text_contents() == ["Enviado"]
    await say(page, "dos")
    await shows(page, *FIRST, "dos", "2: dos")
    assert await page.locator(".de-user .enviado").count() == 1
    assert await page.locator(".de-user").last.locator(".enviado").count() == 1


async def test_two_tabs_of_one_conversation_show_the_same_and_send_everything_once(
    page: Any, hub: ConversationHub, brain: PageBrain
) -> None:
    async with page.context.expect_page() as opened:
        await page.evaluate("void window.open(location.href)")
    other = await opened.value
    await shows(other, *FIRST)
    # The same words from both tabs at the same moment are two messages.
    for _ in range(5):
        await asyncio.gather(say(page, "sí"), say(other, "sí"))
    await asyncio.gather(say(page, "fin"), say(other, "fin"))
    conversation = brain.turns[0].conversation
    for tab in (page, other):
        await tab.wait_for_selector("text=13: fin")
        await tab.wait_for_selector(".pendiente", state="detached")
    log = [message.text for message in await hub.messages(conversation)]
    assert await texts(page) == await texts(other) == log
    said = [message.text for message in await hub.messages(conversation) if message.author is Author.USER]
    assert sorted(said) == sorted(["hola"] + ["sí"] * 10 + ["fin"] * 2)


@pytest.mark.parametrize("held_back", [False, True])
async def test_where_streams_are_blocked_messages_come_by_asking(
    chromium: Any, address: str, hub: ConversationHub, brain: PageBrain, held_back: bool
) -> None:
    page = await chromium.new_page()
    await page.clock.install()
    held = asyncio.Event()

    async def block(route: Any) -> None:
        if held_back:
            await held.wait()
        await route.abort()

    await page.route("**/chat/api/events", block)
    await page.goto(address)
    await say(page, "hola")
    await page.wait_for_selector(".de-user, .pendiente")
    for _ in range(8):
        await page.clock.fast_forward(9_000)
        if "1: hola" in await texts(page):
            break
    await shows(page, *FIRST)
    await hub.send(brain.turns[0].conversation, Author.AGENT, "Buenos días.")
    await page.clock.fast_forward(3_100)
    await shows(page, *FIRST, "Buenos días.")
    assert await page.locator(".aviso:empty").count() == 1
    held.set()
    await page.close()


async def test_after_a_sleep_the_line_is_taken_up_anew(chromium: Any, address: str) -> None:
    page = await chromium.new_page()
    await page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/events") else None)
    await page.goto(address)
    await say(page, "hola")
    await shows(page, *FIRST)
    before = len(asked)
    await page.clock.pause_at(datetime.now(timezone.utc) + timedelta(seconds=30))
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await page.clock.run_for(3_000)
    await page.wait_for_function("() => !document.querySelector('.aviso').textContent")
    assert len(asked) > before
    await page.close()
