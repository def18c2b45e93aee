"""The widget in a page of another origin with the strictest policy that docs/widget.md asks for, in a real Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author
from tests.contracts.web_chat.brains import GREETING
from tests.web.embedding import Site
from tests.web.helpers import PageBrain, announced, needs_chromium, say, shows

pytestmark = needs_chromium
LAUNCHER = ".lanzador"
FOCUS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.id || element.className || element.tagName;
}"""


@pytest.fixture
async def page(chromium: Any, address: str, site: Site) -> AsyncIterator[Any]:
    """A page of the other site, not opened yet; at the end it must have raised no error and broken no policy."""
    context = await chromium.new_context(
        viewport={"width": 1000, "height": 760}, locale="es-PE", reduced_motion="reduce"
    )
    page = await context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda line: page.troubles.append(line.text) if line.type == "error" else None)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    assert page.troubles == []
    await context.close()


async def opened(page: Any, site: Site, path: str = "/") -> None:
    await page.goto(site.origin + path)
    await page.click(LAUNCHER)
    await page.wait_for_selector(".opciones button")


async def test_before_it_is_opened_nothing_but_the_script_is_fetched(page: Any, site: Site, address: str) -> None:
    await page.goto(site.origin)
    await page.wait_for_selector(LAUNCHER)
    assert [url for url in page.asked if not url.startswith(site.origin)] == [f"{address}/widget.js"]
    assert await page.get_attribute(LAUNCHER, "aria-label") == "Abrir el chat de ayuda"


async def test_a_conversation_under_a_strict_policy_without_a_third_party(page: Any, site: Site, address: str) -> None:
    await opened(page, site)
    assert await page.evaluate(FOCUS) == "texto"
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await say(page, "guia")
    picture = page.locator(".tarjeta img")
    await picture.wait_for()
    await page.wait_for_function(
        "() => document.querySelector('ventanilla-chat').shadowRoot.querySelector('.tarjeta img').naturalWidth > 0"
    )
    assert all(url.startswith((site.origin, address)) for url in page.asked)
    assert await page.evaluate("document.cookie") == ""


async def test_the_other_sites_styles_change_nothing_in_it(page: Any, site: Site) -> None:
    await opened(page, site)
    plain = await page.locator(".redactar").evaluate("form => [form.clientWidth, form.clientHeight]")
    site.style = "html {font-size: 62.5%} * {letter-spacing: 3px; line-height: 3; box-sizing: content-box} "
    site.style += "button, form, ol, p {display: none !important; position: fixed}"
    await page.reload()
    await page.wait_for_selector(".opciones button")
    assert await page.locator(".redactar").evaluate("form => [form.clientWidth, form.clientHeight]") == plain


async def test_escape_closes_it_and_gives_the_focus_back(page: Any, site: Site) -> None:
    await opened(page, site)
    assert await page.locator(".panel").get_attribute("role") == "dialog"
    assert not await page.locator(LAUNCHER).is_visible()
    await page.keyboard.press("Escape")
    assert await page.evaluate(FOCUS) == "lanzador"
    assert await page.locator(".panel").get_attribute("role") is None
    await page.keyboard.press("Enter")
    assert await page.evaluate(FOCUS) == "texto"
    await page.click("#cerrar")
    assert await page.evaluate(FOCUS) == "lanzador"


async def test_what_comes_while_it_is_closed_is_counted_and_said_without_moving_the_focus(
    page: Any, site: Site, hub: ConversationHub, brain: PageBrain
) -> None:
    await opened(page, site)
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await page.click("#cerrar")
    await page.focus("#campo")
    for text in ("Buenos días.", "¿Sigue ahí?"):
        await hub.send(brain.turns[0].conversation, Author.AGENT, text)
    await page.wait_for_selector(".sin-leer:has-text('2')")
    assert await page.get_attribute(LAUNCHER, "aria-label") == "Abrir el chat de ayuda, 2 mensajes sin leer"
    assert (await announced(page))[-2:] == ["Mesa de ayuda: Buenos días.", "Mesa de ayuda: ¿Sigue ahí?"]
    assert await page.evaluate(FOCUS) == "campo"
    await page.click(LAUNCHER)
    await page.click("#cerrar")
    assert await page.get_attribute(LAUNCHER, "aria-label") == "Abrir el chat de ayuda"
    assert not await page.locator(".sin-leer").is_visible()


async def test_it_goes_on_from_page_to_page_as_it_was_left(
    page: Any, site: Site, hub: ConversationHub, brain: PageBrain
) -> None:
    await opened(page, site)
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await page.goto(site.origin + "/otra")
    await shows(page, GREETING, "hola", "1: hola")
    assert await page.evaluate(FOCUS) == "BODY", "nobody asked for the focus"
    await page.click("#cerrar")
    await page.goto(site.origin)
    await page.wait_for_function("() => document.querySelector('ventanilla-chat').shadowRoot.querySelector('.panel')")
    await hub.send(brain.turns[0].conversation, Author.AGENT, "Buenos días.")
    await page.wait_for_selector(".sin-leer:has-text('1')")
    assert await page.get_attribute(LAUNCHER, "aria-label") == "Abrir el chat de ayuda, 1 mensaje sin leer"
    assert not await page.locator("#texto").is_visible()


async def test_on_a_phone_it_fills_the_screen_and_keeps_the_keyboard_inside(page: Any, site: Site) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})
    await opened(page, site)
    box = await page.locator(".dentro").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 640)
    seen = set()
    for _ in range(14):
        await page.keyboard.press("Tab")
        seen.add(await page.evaluate(FOCUS))
    assert {"opciones", "cerrar", "registro", "texto", "enviar", "persona"} <= seen
    assert not seen & {"campo", "BODY", "lanzador"}


async def test_what_its_attributes_say_is_what_is_seen(page: Any, site: Site, brain: PageBrain) -> None:
    site.attributes = (
        'data-title="Ayuda &lt;b&gt;" data-lang="en" data-color="#ffd400" data-position="left" data-scheme="light" '
        'data-label="Chat" data-platform="seace"'
    )
    await page.goto(site.origin)
    assert await page.get_attribute(LAUNCHER, "aria-label") == "Chat"
    await page.click(LAUNCHER)
    await page.wait_for_selector(".de-user .burbuja")
    await page.wait_for_selector(".de-bot .burbuja")
    assert brain.turns[0].payload == '/dar_dato{"platform": "seace"}'
    assert await page.text_content(".cabecera h2") == "Ayuda <b>"
    assert await page.get_attribute("#texto", "placeholder") == "Write your message"
    assert (await page.locator(".dentro").bounding_box())["x"] < 100
    # Yellow could not be read on white: it is darkened until it can.
    ground = await page.locator("#enviar").evaluate("button => getComputedStyle(button).backgroundColor")
    assert ground != "rgb(255, 212, 0)"
    light = [int(value) / 255 for value in ground[4:-1].split(", ")]
    assert 1.05 / (sum(w * v**2.2 for w, v in zip((0.2126, 0.7152, 0.0722), light, strict=True)) + 0.05) > 4.5


async def test_custom_properties_of_the_page_set_colours_and_corners(page: Any, site: Site) -> None:
    site.style = "ventanilla-chat {--ventanilla-accent: rgb(90, 20, 120); --ventanilla-radius: 2px}"
    await opened(page, site)
    assert await page.locator("#enviar").evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(90, 20, 120)"
    assert await page.locator(".de-bot .burbuja").evaluate("b => getComputedStyle(b).borderTopLeftRadius") == "2px"


async def test_the_page_can_open_and_close_it(page: Any, site: Site) -> None:
    site.attributes = "data-open"
    await page.goto(site.origin)
    await page.wait_for_selector("#texto")
    await page.evaluate("document.querySelector('ventanilla-chat').close()")
    await page.wait_for_selector(LAUNCHER)
    await page.evaluate("document.querySelector('ventanilla-chat').open()")
    await page.wait_for_selector("#texto")


async def test_a_chat_that_cannot_be_fetched_says_so_and_opens_at_the_next_attempt(page: Any, site: Site) -> None:
    await page.goto(site.origin)
    await page.route("**/widget/*/log.js", lambda route: route.abort())
    await page.click(LAUNCHER)
    await page.wait_for_selector(".noticia:has-text('No se pudo abrir el chat.')")
    await page.unroute("**/widget/*/log.js")
    await page.click(LAUNCHER)
    await page.wait_for_selector(".opciones button")
    assert await page.text_content(".noticia") == ""
    page.troubles.clear()


async def test_a_page_of_a_site_that_is_not_on_the_list_gets_no_chat(page: Any, site: Site) -> None:
    await page.goto(site.origin.replace("127.0.0.1", "localhost"))
    await page.click(LAUNCHER)
    await page.wait_for_selector(".noticia:has-text('No se pudo abrir el chat.')")
    page.troubles.clear()


async def test_an_erased_conversation_leaves_nothing_in_the_other_sites_storage(page: Any, site: Site) -> None:
    await opened(page, site)
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await page.click("#opciones")
    await page.click("[data-entry=end]")
    await page.click(".hoja button[value=si]")
    await page.wait_for_selector(".aviso:has-text('La conversación se borró.')")
    kept = await page.evaluate("Object.keys(sessionStorage).filter(key => !key.endsWith(' open'))")
    assert kept == []
    assert await page.evaluate("localStorage.length") == 0
