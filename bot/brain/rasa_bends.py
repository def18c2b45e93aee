"""Where Rasa is bent: every change to its behaviour is in this module, with its reason and what it gains.

``tests/unit/brain/test_rasa_bends.py`` fails when Rasa no longer has what a bend takes hold of; ``make bench`` measures
a turn with and without each of them.

=====================  ==========================================================================================
bend                   why
=====================  ==========================================================================================
no TensorFlow          imported for components that are not used: most of a start, more than half of the memory
compiled schema        ``RemoteAction`` validates each answer of an action with ``jsonschema.validate``, which checks
                       the schema itself every time: three quarters of a stock turn with a custom action
quiet logs             Rasa formats its debug lines on every turn until its structlog is configured
own event loops        its web server puts another kind of loop in the place of the one that runs, which then cannot
                       start processes any more
cheap debug arguments  debug lines deep-copy trackers, states and events before the level is looked at
=====================  ==========================================================================================
"""

from __future__ import annotations

import asyncio
import logging
import os
import warnings
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
    _compile_action_schema()
    _spare_debug_copies()
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
    from jsonschema import Draft7Validator
    from rasa.core.actions.action import RemoteAction

    validator = Draft7Validator(RemoteAction.action_response_format_spec())

    def validate(_self: Any, result: dict[str, Any]) -> bool:
        for error in validator.iter_errors(result):
            raise error
        return True

    RemoteAction._validate_action_result = validate


def _spare_debug_copies() -> None:
    import copy
    import importlib

    for name in _DEBUG_COPIERS:
        module = importlib.import_module(name)
        if not isinstance(vars(module)["copy"], _NoCopy):
            vars(module)["copy"] = _NoCopy(copy)
