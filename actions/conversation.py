"""Greeting, help desk, and what is none of the bot's business."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, answer_to, confidence_of, intent_of, typed
from actions.guide_messages import command_payload
from actions.guides import GuideAction
from actions.person import PersonOffer
from actions.topics import MISUNDERSTOOD_PERSON
from bot.desk.interfaces import CaseStatus, Reason
from bot.tasks.form import PERSON, Say
from bot.tasks.reading import case_number_in

CASE_TASK = "consultar_caso"
OWN_CASES = 3
"""So many of the conversation's own cases are told, the newest first."""

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


class ActionOfferPerson(PersonOffer):
    """Offers a person where a guide has nothing left to try."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_offer_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Looks up who is there, and offers that."""
        buttons = [
            {"title": self.services.texts(f"utter_guide_button_{kind}"), "payload": command_payload(kind)}
            for kind in ("other_wording", "repeat")
        ]
        offered = await self.offer_person(dispatcher, tracker, Reason.STEP, buttons=buttons)
        return [*offered, FollowupAction("action_listen")]


class ActionHandOver(GuideAction):
    """Brings the person to the help desk: offers it first, and opens the case when that is wished."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_hand_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Offers what is there now, or hands over; without a desk, tells how to reach a person."""
        offered = tracker.get_slot("offer") == PERSON
        told = None if offered else self.guide_or_fact(dispatcher, tracker) if intent_of(tracker) == PERSON else None
        if told is not None:
            return told
        if self.services.desk is not None:
            if offered:
                return await self.hand_over(dispatcher, tracker)
            return await self.offer_person(dispatcher, tracker, Reason.ASKED)
        platform = tracker.get_slot("platform")
        self.say(dispatcher, [Say((f"utter_hablar_con_agente_{platform}", "utter_hablar_con_agente"))])
        return [SlotSet("offer", None), *answer_to(tracker, PERSON)]


class ActionCaseStatus(GuideAction):
    """Tells the state of one's own cases: those of this conversation, or one by its number and address."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_case_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """What the manuals say about cases is answered from them; a number needs the address it was opened with."""
        number = case_number_in(typed(tracker))
        told = None if number else self.guide_or_fact(dispatcher, tracker)
        if told is not None:
            return told
        desk = self.services.desk
        if desk is None:
            self.say(dispatcher, [Say(("utter_estado_caso",))])
            return []
        own = list(await desk.cases_of(tracker.sender_id))
        if number:
            own = [case for case in own if case.facts["number"] == number]
        for case in own[:OWN_CASES]:
            self._state(dispatcher, case)
        if own:
            return []
        return [SlotSet("next_task", CASE_TASK), FollowupAction("action_start_task")]

    def _state(self, dispatcher: CollectingDispatcher, case: CaseStatus) -> None:
        self.say(dispatcher, [Say((f"utter_mesa_status_{case.state.value}",), case.facts)])


class ActionFrustration(PersonOffer):
    """Meets anger with calm, and offers a person."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_frustration"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says sorry and offers a person."""
        if self.services.desk is None:
            self.say(dispatcher, [Say(("utter_expresar_frustracion",))])
            return [SlotSet("offer", PERSON)]
        return await self.offer_person(dispatcher, tracker, Reason.FRUSTRATED, lead="utter_mesa_lead_frustrated")


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
            offered = await self.offer_person(dispatcher, tracker, Reason.FAILED, lead="utter_mesa_lead_failed")
            return [SlotSet("misunderstood", 0), *offered]
        self.say(dispatcher, [Say(("utter_fuera_de_tema",))])
        return [SlotSet("misunderstood", times)]
