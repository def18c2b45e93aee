"""What people read in the studio: titles, their own time, numbers that agree, and nothing that is over."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import async_playwright, expect

from bot.settings import ROOT
from bot.studio import places
from bot.studio.files import Workspace
from bot.studio.interfaces import ChangeDoesNotFit, StudioError, Warned
from bot.studio.names import names_of
from bot.studio.reports import report
from bot.studio.settings import load_words
from bot.studio.wording import Wording
from tests.studio.rig import ADMIN, SECOND, TRAINER, Rig, as_if_tried
from tests.studio.talks import write
from tests.studio.test_pages import PAGES
from tests.studio.test_rules import message
from tests.web.helpers import CHROMIUM, QUIET, needs_chromium

WORDS = load_words(ROOT / "data")
NAME = "firmar_con_token"
NAMED = [name for name in (*places.intents(Workspace(ROOT)), NAME) if "_" in name]
INSIDE = re.compile(rf"\b(?:(?:utter|action)_\w+|{'|'.join(NAMED)})\b")


@pytest.fixture(scope="module")
def w() -> Wording:
    return Wording(WORDS, names_of(Workspace(ROOT), WORDS))


def test_every_answer_has_a_heading_and_every_file_of_answers_a_word(w: Wording) -> None:
    files = {path.rpartition("/")[2].removesuffix(".yml") for path in Workspace(ROOT).list(places.RESPONSES)}
    assert files <= set(WORDS["archivos"])
    for name, answer in w.names.answers.items():
        assert answer.heading and not INSIDE.search(str(answer).replace(name, "")), (name, answer)
    platforms = w.names.answers["utter_consultar_estado_seace_inactive"].heading
    assert platforms == "Saber si mi cuenta está activa · SEACE"
    # A heading that fits no answer any more is taken out.
    stems = [f"{name.removeprefix('utter_')}_" for name in w.names.answers]
    assert [one for one in WORDS["encabezados"] if not any(stem.startswith(f"{one}_") for stem in stems)] == []


def test_remarks_red_lines_and_refusals_name_intents_and_answers_as_people_do(w: Wording) -> None:
    said = [
        w.remark(Warned("double_across", True, {"other": "x", "other_intent": "estado_caso"}, "x", "saludar")),
        w.remark(Warned("taken", True, {"intents": ["estado_caso", "saludar"], "count": 3, "total": 9})),
        w.remark(Warned("lint", False, {"words": "la intención «correo_no_llega» tiene 3 mensajes"})),
        w.remark(Warned("rasa", True, {"words": "The action 'utter_agradecer' is used in the rules"})),
        w.about(Warned("few", True, {}, "", "recuperar_contrasena")),
        w.red({"kind": "worse", "count": 2, "least": 1, "intents": ["estado_caso", "agradecer"]}),
        w.red({"kind": "check", "remark": {"kind": "few", "facts": {}, "text": "", "intent": "validar_codigo"}}),
        w.error(StudioError("intent_protected", name="saludar")),
        w.error(ChangeDoesNotFit("example_gone", intent="estado_caso", text="x")),
        w.names.plain("utter_agradecer ≠ utter_default"),
    ]
    assert [one for one in said if INSIDE.search(one)] == []
    assert "«Saber de mi caso»" in said[0] and "Saber de mi caso, Saludos" in said[1]
    assert said[9] == (
        "Agradecimientos: «Con gusto.» ≠ No entendió: «No entendí. Dígalo con otras palabras, por favor.»"
    )


@pytest.mark.parametrize("part", ["cantidades", "rojas", "errores", "avisos"])
def test_one_thing_is_said_in_the_singular(part: str) -> None:
    one_of_many = re.compile(r"^1 \w+s\b|\b(?:Hay|Quedan|Son) 1\b|^1 \w+n\b")
    w = Wording(WORDS)
    for key, sentence in WORDS[part].items():
        if "{count}" not in str(sentence):
            continue
        facts = {"total": 9, "least": 1, "intents": ["a"], "opening": "x", "facts": ["a"], "name": "x"}
        words = w._filled(sentence, {**facts, "count": 1})
        assert not one_of_many.search(words), (key, words)
        assert words != w._filled(sentence, {**facts, "count": 2})
    assert w.many(1, "frases") == "1 frase" and w.many(0, "frases") == "0 frases"


def test_a_day_of_the_report_is_the_readers_day() -> None:
    late = datetime(2026, 5, 5, 3, 0, tzinfo=timezone.utc)
    written = [message("no sé qué", "nlu_fallback", 0.3)]
    lima = ZoneInfo("America/Lima")
    found = report(written, {}, [], [], [], late, 3, 0.6, lambda moment: moment.astimezone(lima))
    assert [bar.name for bar in found.days] == ["2026-05-02", "2026-05-03", "2026-05-04"]
    assert found.days[-1].total == 1


async def teach(rig: Rig) -> int:
    texts = [f"el token de firma número {word} no abre" for word in ("uno", "dos", "tres")]
    body = {"name": NAME, "title": "Firmar con certificado", "examples": texts}
    return await rig.studio.drafting.add(
        TRAINER, "create_intent", {**body, "answer": {"kind": "text", "text": "Conecte su token."}}
    )


async def test_no_page_shows_a_name_from_inside_but_to_tell_which_file(rig: Rig) -> None:
    await write(rig.core.database, ["cómo firmo con el token", "mi banco no aparece"], rig.core.clock())
    await teach(rig)
    said = str(places.responses(await rig.studio.drafting.space())["utter_no_guide"][0]["text"])
    edit = {"name": "utter_no_guide", "before": said, "after": f"{said} Así es."}
    await rig.studio.drafting.add(TRAINER, "edit_response", edit)
    seen = {"text": "hola", "expected": NAME, "before": "saludar", "after": "nlu_fallback"}
    rows = [{**seen, "before_chance": 0.9, "after_chance": 0.4}]
    told = {"title": "Firma", "before": True, "after": False, "problem": f"utter_{NAME} ≠ utter_default"}
    stories = {"total": 1, "passed": {"live": 1, "new": 0}, "worse": [told], "better": []}
    red = [{"kind": "missed", "intent": NAME, "count": 1, "total": 2}]
    compared: dict[str, Any] = dict.fromkeys(("worse", "better", "missed", "changed"), rows)
    compared |= {"accuracy": {"live": 0.9, "new": 0.8}, "month": {"total": 1, "changed": rows}, "labelled": 1}
    await as_if_tried(rig.studio, TRAINER, "nuevo", {**compared, "stories": stories, "red": red})
    admin = await rig.client(ADMIN)
    for path in (*PAGES, f"/intencion/{NAME}"):
        page = (await admin.get(f"/estudio{path}")).text
        # A name may stand in a form, in an address, in a comparison of files, and small, where it tells which file.
        words = re.sub(
            r"<pre.*?</pre>|<textarea.*?</textarea>|<summary>data/.*?</summary>|<summary>tests/.*?</summary>",
            "",
            page,
            flags=re.DOTALL,
        )
        words = re.sub(r'<(?:span|p) class="[^"]*menor">[^<]*</(?:span|p)>|<code>[^<]*</code>|<[^>]+>', " ", words)
        assert not (found := INSIDE.findall(words)), (path, found)
        assert not re.search(r"\b1 (?:mensajes|frases|pasos|grupos|cambios|variantes|avisos|veces)\b", words), path
    draft = (await admin.get("/estudio/borrador")).text
    assert "respuesta corregida: No hay guía para eso: «Para esa plataforma" in draft
    assert "«Firmar con certificado» no reconoce 1 de sus mensajes de prueba" in draft
    trail = (await admin.get("/estudio/registro")).text
    assert "intención nueva: Firmar con certificado" in trail and "#" not in re.sub(r"<[^>]+>", "", trail)
    await admin.aclose()


async def test_a_change_that_fits_no_longer_is_named_as_the_list_names_it(rig: Rig) -> None:
    drafting = rig.studio.drafting
    text = (await rig.studio.intent("estado_caso")).examples[0]
    number = await drafting.add(SECOND, "remove_example", {"intent": "estado_caso", "text": text})
    file = rig.project / places.nlu_file(await drafting.space(), "estado_caso")
    file.write_text(file.read_text(encoding="utf-8").replace(f"    - {text}\n", "", 1), encoding="utf-8")
    (remark,) = (await drafting.view()).remarks
    said = (await rig.studio.wording()).remark(remark)
    assert f"«frase quitada: Saber de mi caso», de {SECOND.email}, ya no encaja" in said
    assert "ya no está en «Saber de mi caso»" in said and str(number) not in said


async def test_times_are_those_of_the_readers_team(rig: Rig) -> None:
    await teach(rig)
    trainer = await rig.client(TRAINER)
    (note, *_rest) = await rig.studio.parts.store.notes()
    calendar = await rig.service.desk.parts.calendars.of_lists(())
    shown = calendar.local(note["at"]).strftime("%d/%m/%Y %H:%M")
    assert shown != note["at"].strftime("%d/%m/%Y %H:%M")
    assert shown in (await trainer.get("/estudio/registro")).text
    assert calendar.local(note["at"]).strftime("%d/%m %H:%M") in (await trainer.get("/estudio/borrador")).text
    card = rig.shelf.cards()[0]
    trained = calendar.local(datetime.fromisoformat(card.trained_at)).strftime("%d/%m/%Y %H:%M")
    assert trained in (await trainer.get("/estudio/modelos")).text
    await trainer.aclose()


@needs_chromium
async def test_that_a_trial_began_is_not_said_once_it_is_over(rig: Rig) -> None:
    await teach(rig)
    store, now = rig.studio.parts.store, rig.core.clock()
    draft = await store.draft(now)
    trial = await store.begin_trial(draft.id, await store.revision(draft.id), TRAINER.email, now)
    begun = f"{rig.url}/estudio/borrador?hecho=ensayo"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await rig.browser_of(browser, TRAINER)
        await page.goto(begun)
        said = page.get_by_text("El ensayo empezó.")
        await expect(said).to_be_visible()
        await store.set_trial(trial, state="failed", stage="")
        await expect(page.get_by_text("El ensayo no terminó.")).to_be_visible()
        await expect(said).to_have_count(0)
        # Neither a reload nor the address itself says it again.
        await page.reload()
        await expect(said).to_have_count(0)
        await page.goto(begun)
        await expect(page.get_by_text("El ensayo no terminó.")).to_be_visible()
        await expect(said).to_have_count(0)
        assert page.problems == []
        await browser.close()


@needs_chromium
async def test_the_facts_of_an_answer_stand_above_it_and_are_written_by_a_press(rig: Rig) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await rig.browser_of(browser, TRAINER)
        await page.goto(f"{rig.url}/estudio/respuesta/utter_correo_no_llega_done_to")
        await expect(page.get_by_role("heading", level=1)).to_have_text("No me llega el correo")
        await expect(page.locator(".datos-lista")).to_contain_text("el correo, con partes ocultas")
        await page.locator("textarea[name=despues]").fill("Lo envié a ")
        await page.get_by_role("button", name="{email}").click()
        await page.keyboard.type(".")
        await expect(page.locator("[data-web]")).to_have_text("Lo envié a {email}.")
        await page.locator("textarea[name=despues]").fill("Su caso es el {number}.")
        await page.get_by_role("button", name="Guardar en el borrador").click()
        await expect(page.get_by_role("alert")).to_contain_text("no entrega el dato «number»")
        await expect(page.get_by_role("alert")).to_contain_text("El que puede usar: {email}.")
        await page.goto(f"{rig.url}/estudio/respuesta/utter_agradecer")
        await expect(page.get_by_text("no completa ningún dato")).to_be_visible()
        await browser.close()
