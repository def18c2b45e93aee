"""Every page of the console by axe (WCAG 2.2 AA), in light and dark, on a desk, a tablet and a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from bot.accounts.csv_import import load_demo
from bot.desk.agent_store import DeskRole
from bot.desk.attachments import Arrived
from bot.desk.interfaces import CaseContext, CloseReason, Reason
from bot.desk.mail_tags import Side
from bot.desk.model import Case
from bot.guides.service import load_guides
from bot.platforms import Platform
from bot.settings import ROOT
from tests.desk.console import PASSWORD, Console, console
from tests.desk.rig import DeskRig
from tests.unit.accounts.support import DEMO, START, build_house, mails

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}}
SIZES = {"desk": (1280, 900), "tablet": (820, 1180), "phone": (360, 740)}

WIDER = """() => document.documentElement.scrollWidth > innerWidth + 1
  || [...document.querySelectorAll(".tres > *")].some((each) => each.scrollWidth > each.clientWidth + 1)"""
"""Whether anything stands beyond the edge of the page or of a column."""


async def test_no_page_of_the_console_breaks_a_rule_or_overflows(desk: Console) -> None:
    rig = desk.rig
    client = await desk.member("Ada", role=DeskRole.ADMIN)
    (ada,) = await rig.agents.everybody()
    taken, waiting, closed = await rig.case(), await rig.case(), await rig.case(email="x" * 60 + "@example.org")
    await rig.work.claim(ada, taken.id)
    await rig.work.reply(ada, taken.id, "Una respuesta con unapalabramuylarga" + "o" * 120)
    await rig.work.note(ada, taken.id, "Una nota")
    await rig.work.claim(ada, closed.id)
    await rig.work.close(ada, closed.id, CloseReason.SOLVED)
    token = await desk.agents.invitations.invite("nueva@example.org", DeskRole.AGENT, teams=("seace",))
    async with rig.database.transaction() as transaction:
        link = await rig.parts.links.new_link(transaction, taken.id, 1, rig.clock() + rig.parts.policy.link)
    names = ("", "/cerrados", "/respuestas", "/supervision", "/auditoria", "/horarios", "/equipo")
    pages = [f"/mesa{name}" for name in names]
    pages += [f"/mesa/casos/{case.id}" for case in (taken, waiting, closed)]
    pages += ["/mesa/casos/999999", f"/mesa/invitacion/{token}", "/mesa/invitacion/x", f"/caso/{link}", "/caso/x"]
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for scheme, size in (("light", "desk"), ("dark", "desk"), ("light", "tablet"), ("dark", "phone")):
            width, height = SIZES[size]
            context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(f"{desk.address}/mesa/entrar")
            problems += await broken(page, f"/mesa/entrar {scheme} {size}")
            await context.add_cookies([{"name": "mesa", "value": client.cookies["mesa"], "url": desk.address}])
            for path in pages:
                await page.goto(f"{desk.address}{path}")
                problems += await broken(page, f"{path} {scheme} {size}")
        await browser.close()
    assert problems == [], "\n".join(problems)


async def test_nothing_that_a_press_opens_breaks_a_rule_or_overflows(rig: DeskRig) -> None:
    async with rig.database.transaction() as transaction:
        await transaction.run_sync(mails.metadata.create_all)
    await load_demo(rig.database, DEMO, START)
    accounts, guides = build_house(rig.database).accounts, load_guides(ROOT / "data" / "guides")
    async with console(rig, accounts, guides) as desk:
        client = await desk.member("Ada", role=DeskRole.ADMIN)
        case = await busy_case(desk)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            problems: list[str] = []
            for scheme, size in (("light", "desk"), ("dark", "phone")):
                width, height = SIZES[size]
                context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})  # type: ignore[arg-type]
                problems += await code_page(desk, context, f"{scheme} {size}")
                await context.add_cookies([{"name": "mesa", "value": client.cookies["mesa"], "url": desk.address}])
                problems += await opened(desk, await context.new_page(), case, f"{scheme} {size}")
                await context.close()
            await browser.close()
    assert problems == [], "\n".join(problems)


async def busy_case(desk: Console) -> Case:
    """A case with everything that a case can show."""
    rig = desk.rig
    for name in ("Rosa", "Luis"):
        await rig.agent(name)
    ada = next(each for each in await rig.agents.everybody() if each.name == "Ada")
    conversation = await rig.conversation("no puedo entrar, vence hoy")
    context = CaseContext(
        Platform.SOCE, "agregar_perfil", "soce/agregar-perfil", "Abra el usuario", "entidadsol1", "ana@example.org"
    )
    number = (await rig.desk.open_case(conversation, Reason.STEP, context)).number
    case = await rig.now_of(number)
    await rig.work.claim(ada, case.id)
    async with rig.parts.changing(case.id) as (writing, held):
        arrived = [Arrived("constancia.pdf", b"%PDF-"), Arrived("p" * 80 + ".exe", b"", "kind")]
        await desk.tools.files.keep(writing, held, Side.PERSON, arrived)
    return case


async def code_page(desk: Console, context: BrowserContext, where: str) -> list[str]:
    """The second factor's page, before and after a wrong code."""
    half = await desk.agents.sign_in("ada@example.org", PASSWORD)
    await context.add_cookies([{"name": "mesa", "value": half, "url": desk.address}])
    page = await context.new_page()
    await page.goto(f"{desk.address}/mesa/codigo")
    problems = await broken(page, f"code {where}")
    await page.get_by_label("Código").fill("000000")
    await page.get_by_role("button", name="Entrar").click()
    await expect(page.get_by_role("alert")).to_contain_text("no es correcto")
    problems += await broken(page, f"wrong code {where}")
    desk.rig.clock.forward(minutes=5)
    await desk.rig.keep_seen(*await desk.rig.agents.everybody())
    await page.close()
    return problems


async def opened(desk: Console, page: Page, case: Case, where: str) -> list[str]:
    """Every part that opens by a press, each alone."""
    problems: list[str] = []
    one = f"{desk.address}/mesa/casos/{case.id}"
    for summary in ("Transferir", "Cerrar", "Respuestas preparadas", "Enviar un paso de una guía"):
        await page.goto(one)
        await page.locator("summary", has_text=summary).click()
        await expect(page.locator("details[open] .panel")).to_be_visible()
        problems += await broken(page, f"{summary} {where}")
        # The whole of it can be reached on the screen.
        box = await page.locator("details[open] .panel").bounding_box()
        width = page.viewport_size["width"] if page.viewport_size else 0
        if box is None or box["x"] < 0 or box["x"] + box["width"] > width:
            problems.append(f"{summary} {where}: beyond the screen's edge")
    await page.goto(one)
    await page.get_by_role("button", name="Ver los datos completos").click()
    await expect(page.locator(".datos")).to_contain_text("Entidad")
    problems += await broken(page, f"revealed {where}")
    await page.get_by_role("button", name="Avisos").click()
    await expect(page.locator("#nota-avisos")).to_be_visible()
    problems += await broken(page, f"alerts refused {where}")
    for path in ("/mesa/respuestas", "/mesa/supervision", "/mesa/horarios", "/mesa/equipo"):
        await page.goto(f"{desk.address}{path}")
        for each in await page.locator("details > summary").all():
            await each.click()
        problems += await broken(page, f"{path} opened {where}")
    return problems


async def broken(page: object, where: str) -> list[str]:
    """The rules that a page breaks, and whether it is wider than the screen."""
    result = await Axe().run(page, options=RULES)
    found = [f"{where}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in result.response["violations"]]
    wide = await page.evaluate(WIDER)  # type: ignore[attr-defined]
    return [*found, f"{where}: wider than the screen"] if wide else found
