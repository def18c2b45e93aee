"""Guides in the middle of a conversation: jumps, counts, breaks of days, mail, other business in between."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from bot.guides.service import LibraryGuides
from tests.guides.state import slots_of, walk_of
from tests.guides.talk import BACK, CASE, FINISH, MAIL, NEXT, REPEAT, RESUME, TROUBLE, Talk
from tests.support.product import Product

pytestmark = pytest.mark.asyncio(loop_scope="module")

PERFIL = "soce/agregar-perfil"


@pytest_asyncio.fixture(loop_scope="module")
async def walking(talk: Talk) -> Talk:
    """A conversation at the first of four steps."""
    await talk.say("¿cómo le doy permisos a un delegado en el SOCE?")
    assert (talk.card["guide"], talk.card["number"]) == (PERFIL, 1)
    return talk


def place(talk: Talk) -> tuple[str, int]:
    return talk.card["guide"], talk.card["number"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("¿dónde está el botón Aumentar menú?", 3),
        ("donde queda lo de aumentar menu", 3),
        ("no encuentro el botón Grabar", 4),
        ("vamos al paso 2", 2),
        ("paso 4", 4),
    ],
)
async def test_one_jumps_to_the_step_that_one_asks_for(walking: Talk, text: str, number: int) -> None:
    assert place(await walking.say(text)) == (PERFIL, number)
    assert walking.said.startswith(f"Eso está en este paso.\nPaso {number} de 4: ")
    assert walking.card["lead"] == "Eso está en este paso."


async def test_without_a_guide_under_way_the_place_on_the_screen_opens_one(talk: Talk) -> None:
    await talk.say("soce")
    assert place(await talk.say("¿dónde está el botón Aumentar menú?")) == (PERFIL, 3)


async def test_how_many_are_left_is_told_and_nothing_moves(walking: Talk) -> None:
    await walking.say("¿cuántos pasos faltan?")
    assert walking.said.startswith("Va en el paso 1 de 4. Le quedan 3:\n2. Elija un menú de la lista\n3. ")
    await walking.press(NEXT)
    assert place(walking) == (PERFIL, 2)
    for _ in range(2):
        await walking.press(NEXT)
    await walking.say("cuanto falta")
    assert (walking.said, walking.titles) == ("Este es el último paso.", [FINISH, REPEAT])


async def test_all_steps_are_listed_by_their_numbers(walking: Talk, guides: LibraryGuides) -> None:
    await walking.say("muéstreme todos los pasos")
    lines = [f"{number}. {step.title}" for number, step in enumerate(guides.get(PERFIL).steps, 1)]
    assert walking.said.splitlines()[1:] == lines
    assert place(await walking.press(REPEAT)) == (PERFIL, 1)


@pytest.mark.parametrize(
    "text", ["explíquelo de otra forma", "no entiendo", "explicamelo mejor", "con otras palabras xfa"]
)
async def test_other_words_are_asked_for_in_many_ways(walking: Talk, guides: LibraryGuides, text: str) -> None:
    assert (await walking.say(text)).card["lines"] == list(guides.get(PERFIL).steps[0].other)


@pytest.mark.parametrize("text", ["listo", "ya", "siguiente", "ok", "sí", "ya lo hice, qué sigue"])
async def test_the_next_step_is_asked_for_in_many_ways(walking: Talk, text: str) -> None:
    assert place(await walking.say(text)) == (PERFIL, 2)


async def test_thanks_and_greetings_do_not_show_the_step_again(walking: Talk) -> None:
    assert not (await walking.say("gracias")).card
    assert not (await walking.say("buenas tardes")).card
    assert RESUME in walking.titles
    assert place(await walking.say("listo")) == (PERFIL, 2)


async def test_a_trouble_is_told_in_ones_own_words(walking: Talk, guides: LibraryGuides) -> None:
    await walking.say("paso 3")
    await walking.say("no me aparece otra casilla")
    remedy = guides.get(PERFIL).steps[2].trouble("no-aumenta")
    assert remedy is not None
    assert remedy.remedy[0] in walking.said


async def test_when_nothing_is_left_a_person_is_offered_once_and_told_what_was_tried(
    walking: Talk, product: Product
) -> None:
    await walking.say("paso 3")
    await walking.say("no aparece otra casilla")
    await walking.say("sigue sin funcionar")
    assert (len(walking.latest), walking.titles[0]) == (2, CASE)
    slots = await slots_of(product, walking)
    assert slots["offer"] == "hablar_con_agente"
    expected = {"guide": PERFIL, "index": 2, "tried": ["no-aumenta"], "history": ["aumentar/no-aumenta"]}
    assert {key: slots["walk"][key] for key in expected} == expected
    await walking.say("sí")
    assert "Quedó abierto su caso" in walking.said
    assert (await walk_of(product, walking))["history"] == ["aumentar/no-aumenta"]


async def test_a_guide_is_left_and_taken_up_days_later_after_a_restart(walking: Talk, product: Product) -> None:
    await walking.press(NEXT)
    await walking.say("dejémoslo por ahora")
    assert walking.said.startswith("Lo dejamos en el paso 2")
    await product.restart()
    product.clock.move(timedelta(days=5))
    await walking.say("hola, buenas")
    assert "Agregar perfiles (menús) a un usuario del SOCE" in walking.said
    assert place(await walking.press(RESUME)) == (PERFIL, 2)
    assert walking.said.startswith("Seguimos donde nos quedamos.\nPaso 2 de 4")


@pytest.mark.parametrize("text", ["sigamos con la guía", "dónde quedamos", "continuemos donde estábamos"])
async def test_a_guide_that_was_left_is_asked_for_again(walking: Talk, text: str) -> None:
    await walking.press(NEXT)
    await walking.say("dejarlo por ahora")
    assert place(await walking.say(text)) == (PERFIL, 2)


async def test_a_guide_goes_on_after_days_without_a_word_of_leaving(walking: Talk, product: Product) -> None:
    product.clock.move(timedelta(days=3))
    assert place(await walking.say("listo, ya lo hice")) == (PERFIL, 2)


async def test_a_question_is_answered_and_the_step_stays(walking: Talk) -> None:
    await walking.say("¿qué menú no le doy a un delegado?")
    assert "«ADMINISTRACIÓN» es solo para el usuario administrador" in walking.said
    assert "Fuente: «Manual de usuario SOCE" in walking.said
    assert walking.latest[-1]["text"].startswith("Seguimos en el paso 1 de 4")
    assert (walking.card, walking.titles[:2]) == ({}, [NEXT, TROUBLE])
    assert place(await walking.press(NEXT)) == (PERFIL, 2)


async def test_a_look_up_and_a_reset_in_between_lead_back_to_the_step(talk: Talk) -> None:
    await talk.say("quiero anexar documentos en el secop ii")
    guide = talk.card["guide"]
    await talk.press(NEXT)
    await talk.say("espere, olvidé mi usuario")
    await talk.say("con el correo: gabriela@alcaldia.example.org")
    assert place(talk) == (guide, 2)
    await talk.say("y también olvidé mi contraseña")
    if not talk.card:
        await talk.say("gabrielasol")
    assert talk.said.startswith("Listo.")
    assert place(talk) == (guide, 2)
    assert place(await talk.press(NEXT)) == (guide, 3)


async def test_a_form_that_is_left_leads_back_to_the_step(walking: Talk) -> None:
    await walking.press(NEXT)
    await walking.say("uy, antes necesito saber mi nombre de usuario")
    assert place(await walking.say("cancelar")) == (PERFIL, 2)


async def test_a_guide_opened_in_a_form_opens_and_the_form_is_offered_at_its_end(talk: Talk) -> None:
    await talk.say("olvidé mi contraseña del secop ii")
    await talk.say("¿y cómo se anexan los documentos?")
    assert talk.latest[-1]["text"] == "¿Cuál es su nombre de usuario del SECOP II?"
    offered = [button["title"] for message in talk.latest for button in message["buttons"]]
    title = "Anexar documentos en el SECOP II"
    assert title in offered
    await talk.click(title)
    assert place(talk) == ("secop2/anexar-documentos", 1)
    while FINISH not in talk.titles:
        await talk.press(NEXT)
    await talk.press(FINISH)
    assert "Recuperar mi contraseña" in talk.said
    await talk.say("sí")
    assert talk.said == "¿Cuál es su nombre de usuario del SECOP II?"


async def test_the_guide_is_mailed_with_title_steps_and_link(
    walking: Talk, product: Product, http: httpx.AsyncClient, guides: LibraryGuides
) -> None:
    await walking.say("mándeme la guía por correo")
    await walking.say("rosa.vega@example.org")
    assert place(walking) == (PERFIL, 1)
    await product.mail_delivered()
    answer = await http.get("/correo/api/messages", params={"to": "rosa.vega@example.org"})
    (mail,) = answer.json()
    guide = guides.get(PERFIL)
    assert guide.title in mail["subject"] + mail["text"]
    assert all(step.title in mail["text"] for step in guide.steps)
    link = f"{product.url}/guias/{PERFIL}"
    assert link in mail["text"]
    assert (await http.get(f"/guias/{PERFIL}")).status_code == 200


async def test_the_guide_is_mailed_at_its_end_too(walking: Talk, product: Product, http: httpx.AsyncClient) -> None:
    while FINISH not in walking.titles:
        await walking.press(NEXT)
    await walking.press(FINISH)
    await walking.press(MAIL)
    await walking.say("hugo.paz@example.org")
    assert walking.said.startswith("Listo, la guía va en camino")
    await product.mail_delivered()
    answer = await http.get("/correo/api/messages", params={"to": "hugo.paz@example.org"})
    assert len(answer.json()) == 1


async def test_what_did_not_work_is_asked_for_after_the_end(walking: Talk) -> None:
    while FINISH not in walking.titles:
        await walking.press(NEXT)
    await walking.press(FINISH)
    await walking.say("no me funcionó")
    assert "¿En qué paso" in walking.said
    await walking.press("Pulse «Aumentar menú» para agregar otro")
    assert place(walking) == (PERFIL, 3)
    assert BACK in walking.titles


async def test_a_finished_guide_is_no_longer_under_way(walking: Talk) -> None:
    while FINISH not in walking.titles:
        await walking.press(NEXT)
    await walking.press(FINISH)
    assert not (await walking.say("listo")).card
    await walking.say("hola")
    assert RESUME not in walking.titles


async def test_a_guide_that_is_under_way_is_not_begun_anew_unless_one_says_so(walking: Talk) -> None:
    await walking.press(NEXT)
    assert place(await walking.say("¿cómo agrego perfiles?")) == (PERFIL, 2)
    assert place(await walking.say("empecemos desde el principio")) == (PERFIL, 1)


async def test_another_guide_takes_the_place_of_the_one_under_way(walking: Talk) -> None:
    await walking.say("mejor dígame cómo limito el presupuesto de un usuario")
    assert place(walking) == ("soce/limitar-presupuesto", 1)
    assert place(await walking.say("siguiente")) == ("soce/limitar-presupuesto", 2)


@pytest.mark.parametrize(
    ("text", "task", "guide"),
    [
        (
            "quiero los pasos para generar una nueva contraseña en el SEACE",
            "Recuperar mi contraseña",
            "Generar una nueva contraseña del SEACE",
        ),
        (
            "¿tiene una guía para recuperar mi usuario del SECOP II?",
            "Averiguar mi usuario o mi correo",
            "Recuperar el nombre de usuario del SECOP II",
        ),
    ],
)
async def test_what_the_bot_can_do_is_offered_before_the_guide(talk: Talk, text: str, task: str, guide: str) -> None:
    assert (await talk.say(text)).titles == [task, guide]


async def test_the_guide_of_a_fact_is_at_hand_without_being_begun(talk: Talk) -> None:
    await talk.say("¿qué menú no le doy a un delegado en el SOCE?")
    assert not (await talk.say("gracias")).card
    assert (await talk.say("deme todos los pasos")).said.startswith("Estos son los 4 pasos de «Agregar perfiles")
    assert (await talk.say("mándemelos al correo")).said == "¿A qué correo le envío la guía?"


async def test_what_depends_on_the_platform_offers_each_ones_guide(talk: Talk) -> None:
    await talk.say("quiero cambiar mi contraseña")
    await talk.press("Cambiar su contraseña del SOCE")
    assert place(talk) == ("soce/cambiar-contrasena", 1)


async def test_what_is_only_explained_has_its_guide_under_it(talk: Talk) -> None:
    await talk.say("quiero cambiar mi contraseña del SOCE")
    await talk.press("Cambiar su contraseña del SOCE")
    assert place(talk) == ("soce/cambiar-contrasena", 1)
