"""Measuring: what the bot would act on, fallback included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.brain.nlu.evaluate import Answer, calibration_error, draw_confusions, measure, report
from bot.brain.nlu.examples import BadExamples, Example, read_examples
from bot.brain.nlu.parse import Parsed


def answer(text: str, gold: str, chosen: str, confidence: float = 0.9, second: str = "afirmar", **more: str) -> Answer:
    first = more.get("best", chosen)
    ranking = [(first, confidence), (second, 1 - confidence)]
    return Answer(
        Example(text, gold, more.get("platform"), ("clean",)), Parsed(text, chosen, confidence, ranking, [], None)
    )


ANSWERS = [
    answer("olvidé mi clave", "recuperar_contrasena", "recuperar_contrasena"),
    answer("se me fue", "recuperar_contrasena", "nlu_fallback", 0.3, best="recuperar_contrasena"),
    answer("mi usuario", "recuperar_usuario", "recuperar_contrasena", second="recuperar_usuario"),
    answer("llueve", "fuera_de_tema", "fuera_de_tema"),
    answer("netflix", "fuera_de_tema", "nlu_fallback", 0.3, best="recuperar_contrasena"),
    answer("hola", "saludar", "fuera_de_tema"),
]


def test_a_fallback_is_a_wrong_answer_and_turns_an_in_scope_message_away() -> None:
    measures = measure(ANSWERS)
    assert measures["accuracy"] == pytest.approx(2 / 6)
    assert measures["in_scope_accuracy"] == pytest.approx(1 / 4)
    assert measures["false_rejection_rate"] == pytest.approx(2 / 4)
    assert measures["oos_recall"] == pytest.approx(1 / 2)


def test_the_best_three_are_those_of_the_ranking() -> None:
    assert measure(ANSWERS)["top3_accuracy"] == pytest.approx(4 / 6)


def test_the_fallback_is_no_intent_of_its_own_in_the_report_by_intent() -> None:
    measures = measure(ANSWERS)
    assert "nlu_fallback" not in measures["by_intent"]
    assert {"gold": "recuperar_contrasena", "predicted": "nlu_fallback", "count": 1} in measures["confusions"]


def test_precision_recall_and_tags() -> None:
    measures = measure(ANSWERS)
    assert measures["by_intent"]["recuperar_contrasena"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert measures["by_tag"]["clean"] == {"accuracy": pytest.approx(2 / 6), "support": 6}


def test_every_key_of_the_contract_is_there_and_the_whole_is_json() -> None:
    keys = {"accuracy", "in_scope_accuracy", "top3_accuracy", "macro_f1", "platform_accuracy", "oos_recall", "ece"}
    keys |= {"false_rejection_rate", "by_intent", "by_tag", "confusions"}
    assert keys <= set(json.loads(json.dumps(measure(ANSWERS))))


def test_perfectly_honest_confidence_has_no_calibration_error() -> None:
    honest = [
        answer("x", "a", "a", 0.75),
        answer("x", "a", "a", 0.75),
        answer("x", "a", "a", 0.75),
        answer("x", "b", "a", 0.75),
    ]
    assert calibration_error(honest) == pytest.approx(0)


def test_the_report_is_spanish_and_shows_the_mistakes() -> None:
    text = report(ANSWERS, measure(ANSWERS), "prueba")
    assert "Intención correcta" in text and "se entendió «no entendí»" in text and "«mi usuario»" in text
    assert "fallback" not in text


def test_measuring_messages_of_one_kind_leaves_the_other_measures_empty() -> None:
    assert measure([ANSWERS[3]])["in_scope_accuracy"] is None
    assert measure([ANSWERS[0]])["oos_recall"] is None
    assert "—" in report([ANSWERS[0]], measure([ANSWERS[0]]), "x")


def test_the_confusion_matrix_is_a_png(tmp_path: Path) -> None:
    draw_confusions(ANSWERS, tmp_path / "c.png")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no es json", "línea 2: no es un objeto JSON"),
        ("[1]", "línea 2: no es un objeto JSON"),
        ('{"text": "hola"}', "línea 2: falta «intent»"),
        ('{"text": "hola", "intent": "saludar", "platform": "COMPRANET"}', "línea 2: no se conoce la plataforma"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"text": "hola", "intent": "saludar", "platform": null}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BadExamples, match=said.replace("«", ".").replace("»", ".")):
        read_examples(file)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(BadExamples):
        read_examples(tmp_path / "x.jsonl")


def test_platforms_may_be_written_as_people_say_them(tmp_path: Path) -> None:
    lines = [{"text": "x", "intent": "y", "platform": name} for name in ("SECOP II", "seace", "SOCE", "", None)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert [one.platform for one in read_examples(tmp_path / "x.jsonl")] == ["secop2", "seace", "soce", None, None]
