"""Each bend still takes hold of something in Rasa."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.brain.rasa_bends import _DEBUG_COPIERS, bend_rasa

bend_rasa()

from rasa.shared.core import events  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.slots import AnySlot, TextSlot  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402


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
    broken: list[dict[str, Any]] = [
        {"events": [], "responses": "none"},
        {"events": [{"event": "slot", "name": "platform"}]},
        {"events": [{"event": "slot", "name": 7, "value": None}]},
        {"events": [{"event": "no_such_event"}]},
        {"events": [{"timestamp": 1}]},
        {"events": [{"event": "slot", "name": "platform", "value": 1, "timestamp": "today"}]},
    ]
    for answer in broken:
        with pytest.raises(ValidationError):
            action._validate_action_result(answer)


def test_every_kind_of_event_has_a_name_of_its_own_in_the_action_schema() -> None:
    from rasa.core.actions.action import RemoteAction

    kinds = RemoteAction.action_response_format_spec()["properties"]["events"]["items"]["oneOf"]
    names = [kind["properties"]["event"]["const"] for kind in kinds]
    assert len(set(names)) == len(names) > 20


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


TIMES = st.floats(1, 2)
EVENTS = st.one_of(
    st.builds(lambda value: events.SlotSet("platform", value), st.sampled_from([None, "seace", "soce"])),
    st.builds(lambda value: events.SlotSet("walk", value), st.sampled_from([None, {"step": 2}])),
    st.builds(lambda name: events.ActionExecuted(name), st.sampled_from(["action_listen", "task_form", "utter_x"])),
    st.builds(lambda name: events.ActiveLoop(name), st.sampled_from([None, "task_form"])),
    st.builds(lambda text: events.UserUttered(text, {"name": "saludar"}), st.text(max_size=5)),
    st.builds(lambda text: events.BotUttered(text), st.text(max_size=5)),
    st.just(events.LoopInterrupted(True)),
    st.just(events.ActionExecutionRejected("task_form")),
    st.just(events.ConversationPaused()),
    st.just(events.FollowupAction("action_x")),
    st.just(events.UserUtteranceReverted()),
    st.just(events.Restarted()),
)


def tracker_of(happened: list[events.Event]) -> DialogueStateTracker:
    slots = [TextSlot("platform", mappings=[{}], initial_value="secop2"), AnySlot("walk", mappings=[{}])]
    return DialogueStateTracker.from_events("anybody", happened, slots)


def everything(tracker: DialogueStateTracker) -> dict[str, Any]:
    """All that a tracker knows, its events as they would be written."""
    known = dict(vars(tracker))
    slots = {name: vars(slot) for name, slot in known.pop("slots").items()}
    written = [event.as_dict() for event in known.pop("events")]
    spoken = [str(known.pop(name)) for name in ("latest_message", "latest_bot_utterance")]
    return {**known, "slots": slots, "events": written, "spoken": spoken}


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=12))
def test_a_copy_of_a_tracker_is_what_replaying_its_events_gives(happened: list[events.Event]) -> None:
    tracker = tracker_of(happened)
    assert everything(tracker.copy()) == everything(tracker.travel_back_in_time(float("inf")))


@settings(max_examples=100, deadline=None)
@given(st.lists(EVENTS, max_size=8), st.lists(EVENTS, min_size=1, max_size=4))
def test_what_happens_to_a_copy_leaves_the_tracker_alone(before: list[events.Event], after: list[events.Event]) -> None:
    tracker = tracker_of(before)
    known = everything(tracker)
    twin = tracker.copy()
    for event in after:
        twin.update(event)
    assert everything(tracker) == known


def test_every_kind_of_event_is_still_found_by_its_name() -> None:
    from rasa.shared.utils.common import all_subclasses

    for kind in all_subclasses(events.Event):
        if kind.__module__ == events.__name__:
            assert events.Event.resolve_by_type(kind.type_name).type_name == kind.type_name
    with pytest.raises(ValueError, match="no_such_event"):
        events.Event.resolve_by_type("no_such_event")


def test_only_a_domain_without_anything_is_empty() -> None:
    assert Domain.empty().is_empty()
    assert not Domain.from_yaml("intents: [saludar]").is_empty()
    assert not Domain.from_yaml("responses: {utter_x: [{text: x}]}").is_empty()
    assert not Domain.from_yaml("slots: {platform: {type: any, mappings: [{type: custom}]}}").is_empty()
