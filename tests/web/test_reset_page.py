"""The page behind a reset link in a real Chromium, with and without its script."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.accounts import LINK, Links
from tests.web.helpers import browser, needs_chromium

pytestmark = needs_chromium


async def met(page: Any) -> list[str]:
    rules = page.locator(".reglas .cumplida")
    return list(await rules.evaluate_all("rules => rules.map(rule => rule.dataset.rule)"))


async def test_rules_are_ticked_while_one_writes_and_the_password_is_set(address: str, links: Links) -> None:
    async with browser() as chromium:
        page = await chromium.new_page(viewport={"width": 320, "height": 640})
        await page.goto(f"{address}/restablecer/{LINK}")
        assert await met(page) == []
        await page.fill("#contrasena", "abc")
        assert await met(page) == ["letter", "contains_login", "length_max"]
        await page.fill("#contrasena", "proveedor_ficticio1")
        assert await met(page) == ["length_min", "letter", "digit", "length_max"]
        await page.fill("#contrasena", "ñandú-2041")
        assert await met(page) == ["length_min", "letter", "digit", "contains_login", "length_max"]
        await page.fill("#repetida", "ñandú-204")
        assert await page.text_content("#iguales") == "Todavía no son iguales."
        await page.fill("#repetida", "ñandú-2041")
        assert await page.text_content("#iguales") == "Las dos son iguales."
        await page.click("#mostrar")
        assert await page.get_attribute("#contrasena", "type") == "text"
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        await page.click("button.boton")
        await page.wait_for_selector("text=Ya puede ingresar")
    assert links.password == "ñandú-2041"


@pytest.mark.parametrize("script", [True, False])
async def test_a_refused_password_is_explained_and_another_one_is_taken(
    address: str, links: Links, script: bool
) -> None:
    async with browser() as chromium:
        context = await chromium.new_context(java_script_enabled=script)
        page = await context.new_page()
        await page.goto(f"{address}/restablecer/{LINK}")
        for password, sentence in (("corta", "muy corta"), ("Abcdefg1", "Ya puede ingresar")):
            await page.fill("#contrasena", password)
            await page.fill("#repetida", password)
            await page.press("#repetida", "Enter")
            await page.wait_for_selector(f"text={sentence}")
        await context.close()
    assert links.password == "Abcdefg1"
