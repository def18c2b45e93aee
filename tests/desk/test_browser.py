"""Agent and official, each in a browser of their own: a whole escalation, transfer, return and survey."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.conversations.interfaces import Owner
from bot.desk.interfaces import CaseContext, CaseState, Reason
from bot.guides.service import load_guides
from bot.platforms import Platform
from bot.settings import ROOT
from tests.desk.console import Console, console
from tests.desk.rig import DeskRig

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")


async def conversation_of(page: Page, rig: DeskRig) -> str:
    token = await page.evaluate("JSON.parse(sessionStorage.getItem('ventanilla.chat')).token")
    return await rig.hub.authenticate(token)


async def write(page: Page, text: str) -> None:
    await page.locator("#texto").fill(text)
    await page.locator("#texto").press("Enter")


async def agent_page(browser: object, desk: Console, name: str, problems: list[str]) -> Page:
    client = await desk.member(name)
    context = await browser.new_context()  # type: ignore[attr-defined]
    await context.add_cookies([{"name": "mesa", "value": client.cookies["mesa"], "url": desk.address}])
    page = await context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    return page


async def test_an_official_is_helped_by_two_people_and_goes_on_with_the_bot(desk: Console) -> None:
    rig, problems = desk.rig, []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        rosa = await agent_page(browser, desk, "Rosa", problems)
        luis = await agent_page(browser, desk, "Luis", problems)
        await rosa.goto(f"{desk.address}/mesa")
        await luis.goto(f"{desk.address}/mesa")
        person = await (await browser.new_context()).new_page()
        await person.goto(desk.address)
        await write(person, "no me llega el correo")
        await expect(person.locator("#mensajes")).to_contain_text("1: no me llega el correo")
        conversation = await conversation_of(person, rig)
        context = CaseContext(Platform.SEACE, "correo_no_llega", resume="/repetir_paso")
        opened = await rig.desk.open_case(conversation, Reason.ASKED, context)
        await expect(person.locator("#mensajes")).to_contain_text(f"Su caso es el {opened.number}")
        # The queue shows it by itself, and the title counts it.
        await expect(rosa.locator("#cola")).to_contain_text(opened.number)
        await expect(rosa).to_have_title("(1) Cola · Ventanilla")
        await rosa.get_by_role("link", name=opened.number).click()
        await rosa.get_by_role("button", name="Tomar el caso").click()
        await expect(person.locator("#mensajes")).to_contain_text("Le atiende Rosa")
        await rosa.locator("#texto").fill("Buen día, ¿cuál es su código?")
        await rosa.locator("#texto").press("Control+Enter")
        await expect(person.locator("#mensajes")).to_contain_text("¿cuál es su código?")
        await expect(rosa.locator("#texto")).to_have_value("")
        await write(person, "001952_56989")
        await expect(rosa.locator("#registro")).to_contain_text("001952_56989")
        await rosa.locator("summary", has_text="Transferir").click()
        await rosa.locator("#a").select_option(label="Luis")
        await rosa.locator("form.panel button", has_text="Transferir").click()
        await expect(person.locator("#mensajes")).to_contain_text("Le paso con otra persona")
        await luis.get_by_role("link", name=opened.number).click()
        await luis.get_by_role("button", name="Tomar el caso").click()
        await luis.locator("#texto").fill("/despedida ")
        await luis.locator("#texto").press("End")
        await luis.locator("#texto").fill("Listo, ya se lo envié.")
        await luis.get_by_role("button", name="Enviar", exact=True).click()
        await expect(person.locator("#mensajes")).to_contain_text("Listo, ya se lo envié.")
        await luis.get_by_role("button", name="Devolver al asistente").click()
        await expect(person.locator("#mensajes")).to_contain_text("de nuevo con el asistente")
        await expect(person.locator("#mensajes")).to_contain_text("[/repetir_paso]")
        await person.get_by_role("button", name="5", exact=True).click()
        await expect(person.locator("#mensajes")).to_contain_text("Gracias por su respuesta")
        await browser.close()
    case = await rig.now_of(opened.number)
    assert (case.state, case.rating) == (CaseState.CLOSED, 5)
    assert await rig.hub.owner(conversation) is Owner.BOT
    assert problems == []


async def test_an_agent_sends_a_step_with_its_picture_and_what_the_guides_suggest(rig: DeskRig) -> None:
    async with console(rig, guides=load_guides(ROOT / "data" / "guides")) as desk, async_playwright() as playwright:
        problems: list[str] = []
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        rosa = await agent_page(browser, desk, "Rosa", problems)
        person = await (await browser.new_context()).new_page()
        await person.goto(desk.address)
        await write(person, "necesito ayuda")
        await expect(person.locator("#mensajes")).to_contain_text("1: necesito ayuda")
        conversation = await conversation_of(person, rig)
        context = CaseContext(Platform.SEACE, "", "seace/nueva-contrasena", "Escriba su código y su correo")
        number = (await rig.desk.open_case(conversation, Reason.STEP, context)).number
        await rosa.goto(f"{desk.address}/mesa/casos/{int(number.removeprefix('VEN-'))}")
        await rosa.get_by_role("button", name="Tomar el caso").click()
        # The guide is named as people know it.
        await expect(rosa.locator(".datos")).to_contain_text("Generar una nueva contraseña")
        await expect(rosa.locator("#estado")).to_contain_text("Generar una nueva contraseña")
        await rosa.locator("summary", has_text="Enviar un paso").click()
        await rosa.locator("#paso").select_option("seace/nueva-contrasena#2")
        await rosa.get_by_role("button", name="Enviar el paso").click()
        await expect(rosa.locator("details.menu[open]")).to_have_count(0)
        await expect(person.locator("#mensajes")).to_contain_text("Escriba su código y su correo")
        await expect(person.locator("#mensajes img")).to_have_count(1)
        await expect(rosa.locator("#sugerencia")).to_contain_text("Nada sobre lo último")
        await write(
            person, "¿por qué se bloqueó mi cuenta del seace? ¿cada cuántos meses se debe cambiar la contraseña?"
        )
        await expect(rosa.locator("#sugerencia")).to_contain_text("meses")
        await rosa.get_by_role("button", name="Insertar en el mensaje").click()
        await expect(rosa.locator("#texto")).to_have_value(re.compile("meses"))
        await browser.close()
    assert problems == []


async def test_a_link_of_a_mail_opens_the_chat_with_the_whole_conversation(desk: Console) -> None:
    rig = desk.rig
    case = await rig.case()
    async with rig.database.transaction() as transaction:
        token = await rig.parts.links.new_link(transaction, case.id, 2, rig.clock() + rig.parts.policy.link)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(f"{desk.address}/caso/{token}")
        await page.get_by_role("button", name="Abrir la conversación").click()
        await expect(page.locator("#mensajes")).to_contain_text("necesito ayuda")
        await expect(page.locator("#mensajes")).to_contain_text(case.number)
        await browser.close()
    await asyncio.sleep(0)
