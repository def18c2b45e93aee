"""The checker of the training messages names what is wrong, with file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.brain.nlu.examples import read_training
from bot.brain.nlu.lint import Problem, lint, report
from bot.brain.nlu.similar import Likeness, comparable
from bot.brain.nlu.variety import check_variety
from tests.unit.brain.nlu.small import MESSAGES


def write(folder: Path, intents: dict[str, list[str]]) -> Path:
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in intents.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    (folder / "prueba.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def of_kind(problems: list[Problem], kind: str) -> list[Problem]:
    return [problem for problem in problems if problem.kind == kind]


@pytest.mark.parametrize("variant", ["OLVIDÉ MI CLAVE", "olvide mi clave", "¿Olvidé mi clave?", "olvidé mi claveee 😭"])
def test_variants_that_differ_only_in_dress_are_duplicates(tmp_path: Path, variant: str) -> None:
    # Rasa's own check compares the raw text, which all of these pass.
    folder = write(tmp_path, {"recuperar_contrasena": ["olvidé mi clave", "otra cosa distinta", variant]})
    (problem,) = of_kind(lint(folder, quick=True), "near_duplicate")
    assert problem.place == "prueba.yml:7"
    assert problem.error


def test_a_near_duplicate_in_another_intent_is_named_with_both_places(tmp_path: Path) -> None:
    folder = write(tmp_path, {"saludar": ["buenos días, señorita"], "despedirse": ["buenos dias señoritaa"]})
    (problem,) = of_kind(lint(folder, quick=True), "near_duplicate_across")
    assert "prueba.yml:8" in problem.sentence and "prueba.yml:5" in problem.sentence and "saludar" in problem.sentence


def test_messages_with_different_numbers_are_not_duplicates(tmp_path: Path) -> None:
    folder = write(tmp_path, {"dar_dato": ["mi cédula es 0912345675", "mi cédula es 0912345676"]})
    assert not of_kind(lint(folder, quick=True), "near_duplicate")


def test_lines_of_the_sample_are_found_exact_and_near(tmp_path: Path) -> None:
    sample = tmp_path / "sample.jsonl"
    texts = ["¿Dónde quedó mi trámite de ayer?", "necesito que me llame una persona"]
    sample.write_text("\n".join(json.dumps({"text": text, "intent": "x"}) for text in texts), encoding="utf-8")
    folder = write(tmp_path, {"estado_caso": ["donde quedo mi tramite de ayer", "necesito que me llamen una persona"]})
    problems = lint(folder, sample, quick=True)
    assert [p.place for p in of_kind(problems, "sample_exact")] == ["prueba.yml:5"]
    assert [p.place for p in of_kind(problems, "sample_near")] == ["prueba.yml:6"]


def test_marks_of_annotation_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, {"dar_dato": ["mi correo es [ana@example.org](email)"]})
    assert of_kind(lint(folder, quick=True), "annotated")


def test_an_intent_of_one_pattern_lacks_variety() -> None:
    nouns = ["clave", "cuenta", "usuario", "código", "correo", "perfil", "menú", "enlace"]
    messages = [f"quiero cambiar mi {noun} número {number}".split() for noun in nouns for number in range(30)]
    kinds = {kind for kind, _error, _facts in check_variety("recuperar_contrasena", messages)}
    assert {"same_openings", "few_openings", "same_lengths", "small_vocabulary"} <= kinds


def test_too_few_messages_are_an_error_and_a_few_a_warning() -> None:
    few = [(kind, error) for kind, error, _facts in check_variety("recuperar_contrasena", [["hola"]] * 5)]
    assert few == [("too_few", True)]
    assert ("too_few", False) in [(k, e) for k, e, _f in check_variety("recuperar_contrasena", [["hola"]] * 50)]


def test_a_wrong_label_is_suspicious(tmp_path: Path) -> None:
    more = {intent: [*texts, *(f"{text} por favor señorita" for text in texts)] for intent, texts in MESSAGES.items()}
    more["dar_dato"].append("olvidé mi clave y quiero recuperar mi contraseña")
    problems = of_kind(lint(write(tmp_path, more)), "suspicious")
    assert any("olvidé mi clave y quiero recuperar" in problem.sentence for problem in problems)
    assert not any(problem.error for problem in problems)


def test_the_report_puts_errors_first_and_counts() -> None:
    problems = [Problem("a", "x:1", "aviso", False), Problem("b", "x:2", "error", True)]
    lines = report(problems, 10, 2).splitlines()
    assert lines[:2] == ["error", "aviso"]
    assert "1 problemas" in lines[-1]


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    messages = read_training(write(tmp_path, {"saludar": ["hola", "buenas"], "negar": ["no"]}))
    lines = (tmp_path / "prueba.yml").read_text(encoding="utf-8").splitlines()
    assert [lines[message.line - 1].strip("- ") for message in messages] == ["hola", "buenas", "no"]


def test_likeness_finds_what_a_search_through_all_pairs_finds() -> None:
    texts = [comparable(text) for texts in MESSAGES.values() for text in texts]
    index = Likeness(texts)
    assert [place for place, likeness in index.near("olvide mi clabe", 0.9)] == [texts.index("olvide mi clave")]


def test_likeness_finds_only_what_stands_before_a_place() -> None:
    texts = ["olvide mi clave", "olvide mi clave ya", "olvide mi clabe"]
    assert [place for place, _likeness in Likeness(texts).near(texts[1], 0.8, before=1)] == [0]


def test_the_project_s_own_messages_are_clean() -> None:
    root = Path(__file__).parents[4]
    problems = lint(root / "data/nlu", root / "tests/nlu/sample.jsonl", quick=True)
    assert [problem.sentence for problem in problems if problem.error] == []
