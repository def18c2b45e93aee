"""Every guide is walked to its end, backwards and through each trouble; words lead to the right place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.guides.interfaces import GuideUnknown, Shown, Walk
from bot.guides.load import load_library
from bot.guides.service import LibraryGuides, load_guides
from bot.platforms import Platform

from .conftest import DATA

ALL = sorted(load_library(DATA).guides)
PERFIL = "soce/agregar-perfil"


def begun(guides: LibraryGuides, guide: str = PERFIL) -> Walk:
    return guides.walk(Walk(guide), "start").walk


def one(shown: tuple[Shown, ...] | object) -> Shown:
    assert isinstance(shown, tuple)
    assert len(shown) == 1
    assert isinstance(shown[0], Shown)
    return shown[0]


@pytest.mark.parametrize("guide_id", ALL)
def test_a_guide_is_walked_to_its_end_and_back_to_its_beginning(guides: LibraryGuides, guide_id: str) -> None:
    guide = guides.get(guide_id)
    walked = guides.walk(Walk(guide_id), "start")
    seen = [walked.shown[1].step]
    while not walked.done:
        walked = guides.walk(walked.walk, "next")
        seen.append(walked.shown[0].step)
    assert [step.step for step in seen if step] == [step.id for step in guide.steps]
    assert one(walked.shown).response == "utter_guide_end"
    for expected in reversed(guide.steps):
        walked = guides.walk(walked.walk, "back")
        step = one(walked.shown).step
        assert step is not None
        assert step.step == expected.id
    assert one(guides.walk(walked.walk, "back").shown).response == "utter_guide_first_step"


@pytest.mark.parametrize("guide_id", ALL)
def test_every_trouble_gives_its_remedy_and_then_a_person(guides: LibraryGuides, guide_id: str) -> None:
    guide = guides.get(guide_id)
    walk = begun(guides, guide_id)
    for index, step in enumerate(guide.steps):
        walk = guides.walk(walk, "jump", str(index + 1)).walk
        for trouble in step.troubles:
            ask = one(guides.walk(walk, "trouble").shown)
            assert trouble.id in [button.value for button in ask.buttons]
            walked = guides.walk(walk, "trouble", trouble.id)
            told = one(walked.shown)
            assert (told.response, told.facts["remedy"]) == ("utter_guide_remedy", "\n".join(trouble.remedy))
            assert not walked.person
            walk = walked.walk
        walked = guides.walk(walk, "trouble")
        assert walked.person
        assert one(walked.shown).response == "utter_guide_nothing_left"
        walk = walked.walk
    tried = [f"{step.id}/{trouble.id}" for step in guide.steps for trouble in step.troubles]
    assert [entry for entry in walk.history if not entry.endswith("/")] == tried


@pytest.mark.parametrize("guide_id", ALL)
def test_each_trouble_is_found_by_its_own_words(guides: LibraryGuides, guide_id: str) -> None:
    for index, step in enumerate(guides.get(guide_id).steps):
        walk = Walk(guide_id, index)
        for trouble in step.troubles:
            told = one(guides.walk(walk, "trouble", trouble.problem).shown)
            assert told.facts.get("problem") == trouble.problem


def test_a_trouble_told_twice_leads_to_a_person(guides: LibraryGuides) -> None:
    walk = guides.walk(begun(guides), "jump", "3").walk
    walk = guides.walk(walk, "trouble", "no aparece otra casilla").walk
    assert walk.history == ("aumentar/no-aumenta",)
    assert guides.walk(walk, "trouble", "no aparece otra casilla").person


def test_the_other_wording_is_given_and_taken_back(guides: LibraryGuides) -> None:
    walk = begun(guides)
    step = guides.get(PERFIL).steps[0]
    other = guides.walk(walk, "other_wording")
    shown = one(other.shown)
    assert shown.step is not None
    assert shown.step.lines == tuple(step.other)
    again = one(guides.walk(other.walk, "other_wording").shown)
    assert again.step is not None
    assert again.step.lines == tuple(step.do)
    after = one(guides.walk(other.walk, "next").shown)
    assert after.step is not None
    assert after.step.lines == tuple(guides.get(PERFIL).steps[1].do)


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("¿dónde está el botón Aumentar menú?", "aumentar"),
        ("4", "grabar"),
        ("grabar", "grabar"),
        ("¿cuál es la lista de menús?", "elegir"),
        ("entidad datos generales", "elegir"),
    ],
)
def test_words_a_number_or_an_id_lead_to_the_step(guides: LibraryGuides, words: str, step: str) -> None:
    shown = one(guides.walk(begun(guides), "jump", words).shown)
    assert shown.step is not None
    assert shown.step.step == step


@pytest.mark.parametrize("words", ["9", "0", "", "el presidente de la república"])
def test_a_jump_to_nowhere_stays_and_offers_the_steps(guides: LibraryGuides, words: str) -> None:
    walk = begun(guides)
    walked = guides.walk(walk, "jump", words)
    assert walked.walk == walk
    assert one(walked.shown).response == "utter_guide_jump_not_found"
    assert len(one(walked.shown).buttons) == len(guides.get(PERFIL).steps)


def test_what_is_left_is_counted(guides: LibraryGuides) -> None:
    walk = begun(guides)
    counts = []
    for _ in range(4):
        shown = one(guides.walk(walk, "remaining").shown)
        counts.append((shown.response, shown.facts["left"], len(shown.items)))
        walk = guides.walk(walk, "next").walk
    assert counts == [
        ("utter_guide_remaining", 3, 3),
        ("utter_guide_remaining", 2, 2),
        ("utter_guide_remaining_one", 1, 1),
        ("utter_guide_remaining_none", 0, 0),
    ]


def test_all_steps_are_listed_without_moving(guides: LibraryGuides) -> None:
    walk = guides.walk(begun(guides), "next").walk
    walked = guides.walk(walk, "all_steps")
    assert one(walked.shown).items == tuple(step.title for step in guides.get(PERFIL).steps)
    assert walked.walk == walk


def test_a_stopped_walk_is_taken_up_at_its_step_after_any_time(guides: LibraryGuides) -> None:
    walk = guides.walk(guides.walk(begun(guides), "next").walk, "trouble", "no-se-cual").walk
    kept = json.loads(json.dumps(guides.walk(walk, "stop").walk.as_dict()))
    back = Walk.from_dict(kept)
    assert back.stopped
    resumed = guides.walk(back, "resume")
    shown = one(resumed.shown)
    assert shown.step is not None
    assert (shown.step.step, resumed.walk.stopped) == ("elegir", False)
    assert resumed.walk.tried == ("no-se-cual",)


def test_a_guide_that_became_shorter_goes_on_at_its_last_step(guides: LibraryGuides) -> None:
    shown = one(guides.walk(Walk(PERFIL, 40), "resume").shown)
    assert shown.step is not None
    assert shown.step.step == "grabar"


def test_a_guide_that_is_gone_says_so(guides: LibraryGuides) -> None:
    with pytest.raises(GuideUnknown):
        guides.walk(Walk("soce/ya-no-existe", 1), "next")


def test_where_the_bot_can_do_it_that_is_offered_first(guides: LibraryGuides) -> None:
    intro, step = guides.walk(Walk("seace/nueva-contrasena"), "start").shown
    assert intro.response == "utter_guide_intro_bot_can"
    assert (step.buttons[0].kind, step.buttons[0].value) == ("bot_can", "recuperar_contrasena")
    intro, step = guides.walk(Walk(PERFIL), "start").shown
    assert intro.response == "utter_guide_intro"
    assert "bot_can" not in [button.kind for button in step.buttons]


def test_buttons_to_other_guides_have_their_titles(guides: LibraryGuides) -> None:
    end = one(guides.walk(Walk(PERFIL, 3), "next").shown)
    titles = [button.title for button in end.buttons if button.kind == "start"]
    assert titles == [guides.get(other).title for other in guides.get(PERFIL).related[:2]]


def test_everything_that_is_shown_has_its_sentence() -> None:
    sentences = YAML(typ="safe", pure=True).load((DATA.parent / "responses" / "guias.yml").read_text(encoding="utf-8"))
    code = (Path(__file__).parents[3] / "bot" / "guides" / "walk.py").read_text(encoding="utf-8")
    names = {f"utter_guide_{word}" for word in ("remaining_one", "remaining_none", "intro", "intro_bot_can")}
    names |= {part.split('"')[0] for part in code.split('"') if part.startswith("utter_guide_") and "{" not in part}
    assert names <= set(sentences["responses"])


GUIDE_INTENTS = {
    "ingresar_sistema": "seace soce secop2",
    "cambiar_contrasena": "seace soce secop2",
    "politica_contrasena": "seace soce secop2",
    "recuperar_contrasena": "seace soce secop2",
    "recuperar_usuario": "seace soce secop2",
    "canales_atencion": "seace soce secop2",
    "reactivar_usuario": "seace soce",
    "validar_codigo": "seace",
    "resetear_contrasena_delegado": "soce",
    "registrar_contacto": "soce",
    "editar_contacto": "soce",
    "registrar_usuario": "soce secop2",
    "activar_usuario": "soce secop2",
    "agregar_perfil": "soce",
    "asignar_presupuesto": "soce",
    "registrar_proveedor": "secop2",
    "documentos_requeridos": "secop2",
    "anexar_documentos": "secop2",
    "tipos_usuario": "soce secop2",
    "solicitar_acceso": "secop2",
    "aceptar_acceso": "secop2",
    "hablar_con_agente": "secop2",
}


@pytest.mark.parametrize("intent", GUIDE_INTENTS)
def test_an_intent_has_its_guide_on_each_platform_that_the_manuals_cover(guides: LibraryGuides, intent: str) -> None:
    wanted = GUIDE_INTENTS[intent].split()
    assert [platform.value for platform in guides.platforms_for(intent)] == wanted
    for platform in Platform:
        found = guides.find(intent, platform)
        assert (found is not None) == (platform.value in wanted)


def test_a_new_guide_needs_no_python(folder: Path) -> None:
    guides = load_guides(folder)
    guide = guides.find("imprimir_lista", Platform.SOCE)
    assert guide is not None
    walked = guides.walk(Walk(guide.id), "start")
    walked = guides.walk(walked.walk, "trouble", "sale vacía")
    assert one(walked.shown).facts["remedy"] == "Cree primero un usuario."
    shown = one(guides.walk(walked.walk, "jump", "¿dónde está el botón imprimir?").shown)
    assert shown.step is not None
    assert shown.step.image is not None
    assert shown.step.image.src == "/guias/soce/imprimir/imprimir.svg"
    assert "Imprimir" in shown.step.image.alt
    assert guides.svg(guide.id, "imprimir").startswith("<svg")
    answer = guides.answer("¿en qué papel se imprime la lista?", Platform.SOCE)
    assert answer is not None
    assert answer.text == "En papel carta."
