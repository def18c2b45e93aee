"""The whole service in two Chromium contexts: an official asks for a person, an agent helps, the bot goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.conversations.agent import AgentBrowser, at_the_desk
from tests.support.product import Product

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")


async def official(browser: Browser, product: Product) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(product.url)
    return page


async def console(browser: Browser, product: Product, agent: AgentBrowser, problems: list[str]) -> Page:
    context = await browser.new_context()
    session = next(each.value for each in agent.http.cookies.jar if each.name == "mesa" and each.path == "/mesa")
    await context.add_cookies([{"name": "mesa", "value": session or "", "url": product.url}])
    page = await context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{product.url}/mesa")
    return page


async def write(page: Page, text: str) -> None:
    await page.locator("#texto").fill(text)
    await page.locator("#texto").press("Enter")


async def test_from_the_wish_for_a_person_to_the_grade(product: Product) -> None:
    problems: list[str] = []
    async with product.running(), at_the_desk(product) as agent, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        person = await official(browser, product)
        rosa = await console(browser, product, agent, problems)
        chat, log = person.locator("#mensajes"), rosa.locator("#registro")
        await write(person, "olvidé mi contraseña del seace")
        await expect(chat).to_contain_text("código de usuario del SEACE")
        await write(person, "mejor quiero hablar con una persona")
        await person.get_by_role("button", name="Sí, entrar en la fila").click()
        await expect(chat).to_contain_text("Un asesor le atenderá en este chat. Su caso es el VEN-000001")
        await rosa.get_by_role("link", name="VEN-000001").click()
        await rosa.get_by_role("button", name="Tomar el caso").click()
        await expect(chat).to_contain_text("Le atiende Rosa")
        await rosa.locator("#texto").press_sequentially("Buen día")
        await expect(chat).to_contain_text("Le están escribiendo de la mesa de ayuda")
        await rosa.get_by_role("button", name="Enviar", exact=True).click()
        await expect(chat).to_contain_text("Buen día")
        await expect(log.locator(".de-agent .entrega")).to_have_text("Entregado")
        await person.locator("#texto").press_sequentially("gracias")
        await expect(rosa.locator("#escribe")).to_have_text("La persona está escribiendo…")
        await person.locator("#texto").press("Enter")
        await expect(log).to_contain_text("gracias")
        await rosa.get_by_role("button", name="Devolver al asistente").click()
        await expect(chat).to_contain_text("¿Cómo le fue con la persona que le atendió?")
        await person.get_by_role("button", name="4", exact=True).click()
        await expect(chat).to_contain_text("¿Quiere dejar un comentario?")
        await write(person, "001952_56989")
        await expect(chat).to_contain_text("Ficha de Creación de Usuario")
        await browser.close()
    assert problems == []
