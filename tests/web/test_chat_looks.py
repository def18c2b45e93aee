"""How the chat page looks in a real Chromium: sizes, contrast, movement."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.web_chat.brains import GREETING
from tests.web.helpers import PageBrain, needs_chromium, say, shows

pytestmark = needs_chromium


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


async def test_movement_stops_where_it_is_unwanted(page: Any, brain: PageBrain) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await say(page, "espera")
    await page.wait_for_selector(".escribiendo")
    assert await page.locator(".escribiendo i").first.evaluate("dot => getComputedStyle(dot).animationName") == "none"
    brain.go_on.set()
    await shows(page, GREETING, "espera", "1: espera")
