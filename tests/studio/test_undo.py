"""A decision of the inbox can be taken back, at once by a key or later from the list of what was set aside."""

from __future__ import annotations

from typing import Any

from playwright.async_api import async_playwright, expect

from bot.brain.nlu.similar import comparable
from tests.studio.rig import SECOND, TRAINER, Rig
from tests.studio.talks import write
from tests.web.helpers import CHROMIUM, QUIET, needs_chromium

PRIVATE = "soy Rosa Quispe, mi correo es rosa.quispe@municipio.gob.pe y quiero pujar en la subasta"
TEXTS = ["cómo firmo con el token", "mi banco no aparece", PRIVATE]


async def asked(rig: Rig) -> dict[str, str]:
    """What the inbox holds: masked words to mark."""
    groups, _totals = await rig.studio.labelling.groups()
    return {item.text: item.mark for group in groups for item in group.items}


async def test_an_undone_decision_is_one_entry_more_and_a_later_one_of_somebody_else_stays(rig: Rig) -> None:
    labelling, decisions = rig.studio.labelling, rig.studio.parts.decisions
    await write(rig.core.database, TEXTS, rig.core.clock())
    marks = await asked(rig)
    token, bank = marks["cómo firmo con el token"], marks["mi banco no aparece"]
    assert await labelling.decide(TRAINER, "discard", {token: ""}) == 1
    assert token not in (await asked(rig)).values()
    assert await labelling.take_back(SECOND, "discard", [token, token, "nadie"]) == 1
    assert token in (await asked(rig)).values()
    assert [(one.decision, one.author) for one in await decisions.log(token)] == [
        ("discard", TRAINER.email),
        ("undo", SECOND.email),
    ]
    # Whoever presses late takes back nothing of what was decided meanwhile.
    assert await labelling.decide(SECOND, "accept", {token: "cómo firmo con el token"}, "estado_caso") == 1
    assert await labelling.take_back(TRAINER, "discard", [token]) == 0
    assert token not in (await asked(rig)).values()
    # An accepted message leaves the draft with its decision.
    assert await labelling.take_back(SECOND, "accept", [token]) == 1
    assert (await rig.studio.drafting.view()).empty and token in (await asked(rig)).values()
    # Emptying the draft takes back what it still holds, and nothing that was decided after an undo.
    assert await labelling.decide(SECOND, "discard", {token: ""}) == 1
    assert await labelling.decide(SECOND, "accept", {bank: "mi banco no aparece"}, "estado_caso") == 1
    await rig.studio.drafting.discard(TRAINER)
    assert token not in (await asked(rig)).values() and bank in (await asked(rig)).values()


@needs_chromium
async def test_a_slip_of_the_finger_is_undone_on_the_page_and_what_was_set_aside_is_brought_back(rig: Rig) -> None:
    await write(rig.core.database, TEXTS, rig.core.clock())
    await rig.studio.parts.corpus()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await rig.browser_of(browser, TRAINER)
        await a_key_undoes(rig, page)
        await every_decision_of_the_page_can_be_undone(rig, page)
        await what_was_set_aside_comes_back(rig, page)
        assert page.problems == []
        await browser.close()
    assert (await rig.studio.drafting.view()).empty


async def a_key_undoes(rig: Rig, page: Any) -> None:
    await page.goto(f"{rig.url}/estudio/bandeja")
    groups, said = page.locator("[data-grupo]"), page.locator("#cuenta-bandeja")
    first = await groups.first.locator("[data-texto]").inner_text()
    await expect(page.get_by_role("button", name="Deshacer")).to_be_hidden()
    await page.keyboard.press("x")
    await expect(said).to_contain_text(f"Descartado: «{first[:30]}")
    await expect(said).to_contain_text("Quedan 2 grupos.")
    await expect(said).to_have_attribute("role", "status")
    await page.keyboard.press("z")
    await expect(said).to_contain_text("Deshecho")
    await expect(groups.first.locator("[data-texto]")).to_have_text(first)
    await expect(groups.first).to_be_focused()
    await expect(page.get_by_role("button", name="Deshacer")).to_be_hidden()


async def every_decision_of_the_page_can_be_undone(rig: Rig, page: Any) -> None:
    groups, said = page.locator("[data-grupo]"), page.locator("#cuenta-bandeja")
    texts = await page.locator("[data-texto]").all_inner_texts()
    for key in ("1", "p", "l"):
        await page.keyboard.press(key)
    # Nothing is left to stand on: the button is where the next key goes. Personal data are not said again.
    await expect(page.get_by_role("button", name="Deshacer")).to_be_focused()
    await expect(said).to_contain_text("No hay nada más")
    await page.keyboard.press("Enter")
    await expect(said).to_contain_text("Queda 1 grupo.")
    for _ in range(2):
        await page.keyboard.press("z")
    await expect(groups).to_have_count(3)
    assert await page.locator("[data-texto]").all_inner_texts() == texts
    await expect(page.locator("#bandeja")).to_have_attribute("aria-busy", "false")
    await page.reload()
    await expect(groups).to_have_count(3)


async def what_was_set_aside_comes_back(rig: Rig, page: Any) -> None:
    private = page.locator("[data-grupo]", has_text="persona@example.org")
    shown = await private.locator("[data-texto]").inner_text()
    await private.get_by_role("button", name="Datos personales").click()
    await expect(page.locator("#cuenta-bandeja")).to_contain_text("Con datos personales. Quedan 2")
    await expect(page.locator("#bandeja")).to_have_attribute("aria-busy", "false")
    await page.get_by_role("link", name="Ver lo apartado").click()
    row = page.locator(".apartados li")
    await expect(row).to_contain_text("1 frase que aquí no se muestra.")
    await expect(row).to_contain_text(f"con datos personales · {TRAINER.email}")
    await expect(page.locator("main")).not_to_contain_text("pujar")
    assert comparable(PRIVATE) not in await page.content()
    await row.get_by_role("button", name="Devolver a la bandeja").click()
    await expect(page.get_by_text("De vuelta en la bandeja.")).to_be_visible()
    await expect(page.locator(".apartados")).to_contain_text("Nada apartado.")
    await page.goto(f"{rig.url}/estudio/bandeja")
    assert shown in await page.locator("[data-texto]").all_inner_texts()
