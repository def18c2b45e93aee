"""A day's work in the studio, in a browser: labelling by keys, two people at one text, a test of a real chat."""

from __future__ import annotations

import re
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, async_playwright, expect

from bot.conversations.interfaces import Author
from bot.conversations.review_store import ReviewStore
from bot.studio import places
from bot.studio.interfaces import ChangeDoesNotFit
from tests.studio.rig import ADMIN, SECOND, TRAINER, Rig, answered
from tests.studio.talks import TOPICS, alone, write
from tests.studio.test_pages import PAGES
from tests.web.helpers import CHROMIUM, QUIET, needs_chromium
from tests.web.test_accessibility import RULES

DRAWN = """(all) => Promise.all(all.map((one) => {
    one.loading = "eager";
    return one.decode().then(() => one.naturalWidth, () => 0);
}))"""
A_MINUTE = 20
"""Messages that a person labels by keyboard."""


@needs_chromium
@pytest.mark.timeout(600)
async def test_a_day_in_the_studio(rig: Rig) -> None:
    now = rig.core.clock()
    topics = [text for texts in TOPICS.values() for text in texts]
    await write(rig.core.database, [*topics, *alone()], now)
    private = "soy Rosa Quispe, mi correo es rosa.quispe@municipio.gob.pe y quiero pujar en la subasta"
    talk = await write(rig.core.database, [private], now)
    await rig.studio.parts.corpus()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await rig.browser_of(browser, TRAINER)
        await label_by_keys(rig, page, len(topics) + len(alone()) + 1)
        await nothing_is_asked_twice(rig, page)
        await two_people_at_one_text(rig, browser, page)
        await a_guide_is_shown_while_it_is_written(rig, page)
        await every_page_is_accessible_and_fits_a_phone(rig, page, talk)
        await page.goto(f"{rig.url}/estudio/conversacion/{talk}")
        await expect(page.locator(".registro")).not_to_contain_text("municipio")
        await page.get_by_role("button", name="Convertir en prueba").click()
        await expect(page.get_by_text("La conversación es ahora una prueba")).to_be_visible()
        assert page.problems == []
        await browser.close()
    changed = (await rig.studio.drafting.view()).replayed.space.changed()
    story = next(after for path, (_before, after) in changed.items() if path.startswith(places.OWN_STORIES))
    assert "persona@example.org" in story and "utter_default" in story
    assert not any("Quispe" in after or "municipio.gob" in after for _before, after in changed.values())


async def label_by_keys(rig: Rig, page: Any, messages: int) -> None:
    await page.goto(f"{rig.url}/estudio/bandeja")
    groups = page.locator("[data-grupo]")
    count = await groups.count()
    assert count < messages
    shown = await page.locator("[data-marca]").count()
    await expect(groups.first).to_have_class("grupo actual")
    await expect(page.locator(".grupos")).not_to_contain_text("municipio")
    # People read titles; what an intent is called inside is nobody's matter here.
    offered = await page.locator("#bandeja .opcion-intencion").all_inner_texts()
    assert offered and not [text for text in offered if "_" in text]
    first = await groups.first.locator("[data-marca]").count()
    assert first > 1
    # The first group is corrected before it is accepted; the rest goes key by key.
    began = time.perf_counter()
    await page.keyboard.press("v")
    await expect(groups.first.locator(".registro")).to_contain_text("No entendí")
    await page.keyboard.press("1")
    for number in range(count - 1):
        await page.keyboard.press("1" if number % 3 == 0 else "x" if number % 3 == 1 else "l")
    await expect(page.locator("#cuenta-bandeja")).to_contain_text("No hay nada más")
    seconds = time.perf_counter() - began
    print(f"{shown} messages in {count} groups by keyboard: {60 * shown / seconds:.0f} a minute")
    assert 60 * shown / seconds >= A_MINUTE


async def nothing_is_asked_twice(rig: Rig, page: Any) -> None:
    await expect(page.locator("#bandeja")).to_have_attribute("aria-busy", "false", timeout=120_000)
    await page.goto(f"{rig.url}/estudio/bandeja")
    left = await page.locator("[data-grupo]").count()
    groups, _totals = await rig.studio.labelling.groups()
    assert left == min(60, len(groups))
    decided = await rig.studio.parts.decisions.decided(rig.core.clock())
    assert {one.author for one in decided.values()} == {TRAINER.email}
    assert not {item.mark for group in groups for item in group.items} & set(decided)


async def two_people_at_one_text(rig: Rig, browser: Browser, page: Any) -> None:
    other = await rig.browser_of(browser, SECOND)
    for one in (page, other):
        await one.goto(f"{rig.url}/estudio/respuesta/utter_no_step")
    field = "textarea[name=despues]"
    await other.locator(field).first.fill("Ahora no hay un paso en curso. ¿Qué trámite necesita?")
    await other.get_by_role("button", name="Guardar en el borrador").first.click()
    await expect(other.get_by_text("Guardado en el borrador.")).to_be_visible()
    await page.locator(field).first.fill("No hay un paso en curso.")
    await expect(page.locator("[data-telegram]").first).to_have_text("No hay un paso en curso.")
    await page.get_by_role("button", name="Guardar en el borrador").first.click()
    await expect(page.get_by_text("Otra persona cambió lo mismo")).to_be_visible()
    await expect(page.locator(".conflicto")).to_contain_text("¿Qué trámite necesita?")
    await page.get_by_role("button", name="Guardar así").click()
    await expect(page.locator(field).first).to_have_value("No hay un paso en curso.")
    page.problems[:] = [one for one in page.problems if "409" not in one]
    assert other.problems == []


async def a_guide_is_shown_while_it_is_written(rig: Rig, page: Any) -> None:
    await page.goto(f"{rig.url}/estudio/guia/soce/agregar-perfil")
    text = await page.locator("textarea[name=despues]").input_value()
    title = next(line for line in text.splitlines() if line.startswith("titulo:"))
    await page.locator("textarea[name=despues]").fill(text.replace(title, "titulo: Dar un menú a alguien", 1))
    await expect(page.locator("#pasos h2")).to_have_text("Dar un menú a alguien")
    drawings = page.locator("#pasos img.dibujo")
    shown = await drawings.evaluate_all(DRAWN)
    assert len(shown) >= 4 and all(shown)
    # A drawing is shown as it is being written, and its words for who cannot see it.
    await page.locator("textarea[name=despues]").fill(text.replace("Usuarios Por Sucursal", "Otra ventana", 1))
    await expect(drawings.first).to_have_attribute("alt", re.compile("Otra ventana"))
    await page.locator("textarea[name=despues]").fill("titulo: [roto")
    await expect(page.locator("#pasos")).to_contain_text("no tiene la forma de una guía")
    await page.locator("textarea[name=despues]").fill(text.replace(title, "titulo: Dar un menú a alguien", 1))
    await page.get_by_role("button", name="Guardar en el borrador").click()
    await expect(page.get_by_text("Guardado en el borrador.")).to_be_visible()


async def every_page_is_accessible_and_fits_a_phone(rig: Rig, page: Any, talk: str) -> None:
    found = []
    for path in (*PAGES, f"/conversacion/{talk}"):
        if path == "/ensayo":
            continue  # A part of a page, which nobody opens by itself.
        await page.goto(f"{rig.url}/estudio{path}")
        results = await Axe().run(page, options=RULES)
        for violation in results.response["violations"]:
            found.append((path, violation["id"], [node["target"] for node in violation["nodes"]][:3]))
        await page.set_viewport_size({"width": 360, "height": 780})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        await page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []


async def test_drafts_of_several_people_lose_nothing(rig: Rig) -> None:
    drafting = rig.studio.drafting
    said = str(places.responses(await drafting.space())["utter_no_guide"][0]["text"])
    await drafting.add(TRAINER, "add_examples", {"intent": "estado_caso", "texts": ["en qué anda lo que reclamé"]})
    await drafting.add(SECOND, "edit_response", {"name": "utter_no_guide", "before": said, "after": f"{said} Así."})
    with pytest.raises(ChangeDoesNotFit) as refused:
        await drafting.add(ADMIN, "edit_response", {"name": "utter_no_guide", "before": said, "after": "Otra cosa."})
    assert refused.value.key == "conflict"
    with pytest.raises(ChangeDoesNotFit):
        await drafting.add(ADMIN, "retire_intent", {"name": "saludar"})
    view = await drafting.view()
    assert [change.author for change in view.changes] == [TRAINER.email, SECOND.email]
    # A developer changes the same file meanwhile: both changes are there.
    file = rig.project / places.nlu_file(view.replayed.space, "estado_caso")
    file.write_text(file.read_text(encoding="utf-8").replace("version", "# al día\nversion", 1), encoding="utf-8")
    space = await drafting.space()
    text = space.read(file.relative_to(rig.project).as_posix())
    assert "# al día" in text and "en qué anda lo que reclamé" in text
    await drafting.undo(SECOND, view.changes[0].id)
    assert [change.undone for change in (await drafting.view()).changes] == [True, False]
    assert [note["action"] for note in await rig.studio.parts.store.notes()][:3] == [
        "undo",
        "edit_response",
        "add_examples",
    ]


async def test_what_ended_in_a_person_or_was_cleared_up_by_a_button_comes_to_the_inbox(rig: Rig) -> None:
    await rig.talk("asdf qwer zxcv", payload="/estado_caso")
    await rig.talk("lo del otro día no se arregló", "quiero hablar con una persona")
    written = await ReviewStore(rig.core.database).written(rig.core.clock().replace(year=2000), 100)
    by_text = {one.text: one for one in written}
    assert by_text["asdf qwer zxcv"].chosen in ("", "estado_caso")
    assert by_text["lo del otro día no se arregló"].person
    assert not by_text["quiero hablar con una persona"].person
    assert (await rig.studio.report()).total == 3


async def test_a_button_with_the_old_name_of_an_intent_goes_on_working(rig: Rig) -> None:
    talk, said = await rig.talk("hola", payload="/canales_atencion")
    # What a person was shown before the intent was renamed; the model in use knows the present name alone.
    async with rig.service.hub.writing() as writing:
        button = {"title": "Teléfonos", "payload": "/horarios_y_telefonos"}
        await writing.send(talk, Author.BOT, "¿Algo más?", buttons=[button])
    intents = rig.project / places.INTENTS
    text = intents.read_text(encoding="utf-8")
    intents.write_text(f"{text}formerly:\n  horarios_y_telefonos: canales_atencion\n", encoding="utf-8")
    await rig.studio.parts.switch.switch(str(rig.shelf.current()))
    seq = await rig.service.hub.receive(talk, str(uuid.uuid4()), payload="/horarios_y_telefonos")
    await answered(rig.service.hub, talk, seq)
    assert (await rig.service.hub.messages(talk))[-1].text == said[-1]
    # A page that was loaded before may still offer it to somebody who begins.
    _talk, first = await rig.talk(payload="/horarios_y_telefonos")
    assert first[-1] == said[-1]


async def test_what_is_left_for_later_or_undone_is_asked_again_and_the_first_decision_stays(rig: Rig) -> None:
    studio, now = rig.studio, rig.core.clock()
    await write(rig.core.database, ["cómo firmo con el token", "mi banco no aparece", "piden visita al sitio"], now)

    async def asked() -> dict[str, str]:
        groups, _totals = await studio.labelling.groups()
        assert len([item for group in groups for item in group.items]) == (await studio.labelling.waiting())[0]
        return {item.text: item.mark for group in groups for item in group.items}

    marks = await asked()
    token, bank, visit = ({marks[text]: text} for text in marks)
    assert await studio.labelling.decide(TRAINER, "accept", token, "estado_caso") == 1
    # Whoever had the page open before comes too late, and their choice reaches no file.
    assert await studio.labelling.decide(SECOND, "accept", token, "canales_atencion") == 0
    assert len((await studio.drafting.view()).changes) == 1
    assert await studio.labelling.decide(TRAINER, "later", bank) == 1
    body = {"intent": "estado_caso", "texts": list(visit.values())}
    change = await studio.drafting.add(TRAINER, "add_examples", body)
    assert await asked() == {}
    later = await studio.parts.decisions.decided(now + timedelta(days=1))
    assert set(later) == set(token)
    await studio.drafting.undo(TRAINER, change)
    assert set((await asked()).values()) == set(visit)
    await studio.drafting.discard(TRAINER)
    assert set((await asked()).values()) == {*token, *visit}
