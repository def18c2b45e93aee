"""Each bend of the training still takes hold of something in Rasa, and changes no result."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
from pathlib import Path

from bot.brain.nlu.side_by_side import side_by_side
from bot.brain.rasa_bends import bend_rasa
from bot.brain.training_bends import _copy_message, _set

bend_rasa()


def test_a_copied_message_is_equal_and_apart() -> None:
    from rasa.shared.nlu.training_data.message import Message

    message = Message({"text": "hola", "entities": [{"value": "x"}], "intent": "saludar"})
    mark = message.fingerprint()
    made = _copy_message(message, {})
    assert made == message and made.fingerprint() == mark
    made.data["entities"][0]["value"] = "y"
    made.data["text"] = "chao"
    assert message.data == copy.deepcopy({"text": "hola", "entities": [{"value": "x"}], "intent": "saludar"})


def test_a_fingerprint_is_kept_only_while_nothing_changes() -> None:
    from rasa.shared.nlu.training_data.message import Message

    message = Message({"text": "hola", "intent": "saludar"})
    message.fingerprint()
    _set(message, "intent", "saludar")
    assert message._cached_fingerprint is not None
    _set(message, "intent", "negar")
    assert message._cached_fingerprint is None


def test_rasa_still_has_what_is_bent() -> None:
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    assert "training_data_from_paths" in inspect.getsource(RasaFileImporter.get_nlu_data)
    assert "copy.deepcopy(self.training_examples)" in inspect.getsource(TrainingData.merge)
    assert "_cached_fingerprint = None" in inspect.getsource(Message.set)


def test_two_trainings_of_the_same_data_answer_alike_in_any_process(tmp_path: Path) -> None:
    program = """
from bot.brain.nlu.classifier import IntentClassifier
texts = [f"{word} {tail}" for word in ("clave", "correo", "usuario", "acceso") for tail in
         ("no sirve", "nuevo", "del seace", "perdido hoy", "ayuda con eso", "ya", "por favor", "rápido")]
labels = [text.split()[0] for text in texts]
model = IntentClassifier.train(texts, labels)
print([model.decide(model.scores(text)).ranking for text in (*texts, "no sé qué clave es")])
"""
    root = Path(__file__).parents[3]
    said = [
        subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=root, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert said[0] and said[0] == said[1]


def test_jobs_side_by_side_keep_their_order() -> None:
    assert side_by_side([lambda number=number: number * number for number in range(5)]) == [0, 1, 4, 9, 16]
