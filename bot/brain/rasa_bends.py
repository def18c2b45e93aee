"""Where Rasa is bent: every change to its behaviour is in this module, with its reason and what it gains.

``tests/unit/brain/test_rasa_bends.py`` fails when Rasa no longer has what a bend takes hold of.

========================  =======================================================================================
bend                      why
========================  =======================================================================================
no TensorFlow             imported for components that are not used: most of a start, more than half of the memory
quiet logs                Rasa formats its debug lines on every turn until its structlog is configured
own event loops           its web server puts another kind of loop in the place of the one that runs, which then
                          cannot start processes any more
action schema             ``RemoteAction`` has ``jsonschema.validate`` check the schema itself and then each event
                          against every kind of event: three quarters of a stock turn with a custom action
debug copies              debug lines deep-copy trackers, states and events before the level is looked at
plain runner              dask plans the graph anew for every prediction, though it never changes
rule index                every rule is taken apart for every state of every prediction, and words are tried first
                          although no rule knows any
tracker copies            a copy replays all events and copies each slot through ``pickle``'s protocol
kinds of events           the class of an event is looked for among all classes, for each event of an answer
empty domain              after each message the whole domain is written out and compared with an empty one
========================  =======================================================================================

What a turn costs more without each, in processor time where it is 9.6 ms with all of them (``make bench BENCH=bends``
prints this anew): action schema 103.8 ms, debug copies 3.8, plain runner 2.5, rule index 2.3, tracker copies 2.3, empty
domain 2.2, kinds of events 1.3.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from bot.brain.without_tensorflow import leave_out_tensorflow

_DEBUG_COPIERS = (
    "rasa.core.processor",
    "rasa.core.policies.rule_policy",
    "rasa.core.actions.forms",
)


class _NoCopy:
    """Stands for the ``copy`` module where Rasa only copies what it is about to log."""

    def __init__(self, copy_module: ModuleType) -> None:
        self._copy = copy_module

    @staticmethod
    def deepcopy(value: Any, _memo: Any = None) -> Any:
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._copy, name)


def prepare_process() -> None:
    """What must happen before Rasa is imported for the first time in a process."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Sanic has every deprecation shown as soon as it is imported, which Rasa does: what silences them comes after it.
    import sanic.app  # noqa: F401

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", module=r"rasa\..*")
    warnings.filterwarnings("ignore", module=r"matplotlib\..*")
    leave_out_tensorflow()


def bend_rasa(log_level: int = logging.INFO) -> None:
    """Applies every bend to this process; doing it twice changes nothing.

    Args:
        log_level: the level below which Rasa's own lines are dropped.
    """
    prepare_process()
    policy = asyncio.get_event_loop_policy()
    _configure_logs(log_level)
    for bend in TURN_BENDS.values():
        bend()
    import rasa.core.agent  # noqa: F401 - whatever it imports is imported by now

    asyncio.set_event_loop_policy(policy)


def _configure_logs(log_level: int) -> None:
    import structlog

    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(log_level),
            # Not cached: a logger that was used before a test captures logs would escape it.
            cache_logger_on_first_use=False,
        )
    logging.getLogger("rasa").setLevel(max(log_level, logging.WARNING))
    logging.getLogger("rasa_sdk").setLevel(max(log_level, logging.WARNING))


def _compile_action_schema() -> None:
    from rasa.core.actions.action import RemoteAction

    from bot.brain.action_schema import AnswerSchema

    stock = RemoteAction._validate_action_result
    if getattr(stock, "bent", False):
        return
    schema = AnswerSchema(RemoteAction.action_response_format_spec())

    def validate(action: RemoteAction, result: dict[str, Any]) -> bool:
        # A broken answer goes the stock way, which words the error as the log's readers know it.
        return schema.accepts(result) or bool(stock(action, result))

    validate.bent = True  # type: ignore[attr-defined]
    RemoteAction._validate_action_result = validate


def _run_graphs_without_dask() -> None:
    import rasa.core.processor

    from bot.brain.plain_runner import PlainGraphRunner

    rasa.core.processor.DaskGraphRunner = PlainGraphRunner


def _spare_debug_copies() -> None:
    import copy
    import importlib

    for name in _DEBUG_COPIERS:
        module = importlib.import_module(name)
        if not isinstance(vars(module)["copy"], _NoCopy):
            vars(module)["copy"] = _NoCopy(copy)


def _match_rules_quickly() -> None:
    from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy

    from bot.brain.quick_rules import RuleIndex, decides_by_words

    if hasattr(RulePolicy, "stock_find"):
        return
    RulePolicy.stock_find = RulePolicy._find_action_from_rules
    stock_load = RulePolicy.load.__func__

    # Rasa reads the annotations of a component's constructors, which stay those of its own.
    @functools.wraps(stock_load)
    def load(cls: Any, *args: Any, **kwargs: Any) -> Any:
        # A policy that is being trained changes its rules as it goes, and stays as Rasa made it.
        policy = stock_load(cls, *args, **kwargs)
        lookups = [policy.lookup.get(name, {}) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)]
        indexes = {id(lookup): RuleIndex(lookup) for lookup in lookups}
        policy._get_possible_keys = lambda lookup, states: indexes[id(lookup)].matching(states)
        policy.by_words = any(map(decides_by_words, lookups))
        return policy

    def find(policy: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input and not getattr(policy, "by_words", True):
            return None, None, False
        return policy.stock_find(tracker, domain, use_text_for_last_user_input)

    RulePolicy.load = classmethod(load)
    RulePolicy._find_action_from_rules = find


def _copy_trackers_by_value() -> None:
    import copy
    import dataclasses
    from collections import deque

    from rasa.shared.core.slots import Slot
    from rasa.shared.core.trackers import DialogueStateTracker

    def copy_slot(slot: Slot) -> Slot:
        twin = object.__new__(type(slot))
        vars(twin).update(vars(slot))
        return twin

    def copy_tracker(tracker: DialogueStateTracker) -> DialogueStateTracker:
        twin = object.__new__(type(tracker))
        vars(twin).update(vars(tracker))
        twin.events = deque(tracker.events, tracker._max_event_history)
        twin.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
        twin.active_loop = dataclasses.replace(tracker.active_loop) if tracker.active_loop else None
        twin.model_id = twin.assistant_id = twin.sender_source = None
        return twin

    Slot.__copy__ = copy_slot
    DialogueStateTracker.copy = copy_tracker


def _remember_kinds_of_events() -> None:
    from rasa.shared.core.events import Event

    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(functools.lru_cache(maxsize=None)(Event.resolve_by_type))


def _know_that_a_domain_is_empty() -> None:
    from rasa.shared.core.domain import Domain

    if hasattr(Domain, "stock_is_empty"):
        return
    Domain.stock_is_empty = Domain.is_empty

    def is_empty(domain: Domain) -> bool:
        # Rasa compares all that is in it with all that is in a new one; one with responses is not empty.
        return not domain.responses and bool(domain.stock_is_empty())

    Domain.is_empty = is_empty


TURN_BENDS: dict[str, Callable[[], None]] = {
    "action schema": _compile_action_schema,
    "debug copies": _spare_debug_copies,
    "plain runner": _run_graphs_without_dask,
    "rule index": _match_rules_quickly,
    "tracker copies": _copy_trackers_by_value,
    "kinds of events": _remember_kinds_of_events,
    "empty domain": _know_that_a_domain_is_empty,
}
"""The bends that make a turn cheaper, each of which can be left out to see what it gains."""
