"""The help desk through the service's own doors: chat API, console forms, mail."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.conversations.interfaces import Owner
from bot.desk.interfaces import CaseState, Reason
from bot.desk.model import Case
from bot.stories.outside import mails_to
from bot.stories.responses import Responses
from tests.conversations.agent import at_the_desk
from tests.guides.talk import Talk
from tests.support.product import Product

TOWARDS_A_PERSON: dict[str, tuple[list[str], Reason, str]] = {
    "asks for one": (
        ["olvidé mi contraseña del seace", "quiero hablar con una persona"],
        Reason.ASKED,
        "/repetir_paso",
    ),
    "a third failure": (
        ["olvidé mi contraseña del seace", "00195256989", "e_md_lloque2", "e_md_lloque3"],
        Reason.FAILED,
        "/repetir_paso",
    ),
    "identity not proved": (
        ["consultar el estado de mi cuenta seace, código 001952_56991, correo mal@muni.example.org"],
        Reason.IDENTITY,
        "",
    ),
    "a lost mailbox": (
        ["no me llega el correo de la contraseña del seace", "ya no tengo acceso a ese correo"],
        Reason.MAILBOX,
        "/repetir_paso",
    ),
    "an inactive account": (
        ["consultar el estado de mi cuenta seace, código 001952_56991, correo carla@muni.example.org"],
        Reason.INACTIVE,
        "",
    ),
    "frustration": (["estoy harto, su sistema no sirve para nada, qué pésimo servicio"], Reason.FRUSTRATED, ""),
}


@pytest.fixture
async def http(product: Product) -> AsyncIterator[httpx.AsyncClient]:
    async with product.running(), httpx.AsyncClient(base_url=product.url, timeout=20) as client:
        yield client


@pytest.fixture
async def talk(http: httpx.AsyncClient) -> Talk:
    return await Talk.begun(http)


async def case_of(product: Product, talk: Talk) -> Case:
    return (await product.desk.parts.cases.of_conversation(talk.identity))[0]


def names(responses: Responses, messages: Any) -> list[str]:
    return [responses.name_of(each["text"]) for each in messages]


async def test_with_nobody_there_a_case_goes_by_mail_and_its_state_can_be_asked(
    talk: Talk, product: Product, responses: Responses, http: httpx.AsyncClient
) -> None:
    await talk.say("quiero hablar con una persona del secop ii")
    assert names(responses, talk.latest) == ["utter_mesa_offer_mail_nobody"]
    await talk.press("Abrir un caso")
    assert names(responses, talk.latest) == ["utter_mesa_pending_chat"]
    await talk.say("mi correo es lucia@example.org, gracias")
    assert names(responses, talk.latest) == ["utter_mesa_email_set"]
    case = await case_of(product, talk)
    assert (case.state, case.team, case.email) == (CaseState.PENDING, "secop2", "lucia@example.org")
    await product.mail_delivered()
    (mail,) = await mails_to(http, "lucia@example.org")
    assert case.number in mail["subject"]
    assert "/caso/" in mail["text"]
    await talk.say("cómo va mi caso")
    assert names(responses, talk.latest) == ["utter_mesa_status_pending"]
    stranger = await Talk.begun(http)
    await stranger.say(f"en qué estado está mi caso {case.number}?")
    assert names(responses, stranger.latest) == ["utter_question_consultar_caso_email"]
    await stranger.say("otra@example.org")
    assert names(responses, stranger.latest) == ["utter_mesa_status_unknown"]
    await stranger.say("quiero saber de mi caso")
    assert names(responses, stranger.latest) == ["utter_question_case_number"]
    await stranger.say(case.number.removeprefix("VEN-000"))
    await stranger.say("lucia@example.org")
    assert names(responses, stranger.latest) == ["utter_mesa_status_pending"]


async def test_an_agent_helps_and_the_bot_takes_up_the_form_and_asks_how_it_went(
    talk: Talk, product: Product, responses: Responses
) -> None:
    async with at_the_desk(product) as rosa:
        await talk.say("olvidé mi contraseña del seace")
        await talk.say("prefiero que me atienda una persona")
        assert names(responses, talk.latest) == ["utter_mesa_offer_live"]
        await talk.press("Sí, entrar en la fila")
        assert names(responses, talk.latest) == ["utter_mesa_queued"]
        case = await case_of(product, talk)
        assert (case.state, case.topic, case.resume) == (CaseState.WAITING, "recuperar_contrasena", "/repetir_paso")
        await talk.tell("/restart")
        assert case.number in await rosa.page("/mesa")
        await rosa.submit(f"/mesa/casos/{case.id}/tomar")
        await talk.until(lambda each: responses.is_one("utter_mesa_joined", each["text"]))
        page = await rosa.page(f"/mesa/casos/{case.id}")
        assert "olvidé mi contraseña del seace" in page and "/restart" in page
        await talk.tell("mi código es 001952_56989")
        await rosa.submit(f"/mesa/casos/{case.id}/responder", texto="Con gusto, ya lo reviso.")
        assert await product.desk.parts.hub.owner(talk.identity) is Owner.HUMAN
        await rosa.submit(f"/mesa/casos/{case.id}/devolver")
        await talk.until(lambda each: responses.is_one("utter_mesa_survey", each["text"]))
        log = await talk.log()
    taken = next(each["seq"] for each in log if responses.is_one("utter_mesa_queued", each["text"]))
    back = next(each["seq"] for each in log if responses.is_one("utter_mesa_returned", each["text"]))
    assert not [each for each in log if each["from"] == "bot" and taken < each["seq"] < back]
    assert names(responses, log)[-2:] == ["utter_question_user_code", "utter_mesa_survey"]
    await talk.press("5")
    assert names(responses, talk.latest) == ["utter_mesa_survey_thanks"]
    assert (await case_of(product, talk)).rating == 5
    # What the hand-over had left in the conversation's state is gone: a «sí» opens no second case.
    await talk.say("sí")
    assert len(await product.desk.parts.cases.of_conversation(talk.identity)) == 1
    await talk.say("001952_56989")
    assert names(responses, talk.latest)[-1] == "utter_question_seace_email"


@pytest.mark.parametrize("way", TOWARDS_A_PERSON)
async def test_whatever_leads_to_a_person_is_offered_after_a_look_and_known_to_the_agent(
    talk: Talk, product: Product, responses: Responses, way: str
) -> None:
    said, reason, resume = TOWARDS_A_PERSON[way]
    for text in said:
        await talk.say(text)
    assert names(responses, talk.latest)[-1] == "utter_mesa_offer_mail_nobody"
    assert await product.desk.parts.cases.of_conversation(talk.identity) == []
    await talk.press("Abrir un caso")
    case = await case_of(product, talk)
    assert (case.reason, case.resume) == (reason.value, resume)
    assert re.search(case.number, talk.said)
