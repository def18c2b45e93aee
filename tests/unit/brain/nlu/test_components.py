"""What the Rasa components put on a message."""

from __future__ import annotations

from bot.brain.rasa_bends import bend_rasa

bend_rasa()

from rasa.nlu.classifiers.fallback_classifier import undo_fallback_prediction  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402

from bot.brain.nlu.classifier import Verdict  # noqa: E402
from bot.brain.nlu.components import _set_intent, dialogue_of  # noqa: E402


def test_a_fallback_heads_the_ranking_as_rasa_expects() -> None:
    message = Message({"text": "x"})
    _set_intent(message, Verdict(None, 0.2, [("afirmar", 0.2), ("negar", 0.15)]))
    result = message.as_dict(only_output_properties=True)
    assert result["intent"]["name"] == result["intent_ranking"][0]["name"] == "nlu_fallback"
    # Rasa's reports undo a fallback; what they count then must be the likeliest intent, not the second.
    assert undo_fallback_prediction(result)["intent"]["name"] == "afirmar"


def test_the_chosen_intent_carries_its_own_confidence_even_when_another_is_likelier() -> None:
    message = Message({"text": "x"})
    _set_intent(message, Verdict("fuera_de_tema", 0.4, [("afirmar", 0.5), ("fuera_de_tema", 0.4)]))
    assert message.get("intent") == {"name": "fuera_de_tema", "confidence": 0.4}


def test_a_message_without_metadata_has_no_dialogue() -> None:
    assert dialogue_of(Message({"text": "x"})) == {}
    assert dialogue_of(Message({"text": "x", "metadata": {"dialogue": None}})) == {}
    assert dialogue_of(Message({"text": "x", "metadata": {"dialogue": {"guide": True}}})) == {"guide": True}
