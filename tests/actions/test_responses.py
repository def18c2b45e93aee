"""Every response that the actions name is written in ``data/responses``."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path

import pytest

from bot.accounts.interfaces import Result
from bot.tasks.catalog import load_catalog
from bot.tasks.responses import load_names

ROOT = Path(__file__).parents[2]
KNOWN = load_names(ROOT / "data" / "responses")


def test_every_response_named_in_an_action_exists() -> None:
    named = set()
    for path in [
        *(ROOT / "actions").glob("*.py"),
        *(ROOT / "bot" / "guides").glob("*.py"),
        *(ROOT / "bot" / "tasks").glob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("utter_"):
                named.add(node.value)
    whole = {name for name in named if not name.endswith("_")}
    assert sorted(whole - KNOWN) == []


ENDS: dict[str, list[Result]] = {
    "recuperar_contrasena": [Result.ACCEPTED, Result.LIMITED, Result.UNAVAILABLE],
    "recuperar_usuario": [Result.ACCEPTED, Result.LIMITED, Result.UNAVAILABLE],
    "consultar_estado": [
        Result.ACTIVE,
        Result.INACTIVE,
        Result.BLOCKED,
        Result.NOT_CONFIRMED,
        Result.BAD_FORMAT,
        Result.LIMITED,
        Result.UNAVAILABLE,
    ],
    "correo_no_llega": [Result.DONE, Result.RECENT, Result.NOTHING_SENT, Result.LIMITED, Result.UNAVAILABLE],
}


@pytest.mark.parametrize(("task", "platform"), list(product(ENDS, ("seace", "soce", "secop2"))))
def test_every_end_of_a_task_has_words(task: str, platform: str) -> None:
    for result in ENDS[task]:
        names = {
            f"utter_{task}_{platform}_admin_{result.value}",
            f"utter_{task}_{platform}_{result.value}",
            f"utter_{task}_{result.value}",
            f"utter_result_{result.value}",
        }
        assert names & KNOWN, (task, platform, result)


def test_every_button_leads_to_an_intent_that_exists() -> None:
    import json

    from ruamel.yaml import YAML

    from bot.tasks.responses import load_responses

    intents = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    for name, variations in load_responses(ROOT / "data" / "responses").items():
        if name.startswith("utter_mesa_"):
            continue  # these are answered by the help desk itself, never by the brain
        for button in (b for v in variations for b in v.get("buttons") or ()):
            intent, brace, rest = button["payload"].removeprefix("/").partition("{{")
            assert intent in intents, name
            if brace:
                json.loads("{" + rest.removesuffix("}}") + "}")


def test_every_task_is_an_intent_or_asked_for_by_an_action() -> None:
    from ruamel.yaml import YAML

    intents = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    assert set(load_catalog(ROOT / "data" / "tasks.yml").lists) - set(intents) == {"enviar_guia", "consultar_caso"}
