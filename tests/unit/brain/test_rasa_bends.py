"""Each bend still takes hold of something in Rasa."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from bot.brain.rasa_bends import _DEBUG_COPIERS, bend_rasa

bend_rasa()


def test_rasa_is_imported_without_tensorflow() -> None:
    program = (
        "from bot.brain.rasa_bends import bend_rasa; bend_rasa(); import rasa.core.agent, sys;"
        "import rasa.engine.recipes.default_components; print(type(sys.modules['tensorflow']).__name__)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=root, capture_output=True, text=True)
    assert done.stdout.strip() == "_StandInModule", done.stderr[-1000:]


def test_rasa_leaves_the_event_loops_as_they_are() -> None:
    program = (
        "import asyncio; from bot.brain.rasa_bends import bend_rasa; before = asyncio.get_event_loop_policy();"
        "bend_rasa(); import bot.brain.rasa_brain; print(asyncio.get_event_loop_policy() is before)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=root, capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr[-1000:]


def test_the_action_schema_still_refuses_a_broken_answer() -> None:
    from jsonschema import ValidationError
    from rasa.core.actions.action import RemoteAction

    action = RemoteAction("action_x", None)
    assert action._validate_action_result({"events": [], "responses": []})
    with pytest.raises(ValidationError):
        action._validate_action_result({"events": [], "responses": "none"})


def test_rasa_still_validates_each_answer_with_the_method_that_is_bent() -> None:
    from rasa.core.actions.action import RemoteAction

    assert "self._validate_action_result(response)" in inspect.getsource(RemoteAction.run)


@pytest.mark.parametrize("name", _DEBUG_COPIERS)
def test_copy_is_used_for_debug_lines_alone(name: str) -> None:
    import importlib

    source = inspect.getsource(importlib.import_module(name))
    copies = 0
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "structlogger.debug":
            copies += sum("copy.deepcopy(" in ast.unparse(keyword.value) for keyword in node.keywords)
    assert copies == source.count("copy.deepcopy(") == source.count("copy.") > 0
