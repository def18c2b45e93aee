"""Reading a message in the light of what was asked."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tasks.catalog import load_catalog
from bot.tasks.phrases import plain
from bot.tasks.reading import Context, Understood, read, says_missing
from bot.tasks.void import dropped_by, outlived

VOCABULARY = load_catalog(Path(__file__).parents[3] / "data" / "tasks.yml").vocabulary


def reading(
    text: str, *entities: tuple[str, str], intent: str = "dar_dato", expected: str | None = None, **slots: Any
) -> dict[str, Any]:
    return read(Understood(text, intent, entities), Context(expected, slots), VOCABULARY)


def test_several_data_in_one_message_fill_their_slots() -> None:
    found = reading("…", ("user_code", "001952_56989"), ("email", "ana@muni.example.org"), ("platform", "seace"))
    assert found == {"platform": "seace", "user_code": "001952_56989", "email": "ana@muni.example.org"}


DATA = (
    ("user_code", "001952_56989"),
    ("email", "ana@muni.example.org"),
    ("date", "1980-02-01"),
    ("phone", "987654321"),
)


@given(st.sampled_from(list(permutations(DATA))), st.lists(st.integers(0, 3), max_size=3, unique=True))
def test_the_order_of_the_data_and_how_they_are_spread_do_not_matter(order: Any, cuts: list[int]) -> None:
    slots: dict[str, Any] = {"platform": "seace", "task": "recuperar_contrasena"}
    messages: list[list[tuple[str, str]]] = [[]]
    for index, datum in enumerate(order):
        messages[-1].append(datum)
        if index in cuts:
            messages.append([])
    for entities in messages:
        slots.update(read(Understood("…", "dar_dato", entities), Context(None, slots), VOCABULARY))
    assert {key: slots[key] for key in ("user_code", "email", "birth_date", "phone")} == {
        "user_code": "001952_56989",
        "email": "ana@muni.example.org",
        "birth_date": "1980-02-01",
        "phone": "987654321",
    }


@pytest.mark.parametrize(
    ("expected", "kind", "slot"),
    [
        ("identifier", "phone", "identifier"),
        ("id_document", "phone", "id_document"),
        ("phone", "id_document", "phone"),
        (None, "phone", "phone"),
        (None, "id_document", "id_document"),
    ],
)
def test_what_was_asked_decides_what_a_bare_number_is(expected: str | None, kind: str, slot: str) -> None:
    assert reading("1712345678", (kind, "1712345678"), expected=expected)[slot] == "1712345678"


def test_a_user_name_is_the_delegates_when_a_delegate_is_reset() -> None:
    found = reading("…", ("username", "jramirez04"), task="resetear_contrasena_delegado", platform="soce")
    assert found == {"delegate": "jramirez04"}


@pytest.mark.parametrize(
    ("text", "delegate"),
    [
        ("resetear la clave de jtoapanta04, que es delegado mío", "jtoapanta04"),
        ("la delegada perdió la clave", None),
        ("cambie la de rvega12 y la de mlopez34", None),
        ("en secop2 se puede?", None),
    ],
)
def test_a_delegates_user_name_is_found_in_the_wish(text: str, delegate: str | None) -> None:
    found = reading(text, ("platform", "secop2"), intent="resetear_contrasena_delegado")
    assert found.get("delegate") == delegate


def test_the_last_of_two_values_wins() -> None:
    assert reading("…", ("email", "a@example.org"), ("email", "b@example.org"))["email"] == "b@example.org"


def test_no_with_a_new_datum_corrects_and_does_not_refuse() -> None:
    found = reading("no, el correo es otro", ("email", "b@example.org"), intent="negar", expected="conditions_accepted")
    assert found == {"email": "b@example.org"}


@pytest.mark.parametrize(("intent", "value"), [("afirmar", True), ("negar", False)])
def test_yes_and_no_answer_what_was_asked(intent: str, value: bool) -> None:
    assert reading("…", intent=intent, expected="conditions_accepted") == {"conditions_accepted": value}


def test_yes_fills_nothing_that_was_not_asked() -> None:
    assert reading("sí", intent="afirmar", expected="email") == {}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("soy el administrador", "admin"),
        ("no soy administrador, soy delegado", "user"),
        ("no soy la administradora", "user"),
        ("administradora", "admin"),
        ("usuario delegado", "user"),
    ],
)
def test_a_role_is_read_from_words(text: str, role: str) -> None:
    assert reading(text, expected="role", task="recuperar_contrasena")["role"] == role


def test_a_role_told_before_it_is_asked_counts() -> None:
    assert (
        reading("soy administrador y olvidé mi clave", expected="platform", task="recuperar_contrasena")["role"]
        == "admin"
    )


def test_someone_elses_role_is_not_the_persons() -> None:
    assert "role" not in reading("le escribí al administrador", expected="email", task="recuperar_contrasena")


@pytest.mark.parametrize(
    ("text", "answer"), [("12", "12"), ("son 12", "12"), ("doce", "12"), ("creo que dieciséis", "16")]
)
def test_the_security_answer_may_be_in_words(text: str, answer: str) -> None:
    assert reading(text, expected="security_answer") == {"security_answer": answer}


@pytest.mark.parametrize(
    ("text", "intent", "taken"),
    [
        ("gongoragabriela", "nlu_fallback", True),
        ("gongora.g_22", "saludar_no", True),
        ("cancelar", "cancelar", False),
        ("ayuda", "pedir_ayuda", False),
        ("no sé cuál es", "negar", False),
    ],
)
def test_a_lone_word_answers_the_question_for_a_user_name(text: str, intent: str, taken: bool) -> None:
    assert ("username" in reading(text, intent=intent, expected="username")) is taken


@pytest.mark.parametrize(
    "text", ["no tengo ese dato", "no me acuerdo", "No lo sé", "ni idea señor", "ya no cuento con ese correo"]
)
def test_not_having_a_datum_is_understood(text: str) -> None:
    assert says_missing(text, VOCABULARY)
    assert reading(text, intent="negar", expected="email") == {"missing": "email"}


def test_a_datum_that_is_given_is_not_missing() -> None:
    assert reading("no me acuerdo bien, creo que ana@example.org", ("email", "ana@example.org"), expected="email") == {
        "email": "ana@example.org"
    }


def test_another_platform_drops_what_belongs_to_the_first() -> None:
    slots = {"platform": "seace", "user_code": "1_2", "email": "a@example.org", "conditions_accepted": True}
    assert dropped_by({"platform": "soce"}, slots) == ["user_code", "conditions_accepted"]
    assert dropped_by({"platform": "seace"}, slots) == []


def test_an_offer_lasts_for_one_message() -> None:
    assert outlived("dar_dato", {"offer": "hablar_con_agente"}) == {"offer": None}
    assert outlived("afirmar", {"offer": "hablar_con_agente"}) == {}


def test_being_understood_ends_the_count_of_misunderstandings() -> None:
    assert outlived("saludar", {"misunderstood": 2}) == {"misunderstood": 0}
    assert outlived("nlu_fallback", {"misunderstood": 2}) == {}


def test_plain_keeps_the_enie() -> None:
    assert plain("Contraseña ÁGIL") == "contraseña agil"


def test_the_word_beside_a_number_decides_what_it_is() -> None:
    asked = {"expected": "id_document", "task": "recuperar_usuario", "platform": "secop2"}
    assert reading("mejor con el teléfono, es 3100000305", ("phone", "3100000305"), **asked)["phone"] == "3100000305"
    assert reading("3100000305", ("phone", "3100000305"), **asked)["id_document"] == "3100000305"


@pytest.mark.parametrize("text", ["tal vez", "quizás sí", "depende", "lo voy a pensar"])
def test_who_hesitates_has_accepted_nothing(text: str) -> None:
    assert "conditions_accepted" not in reading(text, intent="afirmar", expected="conditions_accepted")


def test_a_user_name_is_found_in_the_middle_of_a_wish() -> None:
    found = reading("estado de mi cuenta pintoadm01", intent="consultar_estado", platform="soce")
    assert found["username"] == "pintoadm01"
    understood = Understood("clave del sekop2", "recuperar_contrasena", [("platform", "secop2")], ["sekop2"])
    assert "username" not in read(understood, Context(None, {}), VOCABULARY)


@pytest.mark.parametrize("text", ["perdí la clave de administradora", "administrador, clave olvidada"])
def test_who_one_is_may_be_told_without_a_verb(text: str) -> None:
    assert reading(text, intent="recuperar_contrasena", task="recuperar_contrasena")["role"] == "admin"


def test_no_role_is_taken_from_a_mention_of_somebody_else() -> None:
    found = reading("mi administrador no contesta", intent="recuperar_contrasena", task="recuperar_contrasena")
    assert "role" not in found


def test_a_row_of_strange_messages_is_counted_together() -> None:
    assert outlived("fuera_de_tema", {"misunderstood": 2}) == {}
    assert outlived("saludar", {"misunderstood": 2}) == {"misunderstood": 0}


def test_a_word_that_looks_like_a_name_is_no_code_of_seace() -> None:
    assert "user_code" not in reading("…", ("username", "ingresaba"), platform="seace")
    assert reading("…", ("username", "e_md_lloque2"), platform="seace")["user_code"] == "e_md_lloque2"
    known = {"platform": "seace", "user_code": "001952_56989", "expected": "email"}
    assert "user_code" not in reading("…", ("username", "session_start"), **known)
    assert "user_code" not in reading("…", ("user_code", "session_start"), **known)
    assert reading("…", ("user_code", "002310_40122"), **known)["user_code"] == "002310_40122"


def test_another_delegate_is_taken_whatever_else_the_message_says() -> None:
    task = "resetear_contrasena_delegado"
    found = reading("no, espere, el delegado es rmoncayo10", intent="negar", task=task, platform="soce")
    assert found["delegate"] == "rmoncayo10"


def test_a_user_name_may_stand_before_other_data() -> None:
    mail = ("email", "gabriela@alcaldia.example.org")
    asked = {"expected": "username", "platform": "secop2", "task": "consultar_estado"}
    assert reading("gabrielasol y mi correo gabriela@alcaldia.example.org", mail, **asked)["username"] == "gabrielasol"
    assert "username" not in reading("mi correo es gabriela@alcaldia.example.org", mail, **asked)


@pytest.mark.parametrize("expected", ["security_answer", "conditions_accepted"])
def test_nobody_is_without_a_sum_or_a_yes(expected: str) -> None:
    assert "missing" not in reading("no sé", expected=expected)
    assert reading("no sé", expected="user_code")["missing"] == "user_code"
