"""A conversation in the chat page, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Owner
from tests.contracts.web_chat.brains import GREETING, PLATFORMS
from tests.web.helpers import PICTURE, STEP, PageBrain, announced, choose, needs_chromium, say, shows, texts

pytestmark = needs_chromium

TITLES = [button["title"] for button in PLATFORMS]
LOG = "#mensajes > .mensaje:not(.escribiendo)"


async def test_a_conversation_by_button_and_by_text(page: Any) -> None:
    assert await page.locator(".opciones button").all_text_contents() == TITLES
    await page.click(f"text={TITLES[0]}")
    await shows(page, GREETING, TITLES[0], f"1: [{PLATFORMS[0]['payload']}]")
    assert await page.locator(".opciones").count() == 0
    await say(page, "mi código es 001952_56989")
    await shows(
        page,
        GREETING,
        TITLES[0],
        f"1: [{PLATFORMS[0]['payload']}]",
        "mi código es 001952_56989",
        "2: mi código es 001952_56989",
    )
    assert await page.locator(".pendiente").count() == 0


async def test_a_reload_goes_on_where_it_was_and_announces_nothing_again(page: Any) -> None:
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await page.fill("#texto", "a medio escribir")
    await page.reload()
    await shows(page, GREETING, "hola", "1: hola")
    assert await page.input_value("#texto") == "a medio escribir"
    assert await announced(page) == []
    await say(page, "sigo")
    await shows(page, GREETING, "hola", "1: hola", "sigo", "2: sigo")
    assert await announced(page) == ["Usted: sigo", "Asistente: 2: sigo"]


async def test_each_new_message_is_announced_once(page: Any, hub: ConversationHub) -> None:
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    spoken = await announced(page)
    assert spoken[0].startswith(f"Asistente: {GREETING}")
    assert all(title in spoken[0] for title in TITLES)
    assert spoken[1:] == ["Usted: hola", "Asistente: 1: hola"]
    assert await page.get_attribute("#anuncios", "aria-live") == "polite"
    assert await page.locator("#registro").evaluate("log => log.closest('[aria-live]')") is None


async def test_the_bot_is_seen_to_write_until_it_answers(page: Any, brain: PageBrain) -> None:
    await say(page, "espera")
    await page.wait_for_selector(".escribiendo")
    brain.go_on.set()
    await shows(page, GREETING, "espera", "1: espera")
    assert await page.locator(".escribiendo").count() == 0


async def test_a_person_of_the_help_desk_is_shown_as_one(page: Any, hub: ConversationHub, brain: PageBrain) -> None:
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    conversation = brain.turns[0].conversation
    await hub.set_owner(conversation, Owner.HUMAN)
    await hub.send(conversation, Author.SYSTEM, "Le atiende una persona.")
    await hub.send(conversation, Author.AGENT, "Buenos días.")
    await page.wait_for_selector(".de-agent .autor:has-text('Mesa de ayuda')")
    assert (await announced(page))[-1] == "Mesa de ayuda: Buenos días."


async def test_with_the_keyboard_alone(page: Any) -> None:
    await page.focus("#texto")
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("document.activeElement.textContent") == TITLES[-1]
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await shows(page, GREETING, TITLES[1], f"1: [{PLATFORMS[1]['payload']}]")
    assert await page.evaluate("document.activeElement.id") == "texto"
    await page.keyboard.type("dos líneas")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("juntas")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=2: dos líneas")
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("document.activeElement.id") == "registro"
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("document.activeElement.id") == "opciones"
    await page.keyboard.press("Enter")
    for _ in range(4):
        await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.dataset.entry") == "new"
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".hoja:not([hidden])")
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.id") == "opciones"
    assert await page.locator(LOG).count() == 5


async def test_a_new_conversation_leaves_nothing_of_the_old_one(page: Any) -> None:
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await choose(page, "new")
    await page.click(".hoja button[value=si]")
    await shows(page, GREETING)
    await say(page, "otra")
    await shows(page, GREETING, "otra", "1: otra")
    await page.reload()
    await shows(page, GREETING, "otra", "1: otra")


async def test_a_conversation_that_is_gone_offers_a_new_one(page: Any) -> None:
    await page.evaluate(
        "sessionStorage.setItem('ventanilla.chat', JSON.stringify({token: 'caduco', draft: '', outbox: []}))"
    )
    await page.reload()
    await page.click("text=Comenzar una nueva")
    await shows(page, GREETING)


async def test_only_safe_addresses_become_links_and_markup_stays_text(page: Any) -> None:
    await say(page, "enlaces")
    await page.wait_for_selector(".de-bot a")
    links = await page.locator(".de-bot a").evaluate_all("links => links.map(link => [link.href, link.textContent])")
    assert links == [
        ["mailto:consultas@example.org", "consultas@example.org"],
        ["https://example.org/guia?paso=1", "https://example.org/guia?paso=1"],
        ["tel:+5116000000", "+51 1 600 0000"],
    ]
    rel = await page.locator(".de-bot a[href^=https]").evaluate("link => [link.target, link.rel]")
    assert rel == ["_blank", "noopener noreferrer"]
    assert "<b>nada</b>" in (await texts(page))[-1]


async def test_a_card_shows_its_step(page: Any) -> None:
    await say(page, "guia")
    card = page.locator(".tarjeta")
    assert await card.locator("h2.titulo").text_content() == "Abra el menú"
    assert await card.locator(".paso").text_content() == "Paso 2 de 7"
    assert await card.locator("img").get_attribute("alt") == PICTURE["alt"]
    assert STEP not in await texts(page), "the card says it already"
    assert (await announced(page))[-1].startswith(f"Asistente: {STEP}\n{PICTURE['alt']}")
    assert await card.locator("progress").evaluate("bar => bar.value / bar.max") == pytest.approx(2 / 7)


async def test_a_text_that_is_too_long_is_counted_and_not_sent(page: Any, brain: PageBrain) -> None:
    await page.fill("#texto", "😀" * 2_001)
    assert await page.locator("#cuenta").text_content() == "Sobran 1 caracteres"
    assert await page.is_disabled("#enviar")
    await page.press("#texto", "Enter")
    await page.fill("#texto", "á" * 2_000)
    assert await page.locator("#cuenta").text_content() == "Quedan 0 caracteres"
    await page.press("#texto", "Enter")
    await page.wait_for_selector("text=1: ááá")
    assert len(brain.turns) == 1
