"""The pipeline is an ordinary Rasa pipeline: Rasa trains it, loads it and tests it, all without TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.brain.nlu.small import nlu_file

ROOT = Path(__file__).parents[2]

TRAIN = """
import json, sys
from bot.brain.rasa_bends import bend_rasa
bend_rasa()
from rasa.model_training import train_nlu
model = train_nlu("config.yml", "data", "models", fixed_model_name="small")
from bot.brain.nlu.parse import Understanding
from pathlib import Path
understanding = Understanding(Path(model))
texts = json.loads(sys.argv[1])
out = [understanding.parse(text, dialogue).as_dict() for text, dialogue in texts]
import asyncio
from rasa.nlu.test import run_evaluation
from rasa.core.agent import Agent
agent = Agent.load(model)
raw = asyncio.run(agent.parse_message("zzz"))
results = asyncio.run(run_evaluation("data/nlu.yml", agent.processor, output_directory="results"))
print("\\n@" + json.dumps({"parsed": out, "raw": raw, "accuracy": results["intent_evaluation"]["accuracy"],
    "tensorflow": type(sys.modules["tensorflow"]).__name__}))
"""
ASKED = [
    ("olvidé mi clave del seace, mi código es 001952_56989", None),
    ("listo", {"guide": True}),
    ("/restart", None),
    ("§§§", None),
]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = tmp_path_factory.mktemp("project")
    (project / "data").mkdir()
    (project / "config.yml").write_text((ROOT / "config.yml").read_text("utf-8"), encoding="utf-8")
    (project / "data/nlu.yml").write_text(nlu_file(), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", TRAIN, json.dumps(ASKED)]
    done = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.rsplit("\n@", 1)[1])
    return result


def environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT), "TQDM_DISABLE": "1", "RASA_TELEMETRY_ENABLED": "false"}


def test_a_message_is_parsed_by_the_trained_archive(outcome: dict[str, Any]) -> None:
    first = outcome["parsed"][0]
    assert first["intent"] == "recuperar_contrasena"
    assert first["platform"] == "seace"
    (code,) = [entity for entity in first["entities"] if entity["entity"] == "user_code"]
    assert first["text"][code["start"] : code["end"]] == code["value"] == "001952_56989"
    assert {"confidence_entity", "extractor"} <= set(code)


def test_the_state_of_the_dialogue_arrives_with_the_message(outcome: dict[str, Any]) -> None:
    assert outcome["parsed"][1]["intent"] == "siguiente_paso"


def test_a_text_that_begins_with_a_slash_is_text(outcome: dict[str, Any]) -> None:
    assert outcome["parsed"][2]["ranking"]


def test_rasa_s_own_evaluation_works_and_does_not_count_the_fallback_as_an_intent(outcome: dict[str, Any]) -> None:
    # Rasa takes a fallback back by using the ranking's second entry; ours must be the likeliest real intent.
    assert outcome["accuracy"] >= 0.9
    raw = outcome["raw"]
    if raw["intent"]["name"] == "nlu_fallback":
        assert raw["intent_ranking"][0]["name"] == "nlu_fallback"


def test_tensorflow_is_never_imported(outcome: dict[str, Any]) -> None:
    assert outcome["tensorflow"] == "_StandInModule"
