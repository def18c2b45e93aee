"""The form's rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tasks.catalog import TasksInvalid, load_catalog
from bot.tasks.form import FormStep, FormTurn, next_step, question_names

CATALOG = load_catalog(Path(__file__).parents[3] / "data" / "tasks.yml")
TODAY = date(2026, 11, 20)


def code_reason(platform: str, code: str) -> str:
    return "letters" if platform == "seace" and any(c.isalpha() for c in code) else ""


def step(
    task: str = "recuperar_contrasena",
    expected: str | None = None,
    intent: str = "dar_dato",
    fresh: tuple[str, ...] = (),
    first_look: bool = True,
    **slots: Any,
) -> FormStep:
    turn = FormTurn(task, {"attempts": 0, **slots}, frozenset(fresh), expected, intent, first_look)
    return next_step(turn, CATALOG, code_reason, TODAY)


def said(result: FormStep) -> list[str]:
    return [say.names[0] for say in result.says]


def test_the_platform_is_asked_first() -> None:
    assert step(intent="recuperar_contrasena").ask == "platform"


@pytest.mark.parametrize(
    ("slots", "asks"),
    [
        ({"platform": "seace"}, "user_code"),
        ({"platform": "seace", "user_code": "1_2"}, "email"),
        ({"platform": "seace", "email": "a@example.org"}, "user_code"),
        ({"platform": "seace", "email": "a@example.org", "user_code": "1_2"}, "conditions_accepted"),
        ({"platform": "soce"}, "role"),
        ({"platform": "soce", "role": "user"}, "identifier"),
        ({"platform": "secop2"}, "username"),
    ],
)
def test_what_is_known_is_not_asked(slots: dict[str, Any], asks: str) -> None:
    assert step(**slots, fresh=tuple(slots)).ask == asks


ADMIN = ("identifier", "email", "birth_date", "security_answer", "reason", "conditions_accepted")
GOOD = {
    "identifier": "1790012345001",
    "email": "a@example.org",
    "birth_date": "1980-01-02",
    "security_answer": "12",
    "reason": "olvido",
    "conditions_accepted": True,
}


@given(st.permutations(ADMIN))
def test_any_order_of_answers_ends_with_nothing_left_to_ask(order: list[str]) -> None:
    slots: dict[str, Any] = {"platform": "soce", "role": "admin"}
    expected: str | None = None
    for slot in order:
        assert expected not in slots
        slots[slot] = GOOD[slot]
        result = step(expected=expected, fresh=(slot,), **slots)
        expected = result.ask
    assert expected is None


def test_a_lookup_is_satisfied_by_whichever_datum_there_is() -> None:
    assert step("recuperar_usuario", platform="secop2").ask == "lookup_by"
    assert step("recuperar_usuario", platform="secop2", lookup_by="phone", fresh=("lookup_by",)).ask == "phone"
    for kind in ("id_document", "email", "phone", "username"):
        value = "a@example.org" if kind == "email" else "12345678"
        assert step("recuperar_usuario", platform="secop2", fresh=(kind,), **{kind: value}).ask is None


def test_a_code_with_letters_is_refused_with_its_reason_and_asked_again() -> None:
    result = step(platform="seace", user_code="e_md_lloque2", expected="user_code", fresh=("user_code",))
    assert result.changes["user_code"] is None
    assert said(result) == ["utter_bad_code_seace_letters"]
    assert result.ask == "user_code"


def test_validating_a_code_does_not_refuse_it_first() -> None:
    result = step("validar_codigo", platform="seace", user_code="e_md_lloque2", fresh=("user_code",))
    assert result.ask is None


@pytest.mark.parametrize("value", ["ana", "ana@", "ana@muni", "a b@example.org"])
def test_a_broken_email_is_refused(value: str) -> None:
    result = step(platform="seace", user_code="1_2", email=value, expected="email", fresh=("email",))
    assert (result.changes["email"], result.ask) == (None, "email")


@pytest.mark.parametrize("value", ["2020-01-01", "1890-01-01", "ayer"])
def test_an_implausible_birth_date_is_refused(value: str) -> None:
    result = step(platform="soce", role="admin", birth_date=value, fresh=("birth_date",), expected="birth_date")
    assert result.changes["birth_date"] is None


def test_conditions_refused_are_explained_and_asked_again() -> None:
    slots = {"platform": "seace", "user_code": "1_2", "email": "a@example.org", "conditions_accepted": False}
    result = step(expected="conditions_accepted", intent="negar", fresh=("conditions_accepted",), **slots)
    assert said(result)[0] == "utter_conditions_needed"
    assert result.ask == "conditions_accepted"


def test_the_third_answer_that_does_not_fit_offers_a_person() -> None:
    attempts = 0
    for number in (1, 2, 3):
        result = step(platform="secop2", expected="username", intent="nlu_fallback", attempts=attempts)
        attempts = result.changes["attempts"]
        assert said(result) == ([] if number == 3 else ["utter_retry_username"])
    assert (result.pause, result.person) == (True, "failed")


def test_who_cannot_prove_who_they_are_or_lost_the_mailbox_is_offered_a_person() -> None:
    lacks = {"platform": "soce", "role": "admin", "identifier": "1", "fresh": ("missing",), "intent": "dar_dato"}
    result = step(**lacks, expected="email", missing="email")
    assert (said(result), result.pause, result.person) == (["utter_missing_soce_email"], True, "identity")
    result = step(**lacks, expected="email", missing="mailbox")
    assert (said(result), result.ask, result.pause, result.person) == ([], "email", True, "mailbox")


def test_while_a_person_is_offered_the_form_asks_nothing() -> None:
    result = step(platform="seace", expected="user_code", offer="hablar_con_agente", first_look=False)
    assert (said(result), result.ask, result.pause) == ([], "user_code", True)


def test_an_answer_that_fits_starts_the_count_anew() -> None:
    result = step(platform="seace", expected="user_code", user_code="1_2", fresh=("user_code",), attempts=2)
    assert result.changes["attempts"] == 0


@pytest.mark.parametrize(
    "intent", ["agradecer", "politica_contrasena", "hablar_con_agente", "cancelar", "recuperar_usuario"]
)
def test_a_wish_of_its_own_is_left_to_the_rules(intent: str) -> None:
    assert step(platform="secop2", expected="username", intent=intent).yields


def test_thanks_with_a_datum_is_an_answer() -> None:
    result = step(platform="seace", expected="user_code", intent="agradecer", fresh=("user_code",), user_code="1_2")
    assert not result.yields
    assert result.ask == "email"


def test_another_task_with_a_datum_is_still_another_task() -> None:
    slots = {"platform": "secop2", "email": "a@example.org"}
    assert step(expected="username", intent="recuperar_usuario", fresh=("email",), **slots).yields


def test_after_a_digression_the_question_is_asked_again() -> None:
    result = step(platform="secop2", expected="username", intent="agradecer", first_look=False)
    assert (result.ask, result.yields, result.says) == ("username", False, ())


def test_a_missing_datum_gets_its_remedy_and_waits() -> None:
    result = step(
        platform="seace", expected="email", intent="negar", fresh=("missing",), missing="email", user_code="1_2"
    )
    assert said(result) == ["utter_missing_seace_email"]
    assert result.pause


def test_not_knowing_the_code_while_it_is_asked_is_no_other_task() -> None:
    slots = {"platform": "seace", "missing": "user_code"}
    result = step(expected="user_code", intent="recuperar_usuario", fresh=("missing",), **slots)
    assert said(result) == ["utter_missing_seace_user_code"]


def test_a_yes_after_an_offer_is_not_an_answer_to_the_form() -> None:
    assert step(platform="secop2", expected="username", intent="afirmar", offer="hablar_con_agente").yields


def test_questions_are_named_from_the_particular_to_the_general() -> None:
    names = question_names("recuperar_usuario", {"platform": "soce", "role": "admin"}, "email")
    assert names == (
        "utter_question_recuperar_usuario_soce_email",
        "utter_question_recuperar_usuario_email",
        "utter_question_soce_admin_email",
        "utter_question_soce_email",
        "utter_question_email",
    )


def test_every_slot_that_a_task_asks_has_a_question_and_a_title(tmp_path: Path) -> None:
    from bot.tasks.responses import load_names

    known = load_names(Path(__file__).parents[3] / "data" / "responses")
    for task in CATALOG.lists:
        for platform in ("seace", "soce", "secop2"):
            for role in ("admin", "user"):
                slots = {"platform": platform, "role": role}
                for slot in CATALOG.required(task, slots):
                    assert known & set(question_names(task, slots, slot)), (task, platform, role, slot)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("tasks: []", "tasks"),
        ("tasks: {a: {title: A}}", "tasks.a"),
        ("tasks: {a: {title: A, asks: {seace: []}}}", "tasks.a.asks"),
        ("tasks: {a: {title: A, asks: {seace: [], soce: {admin: []}, secop2: []}}}", "tasks.a.asks.soce"),
    ],
)
def test_a_broken_tasks_file_is_named_where_it_breaks(tmp_path: Path, content: str, where: str) -> None:
    file = tmp_path / "tasks.yml"
    file.write_text(content)
    with pytest.raises(TasksInvalid) as error:
        load_catalog(file)
    assert error.value.where == where


def test_a_corrected_datum_is_no_failed_answer() -> None:
    known = {"platform": "seace", "user_code": "1_2", "email": "otro@example.org"}
    result = step(expected="conditions_accepted", fresh=("email",), intent="negar", **known)
    assert (said(result), result.ask, result.changes) == ([], "conditions_accepted", {})


def test_a_datum_that_the_task_does_not_need_is_a_failed_answer() -> None:
    result = step(expected="user_code", fresh=("phone",), platform="seace", phone="987654321")
    assert said(result) == ["utter_retry_user_code"]
    assert said(step(expected="user_code", fresh=("platform",), platform="seace")) == ["utter_retry_user_code"]


def test_what_answers_the_reason_is_not_a_new_wish() -> None:
    known = {"platform": "soce", "role": "admin", **GOOD, "reason": "bloqueo", "conditions_accepted": None}
    result = step(expected="reason", fresh=("reason",), intent="consultar_estado", **known)
    assert (result.yields, result.ask) == (False, "conditions_accepted")


def test_a_corrected_code_is_not_a_wish_to_validate_one() -> None:
    known = {"platform": "seace", "user_code": "1_2"}
    assert not step(expected="email", fresh=("user_code",), intent="validar_codigo", **known).yields
    assert step(expected="email", intent="validar_codigo", **known).yields


def test_a_delegate_who_told_the_own_user_name_is_not_asked_again() -> None:
    known = {"platform": "soce", "role": "user", "identifier": "1790012345001", "username": "jtoapanta04"}
    result = step(intent="recuperar_contrasena", **known)
    assert result.ask == "confirm"
    assert result.changes["delegate"] == "jtoapanta04"


def test_what_is_out_of_scope_counts_as_a_failed_answer() -> None:
    result = step(expected="user_code", intent="fuera_de_tema", first_look=False, platform="seace", attempts=1)
    assert (said(result), result.ask, result.changes["attempts"]) == ([], "user_code", 2)
    result = step(expected="user_code", intent="fuera_de_tema", first_look=False, platform="seace", attempts=2)
    assert (said(result), result.pause) == ([], True)
