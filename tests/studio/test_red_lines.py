"""An intent is split in a browser, and what crosses a red line goes live by a supervisor's word alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright, expect

from bot.desk.agent_store import DeskRole
from bot.studio import places
from bot.studio.compare import Lines, Seen, summary
from tests.studio.rig import ADMIN, SECOND, TRAINER, Rig, add_model, as_if_tried
from tests.web.helpers import CHROMIUM, QUIET, needs_chromium

REASON = "La norma cambió hoy y hay que responder ya"
WORSE = [Seen(f"no entiendo la norma {at}", "estado_caso", "estado_caso", "fuera_de_tema", 0.9, 0.4) for at in (1, 2)]


@needs_chromium
@pytest.mark.timeout(300)
async def test_a_split_intent_goes_live_over_a_red_line_with_a_supervisors_reason(rig: Rig, model: Path) -> None:
    add_model(rig.project, model, "nuevo", "nuevo")
    before = await rig.studio.drafting.space()
    moved = places.messages(before)["tipos_usuario"][:3]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        trainer, second = await rig.browser_of(browser, TRAINER), await rig.browser_of(browser, SECOND)
        admin = await rig.browser_of(browser, ADMIN, DeskRole.ADMIN)
        await split(rig, trainer, moved)
        after = await rig.studio.drafting.space()
        assert places.messages(after)["rol_del_auditor"] == moved
        assert not set(moved) & set(places.messages(after)["tipos_usuario"])
        assert places.rules(after)["rol_del_auditor"][1] == ["utter_rol_del_auditor"]

        crossed = summary(WORSE, [], [], ["estado_caso"], Lines())
        await as_if_tried(rig.studio, TRAINER, "nuevo", crossed)
        await trainer.goto(f"{rig.url}/estudio/borrador")
        await expect(trainer.get_by_role("list", name="Líneas rojas")).to_contain_text("2 mensajes")
        await expect(trainer.locator("#ensayo")).to_contain_text("no entiendo la norma 1")
        await trainer.get_by_role("button", name="Proponer").click()
        await expect(trainer.get_by_text("Falta que otra persona lo publique")).to_be_visible()

        await nobody_else_publishes_it(rig, second)
        await the_supervisor_does(rig, admin)
        assert trainer.problems == [] == admin.problems
        await browser.close()


async def split(rig: Rig, page: Any, moved: list[str]) -> None:
    await page.goto(f"{rig.url}/estudio/intencion/tipos_usuario")
    await page.get_by_text("Renombrar, unir, dividir o retirar").click()
    await page.get_by_label("Dividir: título de la intención nueva").fill("Rol del auditor")
    await page.get_by_label("Frases que pasan a ella, una por línea y tal como están").fill("\n".join(moved))
    form = page.locator("form", has=page.get_by_role("button", name="Dividir"))
    await form.get_by_label("Respuesta").fill("El auditor solo mira.")
    await form.get_by_role("button", name="Dividir").click()
    await expect(page.locator(".cambios")).to_contain_text("Rol del auditor")


async def nobody_else_publishes_it(rig: Rig, page: Any) -> None:
    await page.goto(f"{rig.url}/estudio/borrador")
    await expect(page.get_by_text("solo quien administra puede publicarlo así")).to_be_visible()
    await expect(page.get_by_role("button", name="Publicar")).to_have_count(0)
    # Not around the page either, whatever reason is given.
    csrf = await page.locator("input[name=_csrf]").first.input_value()
    answer = await page.request.post(f"{rig.url}/estudio/publicar", form={"_csrf": csrf, "motivo": REASON})
    assert answer.status == 409
    assert "líneas rojas" in (await answer.text()).lower()
    assert rig.studio.parts.switch.name != "nuevo"


async def the_supervisor_does(rig: Rig, page: Any) -> None:
    await page.goto(f"{rig.url}/estudio/borrador")
    csrf = await page.locator("input[name=_csrf]").first.input_value()
    answer = await page.request.post(f"{rig.url}/estudio/publicar", form={"_csrf": csrf, "motivo": "  "})
    assert answer.status == 409
    await page.get_by_role("button", name="Publicar").click()
    # Without a reason the form does not even leave the page.
    assert not await page.get_by_label("Motivo para publicar con líneas rojas").evaluate("(e) => e.validity.valid")
    await page.get_by_label("Motivo para publicar con líneas rojas").fill(REASON)
    await page.get_by_role("button", name="Publicar").click()
    await expect(page.get_by_text("ya responde con el modelo nuevo")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text(REASON).first).to_be_visible()
    assert rig.studio.parts.switch.name == rig.shelf.current() == "nuevo"
    assert rig.shelf.card("nuevo").reason == REASON
    await page.goto(f"{rig.url}/estudio/registro")
    await expect(page.get_by_text(REASON)).to_be_visible()
    await expect(page.locator("body")).to_contain_text(ADMIN.email)
