"""Matches Rasa's learnt rules without looking at each of them anew for every state of a conversation.

Rasa takes each rule apart at every prediction, and predicts twice after each message: once from the message's words,
once from its intent. A rule that was written with an intent never matches words, so that a policy without any other
kind of rule need not be asked about words. What is found is the same; ``tests/unit/brain/test_quick_rules.py`` holds
both ways against each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

State = Mapping[str, Mapping[str, Any]]


class Condition(NamedTuple):
    """What a rule asks of one entry of a state: a value, or that there be none."""

    part: str
    key: str
    value: Any

    def holds(self, state: State) -> bool:
        """Whether a state of a conversation fulfils it."""
        actual = state.get(self.part, {}).get(self.key)
        if self.value == SHOULD_NOT_BE_SET:
            return not actual or actual == SHOULD_NOT_BE_SET
        return bool(actual == self.value)


class Moment(NamedTuple):
    """One state of a rule; without a previous action it is the beginning of a conversation."""

    begins: bool
    conditions: Sequence[Condition]

    def fits(self, state: State) -> bool:
        """Whether it may be this state of a conversation. A beginning fits any beginning and nothing else."""
        begins = not state.get(PREVIOUS_ACTION)
        if self.begins or begins:
            return self.begins and begins
        return all(condition.holds(state) for condition in self.conditions)


class RuleIndex:
    """The rules of one lookup of a policy, taken apart once.

    Args:
        keys: the rules as the policy keeps them, each a JSON list of states.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._moments = {key: [_moment(state) for state in reversed(json.loads(key))] for key in keys}
        self._longest = max(map(len, self._moments.values()), default=0)

    def matching(self, states: Sequence[State]) -> set[str]:
        """The rules that fit the last states of a conversation; a rule longer than it is not held against it."""
        possible = set(self._moments)
        for turn, state in enumerate(reversed(states)):
            if turn >= self._longest:
                break
            possible = {key for key in possible if self._fits(key, turn, state)}
        return possible

    def _fits(self, key: str, turn: int, state: State) -> bool:
        moments = self._moments[key]
        return turn >= len(moments) or moments[turn].fits(state)


def decides_by_words(keys: Iterable[str]) -> bool:
    """Whether any of the rules could match a message by its words: one that follows a message and names no intent."""
    return any(_follows_a_message(state := json.loads(key)[-1]) and INTENT not in state.get(USER, {}) for key in keys)


def _follows_a_message(state: State) -> bool:
    previous = state.get(PREVIOUS_ACTION)
    return not previous or previous.get(ACTION_NAME) in (None, ACTION_LISTEN_NAME)


def _moment(state: State) -> Moment:
    conditions = [
        # JSON knows no tuples; a rule's features are tuples in a conversation's state.
        Condition(part, key, tuple(value) if isinstance(value, list) else value)
        for part, values in state.items()
        for key, value in values.items()
        if value
    ]
    # The previous action tells most rules apart, so it is looked at first.
    conditions.sort(key=lambda condition: condition.part != PREVIOUS_ACTION)
    return Moment(not state.get(PREVIOUS_ACTION), conditions)
