"""Questions about the content: measured on a list that people of the help desk can lengthen."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.guides.service import LibraryGuides
from bot.guides.text import stem
from bot.platforms import Platform

from .conftest import DATA

FILE = DATA.parents[1] / "tests" / "guides" / "preguntas.yml"


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    return loaded


def test_at_least_nine_in_ten_questions_get_their_answer_and_none_a_wrong_one(
    guides: LibraryGuides, listed: dict[str, Any]
) -> None:
    right, wrong = 0, []
    for entry in listed["preguntas"]:
        platform = Platform(entry["plataforma"]) if entry["plataforma"] else None
        answer = guides.answer(entry["texto"], platform)
        found = f"{answer.guide.id}#{answer.fact}" if answer else None
        right += found == entry["dato"]
        if found not in (None, entry["dato"]):
            wrong.append((entry["texto"], found))
    assert len(listed["preguntas"]) >= 120
    assert wrong == []
    assert right / len(listed["preguntas"]) >= 0.9


def test_every_listed_question_names_a_fact_that_exists(guides: LibraryGuides, listed: dict[str, Any]) -> None:
    facts = {f"{guide.id}#{fact.id}" for guide in guides.all() for fact in guide.facts}
    assert {entry["dato"] for entry in listed["preguntas"]} <= facts


@pytest.mark.parametrize("kind", ["ajenas", "pedidos"])
def test_what_is_no_question_about_the_content_gets_no_answer(
    guides: LibraryGuides, listed: dict[str, Any], kind: str
) -> None:
    answered = [
        (text, platform, answer.fact)
        for text in listed[kind]
        for platform in (None, *Platform)
        if (answer := guides.answer(text, platform))
    ]
    assert answered == []


def test_every_fact_is_found_by_each_of_its_own_questions(guides: LibraryGuides) -> None:
    missed = []
    for guide in guides.all():
        for fact in guide.facts:
            for question in fact.questions:
                answer = guides.answer(question, guide.platform)
                if answer is None or answer.text != fact.answer:
                    missed.append((f"{guide.id}#{fact.id}", question, answer and answer.fact))
    assert len(missed) <= 5, missed


def test_a_question_that_several_platforms_answer_needs_one(guides: LibraryGuides) -> None:
    question = "¿qué tamaño debe tener la contraseña?"
    assert guides.answer(question) is None
    assert list(guides.platforms_that_answer(question)) == [Platform.SOCE, Platform.SECOP2]
    soce, secop2 = guides.answer(question, Platform.SOCE), guides.answer(question, Platform.SECOP2)
    assert soce is not None
    assert secop2 is not None
    assert "20" in soce.text
    assert "20" not in secop2.text


def test_a_platform_named_in_the_question_goes_before_the_conversations(guides: LibraryGuides) -> None:
    answer = guides.answer("¿qué tamaño debe tener la contraseña en el SECOP II?", Platform.SOCE)
    assert answer is not None
    assert answer.guide.platform is Platform.SECOP2


def test_an_answer_names_its_source(guides: LibraryGuides) -> None:
    answer = guides.answer("¿el RUP es obligatorio?")
    assert answer is not None
    assert answer.source.cite == "«Guía rápida para el Registro de Proveedores en el SECOP II», sección IV, documento 5"


@pytest.mark.parametrize("text", ["", "   ", "?", "¿?", "😀😀", "x" * 10_000, "¿" * 500, "\x00\x01", "a " * 4000])
def test_strange_texts_get_no_answer(guides: LibraryGuides, text: str) -> None:
    assert guides.answer(text) is None
    assert guides.search(text) == []


def test_misspelt_words_are_recognised(guides: LibraryGuides) -> None:
    answer = guides.answer("¿q zona orarria elijo en el secop?")
    assert answer is None or answer.fact == "zona-horaria"
    answer = guides.answer("cuantos caracterez minimo lleba la contraseña", Platform.SOCE)
    assert answer is not None
    assert answer.fact == "longitud"


def test_endings_do_not_matter() -> None:
    assert len({stem(word) for word in ("registrar", "registrado", "registros", "registran")}) == 1
    assert stem("001952_56989") == "001952_56989"
