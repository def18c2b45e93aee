"""What is noted of a model when it is trained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bot.brain.models import ModelShelf
from bot.brain.training import LABELLED_FILES, train
from bot.settings import ROOT
from tests.unit.brain.nlu.small import MESSAGES, nlu_file

DOMAIN = """version: "3.1"
intents: [INTENTS]
responses:
  utter_hola: [{text: Hola.}]
"""
RULES = """version: "3.1"
rules:
- rule: saludo
  steps:
  - intent: FIRST
  - action: utter_hola
"""


def test_a_model_trained_by_command_keeps_who_why_what_of_and_its_figures(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in ("data", "tests/nlu", "models"):
        (project / name).mkdir(parents=True)
    shutil.copy(ROOT / "config.yml", project)
    (project / "domain.yml").write_text(DOMAIN.replace("INTENTS", ", ".join(MESSAGES)), encoding="utf-8")
    (project / "data/rules.yml").write_text(RULES.replace("FIRST", next(iter(MESSAGES))), encoding="utf-8")
    (project / "data/nlu.yml").write_text(nlu_file(), encoding="utf-8")
    asked = [{"text": texts[0], "intent": intent, "platform": None} for intent, texts in MESSAGES.items()]
    labelled = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked)
    (project / LABELLED_FILES[0]).write_text(labelled, encoding="utf-8")
    shelf, stages = ModelShelf(project / "models"), list[str]()

    made = train(project, shelf, tmp_path / "training.log", stages.append, author="operaria", reason="prueba")

    card = shelf.card(made.name)
    assert stages[0] == "reading" and stages[-1] == "measuring"
    assert (card.author, card.reason, card.parent) == ("operaria", "prueba", "")
    assert card.marks.keys() == {"data", "configuration", "code"}
    assert card.figures["labelled"] == len(MESSAGES) and 0.5 < card.figures["accuracy"] <= 1
