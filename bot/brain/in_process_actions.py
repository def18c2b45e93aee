"""Runs the custom actions of ``actions/`` in this process, where a stock Rasa calls an action server over HTTP."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import structlog
from rasa.core.actions.action import ActionExecutionRejection
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection

log = structlog.get_logger(__name__)

FAILED_RESPONSE = "utter_action_failed"
"""What the person is told when an action failed: nothing was lost, and what to do."""


class InProcessActions(EndpointConfig):
    """An action endpoint that is a dictionary of actions.

    A failing action is logged without the conversation's data, and the person is told so: a stock server would answer
    with the whole request, slots included, which Rasa then logs.
    """

    def __init__(self, actions: Iterable[Action]) -> None:
        # Without a selective domain the whole domain would be handed over on every call.
        super().__init__(url="", enable_selective_domain=True)
        self._actions = {action.name(): action for action in actions}

    async def request(self, *_args: Any, json: dict[str, Any] | None = None, **_kwargs: Any) -> dict[str, Any]:
        """Runs the action that the call names.

        Returns:
            ``{"events": […], "responses": […]}`` as an action server would.
        """
        call = json or {}
        name = call["next_action"]
        dispatcher = CollectingDispatcher()
        tracker = Tracker.from_dict(call["tracker"])
        try:
            events = await self._actions[name].run(dispatcher, tracker, call.get("domain", {}))
        except SdkRejection as rejection:
            raise ActionExecutionRejection(rejection.action_name, rejection.message) from rejection
        except Exception as error:
            log.error("action_failed", action=name, error=type(error).__name__, at=_place(error))
            return {"events": [], "responses": [{"response": FAILED_RESPONSE}]}
        return {"events": events or [], "responses": dispatcher.messages}


def _place(error: Exception) -> str:
    """Where it failed, as ``file:line`` of the innermost frame: the error's own words may quote a person's data."""
    trace = traceback.extract_tb(error.__traceback__)
    return f"{Path(trace[-1].filename).name}:{trace[-1].lineno}" if trace else ""
