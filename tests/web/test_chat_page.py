"""The chat page in a real Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Owner
from tests.contracts.web_chat.brains import GREETING, PLATFORMS
from tests.web.helpers import PICTURE, STEP, PageBrain, announced, browser, choose, needs_chromium, say, shows, texts

pytestmark = needs_chromium

TITLES = [button["title"] for button in PLATFORMS]
LOG = "#mensajes > .mensaje:not(.escribiendo)"


@pytest.fixture
async def chromium() -> AsyncIterator[Any]:
    async with browser() as chromium:
        yield chromium


@pytest.fixture
async def page(chromium: Any, address: str) -> AsyncIterator[Any]:
    """The page, opened; at the end it must have raised no error and broken no rule of its policy."""
    context = await chromium.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    await page.goto(address)
    await page.wait_for_selector(".opciones button")
    yield page
    assert errors == []
    await context.close()


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


async def test_a_long_answer_is_read_from_its_beginning(page: Any) -> None:
    await say(page, "largo")
    await page.wait_for_selector("text=¿Seguimos?")
    top = await page.locator(".de-user").evaluate(
        "item => item.getBoundingClientRect().top - document.getElementById('registro').getBoundingClientRect().top"
    )
    assert 0 <= top < 60


@pytest.mark.parametrize("width", [320, 360, 768, 1200])
async def test_nothing_scrolls_sideways_and_everything_is_big_enough(page: Any, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 640})
    for text in ("guia", "largo", "x" * 300):
        await say(page, text)
        await page.wait_for_function("() => !document.querySelector('.pendiente')")
    await page.wait_for_selector("text=1: xxx")
    for selector in ("html", "#registro", "#mensajes"):
        wide = await page.locator(selector).evaluate("element => element.scrollWidth - element.clientWidth")
        assert wide <= 0, selector
    small = await page.evaluate(
        "[...document.querySelectorAll('button, a, textarea, input')].filter(e => e.offsetParent)"
        ".map(e => [e.outerHTML, e.getBoundingClientRect()]).filter(([, r]) => r.width < 24 || r.height < 24)"
        ".map(([html]) => html)"
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(page: Any, scheme: str) -> None:
    await page.emulate_media(color_scheme=scheme)
    await say(page, "guia")
    await page.wait_for_selector(".tarjeta")
    for selector in (
        ".cabecera h1",
        ".cabecera p",
        ".de-bot .burbuja",
        ".de-user .burbuja",
        ".mensaje time",
        ".tarjeta .fuente",
        ".opciones button",
        ".pie",
    ):
        ratio = await page.locator(selector).last.evaluate(CONTRAST)
        assert ratio >= 4.5, (selector, ratio)


CONTRAST = """element => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const ground = node => {
    for (let each = node; each; each = each.parentElement) {
      const color = rgb(getComputedStyle(each).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const light = ([r, g, b]) => [r, g, b].map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const [one, two] = [light(rgb(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
  return (one + 0.05) / (two + 0.05);
}"""


async def test_movement_stops_where_it_is_unwanted(page: Any, brain: PageBrain) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await say(page, "espera")
    await page.wait_for_selector(".escribiendo")
    assert await page.locator(".escribiendo i").first.evaluate("dot => getComputedStyle(dot).animationName") == "none"
    brain.go_on.set()
    await shows(page, GREETING, "espera", "1: espera")


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
