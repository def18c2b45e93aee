"""Each bend of the training still takes hold of something in Rasa, and changes no result."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from bot.brain.nlu.side_by_side import side_by_side
from bot.brain.rasa_bends import bend_rasa
from bot.brain.training_bends import _copy_message, _looked_at_plainly, _set

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


def test_what_is_wrong_with_a_file_is_said_in_rasas_own_words() -> None:
    from rasa.shared.exceptions import YamlException
    from rasa.shared.utils.validation import validate_yaml_schema

    schema = "shared/nlu/training_data/schemas/nlu.yml"
    bent = _looked_at_plainly(validate_yaml_schema)
    assert bent('version: "3.1"\nnlu:\n- intent: saludar\n  examples: |\n    - hola\n', schema) is None
    for wrong in (
        "nlu:\n- intent: saludar\n  examples: [hola]\n- intent: 5\n",
        "nlu:\n- intento: x\n",
        "nlu: [",
        "a: 1\na: 2",
    ):
        said = []
        for validate in (bent, validate_yaml_schema):
            with pytest.raises(YamlException) as raised:
                validate(wrong, schema)
            said.append(str(raised.value))
        assert said[0] == said[1]


def test_messages_are_the_same_in_any_language_and_read_once(tmp_path: Path) -> None:
    (tmp_path / "nlu.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: saludar\n  examples: |\n    - hola\n    - buenas\n'
    )
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [saludar]\n')
    program = f"""
import sys
from bot.brain.rasa_bends import bend_rasa
bend_rasa()
if sys.argv[1:]:
    from bot.brain.training_bends import bend_training
    bend_training()
from rasa.shared.importers.importer import TrainingDataImporter
importer = TrainingDataImporter.load_from_dict(domain_path={str(tmp_path / "domain.yml")!r},
                                               training_data_paths=[{str(tmp_path)!r}])
english, spanish = importer.get_nlu_data(), importer.get_nlu_data(language="es")
print([message.data for message in spanish.training_examples], spanish.fingerprint() == english.fingerprint())
print(english is spanish)
"""
    root = Path(__file__).parents[3]
    said = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program, *more], cwd=root, capture_output=True, text=True
        ).stdout.splitlines()
        for more in ((), ("bent",))
    ]
    assert "hola" in said[0][0] and said[0][0].endswith("True")
    assert said[0][0] == said[1][0]
    assert (said[0][1], said[1][1]) == ("False", "True")
