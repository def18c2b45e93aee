"""The index of rules finds what Rasa's own way finds, in any conversation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.brain.quick_rules import RuleIndex, decides_by_words
from bot.brain.rasa_bends import bend_rasa

bend_rasa()

from rasa.core.policies.rule_policy import RulePolicy  # noqa: E402

ACTIONS = st.sampled_from(["action_listen", "action_a", "action_b", "form"])
INTENTS = st.sampled_from(["saludar", "cancelar", "dar_dato"])
VALUES = st.sampled_from([(1.0,), (0.0, 1.0), "None"])


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    """One state, of a rule or of a conversation; each part may be missing."""
    state: dict[str, Any] = {}
    if draw(st.integers(0, 9)):
        state["prev_action"] = {"action_name": draw(ACTIONS)}
    if draw(st.booleans()):
        state["user"] = {"intent": draw(INTENTS)}
    if draw(st.booleans()):
        state["active_loop"] = {"name": draw(st.sampled_from(["form", "should_not_be_set"]))}
    if draw(st.booleans()):
        state["slots"] = {"platform": draw(VALUES)}
    return state


HISTORIES = st.lists(states(), min_size=1, max_size=5)
RULES = st.lists(st.lists(states(), min_size=1, max_size=3), max_size=6)


@settings(max_examples=500, deadline=None)
@given(RULES, HISTORIES)
def test_the_index_finds_the_rules_that_rasa_finds(rules: list[Any], history: list[Any]) -> None:
    lookup = {json.dumps(rule): "action_a" for rule in rules}
    stock = RulePolicy._get_possible_keys(object.__new__(RulePolicy), lookup, history)
    assert RuleIndex(lookup).matching(history) == stock


@pytest.mark.parametrize(
    ("last", "by_words"),
    [
        ({"prev_action": {"action_name": "action_listen"}, "user": {"intent": "saludar"}}, False),
        ({"prev_action": {"action_name": "action_listen"}, "user": {"text": "hola"}}, True),
        ({"prev_action": {"action_name": "action_listen"}}, True),
        ({"prev_action": {"action_name": "action_a"}}, False),
        ({"user": {"text": "hola"}}, True),
    ],
)
def test_words_are_asked_for_only_where_a_rule_could_match_them(last: dict[str, Any], by_words: bool) -> None:
    assert decides_by_words([json.dumps([last])]) is by_words


def test_rasa_still_asks_for_words_before_intents_and_only_after_a_message() -> None:
    import inspect

    source = inspect.getsource(RulePolicy.stock_find)
    assert (
        "use_text_for_last_user_input\n            and not tracker.latest_action_name == ACTION_LISTEN_NAME" in source
    )
    predict = inspect.getsource(RulePolicy._predict)
    assert predict.index("use_text_for_last_user_input=True") < predict.index("use_text_for_last_user_input=False")
