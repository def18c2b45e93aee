"""WCAG 2.2 AA in a real Chromium: axe in every state, what is announced, where the focus is, zoom and contrast modes.

Each state leaves a picture in ``artifacts/web``.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe

from bot.conversations.hub import ConversationHub
from bot.conversations.interfaces import Author, Owner
from bot.settings import ROOT
from tests.contracts.web_chat.brains import GREETING
from tests.web.embedding import Site
from tests.web.helpers import PageBrain, announced, choose, needs_chromium, say, shows

pytestmark = needs_chromium

ARTIFACTS = ROOT / "artifacts" / "web"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
REFUSED = {"error": "x", "message": "Motivo inventado."}

WATCH = """() => {
  window.said = [];
  window.moved = [];
  const root = document.querySelector('ventanilla-chat')?.shadowRoot ?? document;
  new MutationObserver(records => {
    for (const record of records) for (const node of record.addedNodes) window.said.push(node.textContent);
  }).observe(root.querySelector('#anuncios'), {childList: true, subtree: true, characterData: true});
  document.addEventListener('focusin', event => window.moved.push(event.target.id), true);
  document.addEventListener('focusout', event => window.moved.push('-' + event.target.id), true);
}"""


async def new_page(chromium: Any, **more: Any) -> Any:
    options = {"viewport": {"width": 390, "height": 780}, "locale": "es-PE", "reduced_motion": "reduce", **more}
    return await (await chromium.new_context(**options)).new_page()


class Checked:
    """A page of which every state is looked at."""

    def __init__(self, page: Any, name: str) -> None:
        self.page, self.name = page, name
        self.found: list[str] = []

    async def state(self, name: str) -> None:
        """Looks at the present state."""
        results = await Axe().run(self.page, options=RULES)
        for violation in results.response["violations"]:
            places = [node["target"] for node in violation["nodes"]]
            self.found.append(f"{name}: {violation['id']}: {places} {violation['nodes'][0]['failureSummary']}")
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=ARTIFACTS / f"{self.name}-{name}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state_of_the_page(
    chromium: Any, address: str, hub: ConversationHub, brain: PageBrain, scheme: str
) -> None:
    page = await new_page(chromium, color_scheme=scheme)
    checked = Checked(page, f"pagina-{scheme}")
    await page.goto(address)
    await page.wait_for_selector(".opciones button")
    await checked.state("bienvenida")
    await say(page, "espera")
    await page.wait_for_selector(".escribiendo")
    await checked.state("escribiendo")
    brain.go_on.set()
    for text, selector in (("guia", ".tarjeta"), ("enlaces", ".de-bot a"), ("largo", "text=¿Seguimos?")):
        await say(page, text)
        await page.wait_for_selector(selector)
        await checked.state(text)
    await page.click("#opciones")
    await checked.state("menu")
    await page.keyboard.press("Escape")
    await choose(page, "mail")
    await page.fill("#correo", "nadie")
    await page.click(".hoja button[value=si]")
    await page.wait_for_selector(".resultado:not(:empty)")
    await checked.state("correo")
    await page.keyboard.press("Escape")
    conversation = brain.turns[0].conversation
    await hub.set_owner(conversation, Owner.HUMAN)
    await hub.send(conversation, Author.SYSTEM, "Le atiende una persona.")
    await hub.send(conversation, Author.AGENT, "Buenos días. ¿En qué le ayudo?")
    await page.wait_for_selector(".de-agent")
    await page.fill("#texto", "á" * 2_010)
    await checked.state("persona")
    await page.route("**/chat/api/messages", lambda route: route.fulfill(status=422, json=REFUSED))
    await say(page, "uno")
    await page.wait_for_selector(".fallido")
    await page.context.set_offline(True)
    await page.wait_for_selector(".aviso:not(:empty)")
    await checked.state("fallido")
    await page.context.set_offline(False)
    await page.wait_for_selector(".aviso:empty", state="attached")
    await choose(page, "end")
    await checked.state("terminar")
    await page.click(".hoja button[value=si]")
    await page.wait_for_selector(".aviso button")
    await checked.state("terminada")
    assert "\n".join(checked.found) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "width", "height"), [("telefono", 360, 700), ("escritorio", 1100, 760)])
async def test_axe_finds_nothing_in_any_state_of_the_widget(
    chromium: Any,
    site: Site,
    address: str,
    hub: ConversationHub,
    brain: PageBrain,
    scheme: str,
    device: str,
    width: int,
    height: int,
) -> None:
    page = await new_page(chromium, color_scheme=scheme, viewport={"width": width, "height": height})
    checked = Checked(page, f"inserto-{device}-{scheme}")
    site.attributes = 'data-color="#c1121f"'
    await page.goto(site.origin)
    await page.wait_for_selector(".lanzador")
    await checked.state("cerrado")
    await page.click(".lanzador")
    await page.wait_for_selector(".opciones button")
    await checked.state("bienvenida")
    await say(page, "guia")
    await page.wait_for_selector(".tarjeta")
    await checked.state("guia")
    await choose(page, "mail")
    await checked.state("correo")
    await page.keyboard.press("Escape")
    await page.click("#cerrar")
    await hub.send(brain.turns[0].conversation, Author.AGENT, "Buenos días.")
    await page.wait_for_selector(".sin-leer:has-text('1')")
    await checked.state("sin-leer")
    assert "\n".join(checked.found) == ""


async def test_each_message_is_announced_exactly_once_whatever_happens_to_the_connection(
    chromium: Any, address: str, hub: ConversationHub, brain: PageBrain
) -> None:
    page = await new_page(chromium)
    await page.goto(address)
    await page.wait_for_selector(".opciones button")
    await page.evaluate(WATCH)
    expected = []
    for number, text in enumerate(("uno", "dos", "tres"), start=1):
        await say(page, text)
        await page.wait_for_selector(f"text={number}: {text}")
        expected += [f"Usted: {text}", f"Asistente: {number}: {text}"]
    await page.context.set_offline(True)
    await page.wait_for_selector(".aviso:not(:empty)")
    for text in ("Mientras tanto.", "Y otra vez."):
        await hub.send(brain.turns[0].conversation, Author.AGENT, text)
        expected.append(f"Mesa de ayuda: {text}")
    await page.context.set_offline(False)
    await page.wait_for_selector("text=Y otra vez.")
    assert await page.evaluate("said") == expected
    await page.reload()
    await page.wait_for_selector("text=Y otra vez.")
    assert await announced(page) == [], "history is never announced"


async def test_no_arrival_moves_the_focus(chromium: Any, address: str, hub: ConversationHub, brain: PageBrain) -> None:
    page = await new_page(chromium)
    await page.goto(address)
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await page.evaluate(WATCH)
    conversation = brain.turns[0].conversation
    for place in ("#opciones", "#registro", "#texto"):
        await page.focus(place)
        await page.evaluate("window.moved.length = 0")
        for author in (Author.SYSTEM, Author.AGENT):
            await hub.send(conversation, author, f"Para {place}", buttons=[{"title": "Sí", "payload": "/si"}])
        await page.wait_for_selector(f".de-agent:has-text('Para {place}')")
        assert await page.evaluate("window.moved") == []
        assert await page.evaluate("'#' + document.activeElement.id") == place


async def test_at_400_percent_everything_is_there_and_nothing_scrolls_sideways(chromium: Any, address: str) -> None:
    page = await new_page(chromium, viewport={"width": 320, "height": 256})
    await page.goto(address)
    for text in ("guia", "x" * 300):
        await say(page, text)
        await page.wait_for_function("() => !document.querySelector('.pendiente')")
    await page.wait_for_selector("text=1: xxx")
    for selector in ("#opciones", "#texto", "#enviar", ".persona", "#nunca", "#registro"):
        box = await page.locator(selector).bounding_box()
        assert box["x"] >= 0, selector
        assert box["x"] + box["width"] <= 320, selector
        assert box["y"] + box["height"] <= 256, selector
        assert min(box["width"], box["height"]) >= (18 if selector == "#nunca" else 24), selector
    assert (await page.locator("#registro").bounding_box())["height"] >= 100
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await choose(page, "mail")
    await page.locator(".hoja button[value=si]").scroll_into_view_if_needed()
    assert await page.locator(".hoja button[value=si]").is_visible()
    await page.screenshot(path=ARTIFACTS / "pagina-400.png")


async def test_text_spaced_as_readers_need_it_is_not_cut_off(chromium: Any, address: str) -> None:
    page = await new_page(chromium, viewport={"width": 320, "height": 640})
    await page.goto(address)
    await say(page, "guia")
    await page.wait_for_selector(".tarjeta")
    # WCAG 2.2, 1.4.12.
    spaced = "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
    await page.evaluate(
        "style => {const sheet = new CSSStyleSheet(); sheet.replaceSync(style); document.adoptedStyleSheets = [sheet]}",
        spaced,
    )
    cut = await page.evaluate(
        "[...document.querySelectorAll('.marco *')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1"
        " && getComputedStyle(e).overflowX !== 'visible' && !e.closest('.solo-lector, svg')).map(e => e.outerHTML)"
    )
    assert cut == []


async def test_in_forced_colours_edges_and_focus_can_be_seen(chromium: Any, address: str) -> None:
    page = await new_page(chromium, forced_colors="active")
    await page.goto(address)
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    for selector in (".de-user > .burbuja", ".de-bot > .burbuja", "#enviar", "#texto"):
        width = await page.locator(selector).last.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)")
        assert width >= 1, selector
    await page.focus("#texto")
    await page.keyboard.press("Tab")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    await page.screenshot(path=ARTIFACTS / "pagina-colores-forzados.png")


async def test_every_stop_of_the_keyboard_shows_that_it_has_the_focus(chromium: Any, address: str) -> None:
    page = await new_page(chromium)
    await page.goto(address)
    await say(page, "guia")
    await page.wait_for_selector(".opciones button")
    seen = []
    for _ in range(9):
        await page.keyboard.press("Tab")
        name, outline = await page.evaluate(
            "[document.activeElement.id || document.activeElement.textContent,"
            " parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"
        )
        if name and name not in seen and await page.evaluate("document.activeElement !== document.body"):
            seen.append(name)
            assert outline >= 2, name
    assert {"opciones", "registro", "Siguiente", "texto", "enviar", "Hablar con una persona"} == set(seen)


async def test_the_question_over_the_conversation_hides_what_is_beneath_and_still_announces(
    chromium: Any, address: str, hub: ConversationHub, brain: PageBrain
) -> None:
    page = await new_page(chromium)
    await page.goto(address)
    await say(page, "hola")
    await shows(page, GREETING, "hola", "1: hola")
    await choose(page, "mail")
    assert await page.evaluate("document.activeElement.id") == "correo"
    assert await page.evaluate("['cabecera', 'charla'].every(id => document.getElementById(id).inert)")
    await hub.send(brain.turns[0].conversation, Author.AGENT, "Buenos días.")
    await page.wait_for_selector("#anuncios p:has-text('Mesa de ayuda: Buenos días.')", state="attached")
    assert await page.evaluate("document.getElementById('anuncios').closest('[inert]')") is None
    assert await page.evaluate("document.activeElement.id") == "correo"
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.id") == "opciones"
