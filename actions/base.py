"""What every action shares: its services, and how it reads the tracker and speaks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.services import ActionServices, current
from bot.accounts.interfaces import RequestContext
from bot.platforms import Platform
from bot.tasks.form import Say

Events = list[dict[str, Any]]


class ServiceAction(Action, ABC):
    """An action that works through services.

    Args:
        services: given by the composition root; a stock action server gives none, then they are built at first use.
    """

    def __init__(self, services: ActionServices | None = None) -> None:
        self._services = services

    # A stock action server registers every subclass that is not abstract; so this one must be.
    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    @abstractmethod
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answers; returns events."""

    @property
    def services(self) -> ActionServices:
        """The services of this process."""
        return self._services or current()

    def say(self, dispatcher: CollectingDispatcher, says: Iterable[Say]) -> None:
        """Utters each response, by the first of its names that exists."""
        for item in says:
            dispatcher.utter_message(response=self.services.first_known(item.names), **item.facts)


def intent_of(tracker: Tracker) -> str:
    """The intent that the latest message is acted on by."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def confidence_of(tracker: Tracker) -> float:
    """How sure the brain is of that intent, 0 to 1."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)


def typed(tracker: Tracker) -> str:
    """What the person wrote; empty when a button was pressed."""
    text = str(tracker.latest_message.get("text") or "")
    return "" if text.startswith("/") else text


def spoken_of(tracker: Tracker) -> Platform | None:
    """The conversation's platform."""
    value = tracker.get_slot("platform")
    return Platform(value) if value else None


def request_context(tracker: Tracker) -> RequestContext:
    """Who asks. The hub numbers each message; a shell or a stock server does not, there Rasa's own id stands in."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    number = metadata.get("seq") or message.get("message_id") or len(tracker.events)
    return RequestContext(tracker.sender_id, str(metadata.get("address") or ""), f"{tracker.sender_id}:{number}")


def fresh_slots(tracker: Tracker) -> frozenset[str]:
    """Names of the slots that the latest message filled."""
    names = set()
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "slot" and event.get("value") is not None:
            names.add(event["name"])
    return frozenset(names - {"requested_slot", "asked"})


def already_answered(tracker: Tracker) -> bool:
    """Whether another action has run since the latest message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action" and event.get("name") != "task_form":
            return True
    return False


def set_slots(values: dict[str, Any]) -> Events:
    """Slot events for each value."""
    return [SlotSet(name, value) for name, value in values.items()]


def answer_to(tracker: Tracker, *intents: str) -> Events:
    """What an action returns at its end: nothing where a rule led to it, else that it is the person's turn.

    An action that follows on an offer («sí») has no rule behind it that would say so.
    """
    return [] if intent_of(tracker) in intents else [FollowupAction("action_listen")]
