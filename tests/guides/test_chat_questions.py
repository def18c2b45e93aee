"""Questions about the manuals' content, each as the first one of a conversation that has named its platform."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from bot.guides.service import LibraryGuides
from tests.guides.talk import Talk

pytestmark = pytest.mark.asyncio(loop_scope="module")

LISTED: dict[str, Any] = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("preguntas.yml").read_text(encoding="utf-8")
)
NAMES = {"seace": "SEACE", "soce": "SOCE", "secop2": "SECOP II"}
AT_ONCE = 6
SOURCE = "\nFuente: «"


async def test_nine_in_ten_questions_are_answered_with_their_fact(
    http: httpx.AsyncClient, guides: LibraryGuides
) -> None:
    async def miss(entry: dict[str, str]) -> str:
        guide, _, name = entry["dato"].partition("#")
        fact = next(fact for fact in guides.get(guide).facts if fact.id == name)
        talk = await Talk.begun(http)
        if entry["plataforma"]:
            await talk.say(NAMES[entry["plataforma"]])
        await talk.say(entry["texto"])
        if fact.answer in talk.said:
            assert f"Fuente: {fact.source.cite}" in talk.said
            return ""
        return f"{entry['texto']} [{entry['dato']}] → {talk.said[:80]!r}"

    questions = LISTED["preguntas"]
    missed = [found for found in await _all(miss, questions) if found]
    print(f"{len(missed)} of {len(questions)} missed:", *missed, sep="\n")
    assert len(questions) >= 120
    assert len(missed) <= 0.1 * len(questions), "\n".join(missed)


async def test_no_question_about_something_else_is_answered_from_the_guides(http: httpx.AsyncClient) -> None:
    async def answer(text: str) -> str:
        said = (await (await Talk.begun(http)).say(text)).said
        return f"{text} → {said[:100]!r}" if SOURCE in said and "Paso 1" not in said else ""

    assert len(LISTED["ajenas"]) >= 60
    assert [found for found in await _all(answer, LISTED["ajenas"]) if found] == []


async def test_requests_are_not_taken_for_questions(http: httpx.AsyncClient) -> None:
    async def answer(text: str) -> str:
        said = (await (await Talk.begun(http)).say(text)).said
        return f"{text} → {said[:100]!r}" if SOURCE in said and "Paso 1" not in said else ""

    assert [found for found in await _all(answer, LISTED["pedidos"]) if found] == []


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("¿qué dato piden para recuperar la contraseña del SECOP II?", "Recuperar mi contraseña"),
        ("¿con mi cédula puedo saber mi usuario del SECOP II?", "Averiguar mi usuario o mi correo"),
    ],
)
async def test_a_question_about_a_task_is_answered_and_the_task_offered(
    http: httpx.AsyncClient, text: str, task: str
) -> None:
    talk = await (await Talk.begun(http)).say(text)
    assert SOURCE in talk.said
    assert talk.titles[0] == task
    assert "usuario" in (await talk.press(task)).said
    assert SOURCE not in talk.said


async def test_a_question_that_several_platforms_answer_asks_which_and_is_kept(http: httpx.AsyncClient) -> None:
    talk = await (await Talk.begun(http)).say("¿qué tamaño debe tener la contraseña?")
    assert talk.titles == ["SEACE", "SOCE", "SECOP II"]
    assert "20 caracteres" in (await talk.press("SOCE")).said


async def test_a_fact_leads_to_the_step_where_it_is_used(http: httpx.AsyncClient) -> None:
    talk = await (await Talk.begun(http)).say("¿qué menú no le doy a un delegado en el SOCE?")
    await talk.press("Agregar perfiles (menús) a un usuario del SOCE")
    assert (talk.card["guide"], talk.card["number"]) == ("soce/agregar-perfil", 2)


async def _all(ask: Callable[[Any], Awaitable[str]], items: Sequence[Any]) -> list[str]:
    """Asks everything, some at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(item: Any) -> str:
        async with turn:
            return await ask(item)

    return list(await asyncio.gather(*map(one, items)))
