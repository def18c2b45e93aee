"""Greeting, help desk, and what is none of the bot's business."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, ServiceAction, answer_to, confidence_of, intent_of, set_slots
from actions.guides import GuideAction
from actions.topics import MISUNDERSTOOD_PERSON
from bot.tasks.form import Say

SURELY_OUTSIDE = 0.85
"""How sure the brain must be that a message is none of the bot's business, so that the guides are not asked."""


class ActionGreet(GuideAction):
    """Greets with the menu; inside a task, briefly; where a guide was begun, with the way back to it."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says hello."""
        if tracker.get_slot("task"):
            self.say(dispatcher, [Say(("utter_greet_again",))])
        elif not self.remind(dispatcher, tracker):
            self.say(dispatcher, [Say(("utter_saludar",))])
        return []


class ActionSmallTalk(GuideAction):
    """Says what the bot can do and what it is; what sounds like that may be a question to the guides."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_small_talk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answers from the guides, or with the intent's response."""
        told = self.guide_or_fact(dispatcher, tracker)
        if told is not None:
            return told
        self.say(dispatcher, [Say((f"utter_{intent_of(tracker)}",))])
        return []


class ActionHandOver(GuideAction):
    """Brings the person to the help desk of the platform."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_hand_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tells how to reach a person, for the platform that is meant."""
        told = self.guide_or_fact(dispatcher, tracker) if intent_of(tracker) == "hablar_con_agente" else None
        if told is not None:
            return told
        platform = tracker.get_slot("platform")
        self.say(dispatcher, [Say((f"utter_hablar_con_agente_{platform}", "utter_hablar_con_agente"))])
        return [SlotSet("offer", None), *answer_to(tracker, "hablar_con_agente")]


class ActionCaseStatus(GuideAction):
    """Answers for the state of a case."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_case_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says where a case is asked for; what the manuals say about cases is answered from them."""
        told = self.guide_or_fact(dispatcher, tracker)
        if told is not None:
            return told
        self.say(dispatcher, [Say(("utter_estado_caso",))])
        return []


class ActionFrustration(ServiceAction):
    """Meets anger with calm, and offers a person."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_frustration"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says sorry and offers a person."""
        self.say(dispatcher, [Say(("utter_expresar_frustracion",))])
        return [SlotSet("offer", "hablar_con_agente")]


class ActionOutOfScope(GuideAction):
    """Says what the bot is for."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Declines kindly; to who is told so again and again it offers a person."""
        told = None
        if confidence_of(tracker) < SURELY_OUTSIDE:
            told = self.told(dispatcher, tracker)
        if told is None:
            told = self.guide_asked(dispatcher, tracker)
        if told is not None:
            return [SlotSet("misunderstood", 0), *told]
        times = int(tracker.get_slot("misunderstood") or 0) + 1
        if times >= MISUNDERSTOOD_PERSON:
            self.say(dispatcher, [Say(("utter_offer_person",))])
            return set_slots({"misunderstood": 0, "offer": "hablar_con_agente"})
        self.say(dispatcher, [Say(("utter_fuera_de_tema",))])
        return [SlotSet("misunderstood", times)]
