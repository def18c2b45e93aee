"""What Rasa does not accept in a draft is said in Spanish, by a trial's own process."""

from __future__ import annotations

import json
import re
import shutil
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT
from bot.studio import places
from bot.studio.files import Workspace
from bot.studio.names import names_of
from bot.studio.rasa_check import COMPLAINTS, complaint
from bot.studio.settings import load_words
from bot.studio.wording import Wording

WORDS = load_words(ROOT / "data")
CONFIG = """recipe: default.v1
language: es
assistant_id: prueba
pipeline: [{name: KeywordIntentClassifier}]
policies: [{name: RulePolicy}]
"""
DOMAIN = """version: "3.1"
intents: [saludar, despedir, vacia]
slots:
  dato: {type: text, mappings: [{type: from_text, conditions: [{active_loop: otro_form}]}]}
forms:
  un_form: {required_slots: [falta]}
responses: {utter_hola: [{text: hola}]}
"""
NLU = """version: "3.1"
nlu:
- intent: saludar
  examples: |
    - hola
    - buenas
- intent: nueva
  examples: |
    - hola
    - otra
"""
STORIES = """version: "3.1"
stories:
- story: una
  steps: [{intent: saludar}, {action: utter_hola}, {action: utter_falta}]
- story: dos
  steps: [{intent: saludar}, {action: action_falta}]
"""
GOOD_DOMAIN = """version: "3.1"
intents: [saludar, despedir]
responses: {utter_hola: [{text: hola}], utter_chao: [{text: chao}]}
"""
GOOD_NLU = NLU.replace("nueva", "despedir").replace("    - hola\n    - otra", "    - chao\n    - otra")
AGAINST_EACH_OTHER = """version: "3.1"
rules:
- rule: se saluda
  steps: [{intent: saludar}, {action: utter_hola}]
stories:
- story: no se saluda
  steps: [{intent: saludar}, {action: utter_chao}]
- story: se despide
  steps: [{intent: despedir}, {action: utter_chao}]
"""

FOLDERS = {"config": "", "domain": "", "nlu": "data/nlu", "stories": "data"}


def tried(folder: Path, **files: str) -> list[dict[str, Any]]:
    """What a trial's process finds wrong with a project of these files."""
    staged = folder / "staged"
    shutil.copytree(ROOT / "data/guides", staged / "data/guides")
    for name, content in {"config": CONFIG, **files}.items():
        path = staged / FOLDERS[name] / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    task = {
        "staged": str(staged),
        "project": str(staged),
        "name": "prueba",
        "models": str(folder / "models"),
        "live": "",
        "live_side": str(folder / "side"),
        "live_mark": "a",
        "new_mark": "b",
        "train": True,
        "lines": {},
        "month": [],
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot.studio.trial"],
        input=json.dumps(task),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    results = [json.loads(line)["studio"] for line in done.stdout.splitlines() if line.startswith('{"studio"')]
    found: list[dict[str, Any]] = next((one["result"]["check"] for one in results if "result" in one), [])
    assert found, done.stderr[-2000:]
    return found


def test_each_thing_that_rasa_finds_wrong_is_said_in_spanish(tmp_path: Path) -> None:
    found = {one["kind"]: one for one in tried(tmp_path, domain=DOMAIN, nlu=NLU, stories=STORIES)}
    assert {kind: one["facts"] for kind, one in found.items() if kind in COMPLAINTS and kind != "rasa_conflict"} == {
        "rasa_intent_empty": {"intent": "vacia"},
        "rasa_intent_unlisted": {"intent": "nueva"},
        "rasa_example_twice": {"example": "hola", "intents": ["nueva", "saludar"]},
        "rasa_answer_missing": {"answer": "utter_falta"},
        "rasa_action_missing": {"action": "action_falta"},
        "rasa_form_slot": {"slot": "falta", "form": "un_form"},
        "rasa_form_mapping": {"slot": "dato", "form": "otro_form"},
    }
    assert found["rasa_conflict"]["stop"] and "rasa" not in found
    words = Wording(WORDS)
    assert words.remark(found["rasa_example_twice"]).startswith("«hola» está en más de una intención (nueva, saludar)")


def test_rules_that_contradict_each_other_stop_the_draft_and_are_named(tmp_path: Path) -> None:
    found = tried(tmp_path, domain=GOOD_DOMAIN, nlu=GOOD_NLU, stories=AGAINST_EACH_OTHER)
    [one] = [one for one in found if one["kind"].startswith("rasa")]
    assert one["stop"] and {"se saluda", "no se saluda"} <= set(one["facts"]["names"])


def test_a_file_that_cannot_be_read_stops_the_draft(tmp_path: Path) -> None:
    found = tried(tmp_path, domain=GOOD_DOMAIN, nlu=GOOD_NLU, stories="version: '3.1'\nrules:\n- rule: [una\n")
    assert [one["stop"] for one in found if one["kind"].startswith("rasa")] == [True]


@pytest.mark.parametrize("key", COMPLAINTS)
def test_a_sentence_uses_the_facts_of_its_complaint_and_no_others(key: str) -> None:
    fields = {field for _text, field, _spec, _conversion in string.Formatter().parse(WORDS["avisos"][key]) if field}
    assert fields == set(COMPLAINTS[key].groupindex)


def test_an_answer_that_is_missed_is_named_as_people_do() -> None:
    words = Wording(WORDS, names_of(Workspace(ROOT), WORDS))
    name = next(iter(places.responses(Workspace(ROOT))))
    said = words.remark({"kind": "rasa_answer_missing", "facts": {"answer": name}})
    assert not re.search(r"utter_\w+", said)


def test_what_rasa_says_anew_is_passed_on_in_its_words() -> None:
    assert complaint("Something new.") == ("rasa", {"words": "Something new."})


def test_a_long_example_is_named_whole() -> None:
    said = "The example '{}' was found labeled with multiple different intents. The example is labeled with: a, b."
    assert complaint(said.format("x" * 500)) == ("rasa_example_twice", {"example": "x" * 500, "intents": ["a", "b"]})
