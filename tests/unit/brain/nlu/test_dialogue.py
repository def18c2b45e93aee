"""The dialogue's state decides what is open, and leaves what is clear."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bot.brain.nlu.dialogue import adjust, prior_of

INTENTS = ["afirmar", "dar_dato", "hablar_con_agente", "negar", "paso_no_funciona", "siguiente_paso"]


def likeliest(chances: dict[str, float], text: str, dialogue: dict[str, Any]) -> str:
    scores = np.log(np.array([chances.get(intent, 0.001) for intent in INTENTS]))
    return INTENTS[int(adjust(scores, INTENTS, text, dialogue).argmax())]


def test_without_a_state_nothing_changes() -> None:
    scores = np.array([0.1, -2.0])
    assert adjust(scores, ["a", "b"], "sí", {}) is scores


def test_listo_asks_for_the_next_step_in_a_guide_and_agrees_to_a_question() -> None:
    open_chances = {"afirmar": 0.5, "siguiente_paso": 0.45}
    assert likeliest(open_chances, "listo", {"guide": True}) == "siguiente_paso"
    assert likeliest({"afirmar": 0.3, "siguiente_paso": 0.6}, "listo", {"requested_slot": "confirm"}) == "afirmar"


def test_a_datum_in_a_form_is_an_answer() -> None:
    chances = {"dar_dato": 0.3, "hablar_con_agente": 0.5}
    assert likeliest(chances, "<user_code>", {"active_loop": "task_form", "requested_slot": "user_code"}) == "dar_dato"


def test_a_clear_wish_in_a_form_stays_a_wish() -> None:
    chances = {"hablar_con_agente": 0.9, "dar_dato": 0.05}
    assert likeliest(chances, "quiero hablar con una persona", {"active_loop": "task_form"}) == "hablar_con_agente"


def test_a_long_message_speaks_for_itself() -> None:
    chances = {"paso_no_funciona": 0.3, "hablar_con_agente": 0.5}
    long = (
        "mire señorita yo llevo toda la mañana en esto y la verdad prefiero que me llame alguien de ustedes por favor"
    )
    assert likeliest(chances, long, {"guide": True}) == "hablar_con_agente"


@pytest.mark.parametrize("dialogue", [{"active_loop": None, "requested_slot": None, "guide": False}])
def test_where_nothing_is_under_way_steps_are_less_likely(dialogue: dict[str, Any]) -> None:
    assert prior_of(dialogue)["paso_no_funciona"] < 0


@pytest.mark.parametrize("mistaken", ["agradecer", "expresar_frustracion", "paso_anterior", "fuera_de_tema"])
def test_a_vague_answer_to_a_question_is_an_answer_and_a_clear_word_is_not(mistaken: str) -> None:
    intents = ["dar_dato", mistaken]
    asked = {"active_loop": "task_form", "requested_slot": "user_code"}
    vague, clear = np.log([0.1, 0.6]), np.log([0.001, 0.95])
    assert intents[int(adjust(vague, intents, "el de siempre", asked).argmax())] == "dar_dato"
    assert intents[int(adjust(clear, intents, "qué horror de sistema", asked).argmax())] == mistaken
