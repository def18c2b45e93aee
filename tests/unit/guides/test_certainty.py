"""An answer that is given whatever else a message seems to be: only where one fact is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.guides.service import LibraryGuides
from bot.platforms import Platform

from .test_questions import FILE


def sure(guides: LibraryGuides, text: str, platform: Platform | None) -> bool:
    answer = guides.answer(text, platform)
    return answer is not None and answer.sure


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    return loaded


def test_four_in_five_listed_questions_are_answered_for_sure(guides: LibraryGuides, listed: dict[str, Any]) -> None:
    found = [
        sure(guides, each["texto"], Platform(each["plataforma"]) if each["plataforma"] else None)
        for each in listed["preguntas"]
    ]
    assert sum(found) / len(found) >= 0.8


@pytest.mark.parametrize("kind", ["ajenas", "pedidos"])
def test_nothing_else_is_answered_for_sure(guides: LibraryGuides, listed: dict[str, Any], kind: str) -> None:
    platforms = (None, *Platform)
    assert [text for text in listed[kind] if any(sure(guides, text, platform) for platform in platforms)] == []


@pytest.mark.parametrize(
    "text",
    [
        "me venció la clave del seace",
        "¿Mi usuario está activo?",
        "olvidé mi contraseña, ¿me pueden mandar otra?",
        "¿cómo recupero la contraseña del SECOP II?",
        "no recuerdo mi usuario, ¿cuál es?",
        "quiero generar una nueva contraseña en el SEACE",
        "¿ya respondieron mi caso?",
        "¿me manda otra vez el correo?",
        "reset password",
    ],
)
def test_what_a_person_wants_done_is_no_question_for_a_fact(guides: LibraryGuides, text: str) -> None:
    assert not any(sure(guides, text, platform) for platform in (None, *Platform))


@pytest.mark.parametrize(
    ("text", "platform", "way"),
    [
        ("¿cómo le doy permisos a un delegado?", Platform.SOCE, True),
        ("quiero los pasos para crear un usuario", Platform.SOCE, True),
        ("¿qué datos necesito para iniciar sesión?", Platform.SOCE, False),
        ("¿Qué documentos piden para registrarse como proveedor?", Platform.SECOP2, False),
    ],
)
def test_the_word_that_comes_first_says_whether_the_way_is_asked_for(
    guides: LibraryGuides, text: str, platform: Platform, way: bool
) -> None:
    assert guides.asks_the_way(text) is way
    assert sure(guides, text, platform) is not way


def test_a_fact_that_is_itself_a_way_is_found_by_asking_how(guides: LibraryGuides) -> None:
    assert sure(guides, "¿cómo agrego otro menú al perfil?", Platform.SOCE)
