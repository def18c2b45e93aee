"""Every page of the console by axe (WCAG 2.2 AA), in light and dark, on a desk, a tablet and a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from bot.desk.agent_store import DeskRole
from bot.desk.interfaces import CloseReason
from tests.desk.console import Console, console
from tests.desk.rig import DeskRig

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}}
SIZES = {"desk": (1280, 900), "tablet": (820, 1180), "phone": (360, 740)}


@pytest.fixture
async def desk(rig: DeskRig) -> AsyncIterator[Console]:
    async with console(rig) as running:
        yield running


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
    token = await desk.agents.invite("nueva@example.org", DeskRole.AGENT, teams=("seace",))
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


async def broken(page: object, where: str) -> list[str]:
    """The rules that a page breaks, and whether it is wider than the screen."""
    result = await Axe().run(page, options=RULES)
    found = [f"{where}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in result.response["violations"]]
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")  # type: ignore[attr-defined]
    return [*found, f"{where}: wider than the screen"] if wide else found
