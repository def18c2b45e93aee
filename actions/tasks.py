"""Starts, runs and leaves account tasks."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, fresh_slots, intent_of, request_context, set_slots, spoken_of, typed
from actions.guide_messages import start_button
from actions.guides import CERTAIN, GuideAction, Question
from actions.wishes import CERTAIN_WISH, wishes_in
from bot.desk.interfaces import Reason
from bot.tasks.form import PERSON, Say
from bot.tasks.phrases import holds_any
from bot.tasks.runner import EXPLAINED
from bot.tasks.wishes import without_data

POSSIBLE_WISH = 0.1
"""How likely a wish must be in a message of data before the message is looked at without them."""

DATA = (
    "role",
    "user_code",
    "username",
    "email",
    "identifier",
    "id_document",
    "phone",
    "birth_date",
    "delegate",
    "security_answer",
    "reason",
    "lookup_by",
    "conditions_accepted",
    "confirm",
    "missing",
    "case_number",
)
"""Slots that belong to one task: they are emptied when it ends."""

PERSON_AFTER = {"inactive": Reason.INACTIVE, "blocked": Reason.INACTIVE, "not_confirmed": Reason.IDENTITY}
"""Results after which only a person can help."""

CHOICES = ("role", "security_answer", "reason", "lookup_by", "conditions_accepted", "confirm", "delegate", "missing")
"""Those that mean something in their own task only: they are emptied when another one begins."""


class ActionStartTask(GuideAction):
    """Begins the task that the person asked for, with what is known already."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_start_task"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Sets the task; the form then asks for what is missing."""
        wished = intent_of(tracker)
        if self.services.desk and holds_any(typed(tracker), self.services.catalog.vocabulary.lost_mailbox):
            offered = await self.offer_person(dispatcher, tracker, Reason.MAILBOX, lead="utter_mesa_lead_mailbox")
            return [*leave_task(tracker), *offered, FollowupAction("action_listen")]
        told = self.guide_or_fact(dispatcher, tracker) if wished in self.services.catalog else None
        if told is not None:
            # A question about the task; a form that is under way goes on with its own.
            return told if tracker.get_slot("task") else [*told, FollowupAction("action_listen")]
        task = wished if wished in self.services.catalog else str(tracker.get_slot("next_task") or "")
        wishes = await wishes_in(self.services, tracker)
        task = next((wish for wish in wishes if wish in self.services.catalog), task)
        later = next((wish for wish in wishes if wish != task), None)
        # After an offer no rule leads on to the form: it is asked for by name.
        onward: Events = [] if wished in self.services.catalog else [FollowupAction("task_form")]
        if task == tracker.get_slot("task"):
            return onward
        fresh = fresh_slots(tracker)
        cleared = {slot: None for slot in CHOICES if slot not in fresh and tracker.get_slot(slot) is not None}
        return (
            set_slots({**cleared, "task": task, "asked": None, "attempts": 0, "offer": None, "next_task": later})
            + onward
        )


class ActionRunTask(GuideAction):
    """Carries the task out and tells how it ended."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_run_task"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """One call to the service; then the slots are emptied, or those that must be asked again."""
        task = tracker.get_slot("task")
        if not task:
            return []
        end = await self.services.runner.run(task, tracker.slots, request_context(tracker))
        name = self.services.first_known(end.names)
        dispatcher.utter_message(response=name, buttons=self._guide_buttons(tracker, task, name), **end.facts)
        if end.ask_again:
            again: Events = [SlotSet(slot, None) for slot in end.ask_again]
            return [*again, FollowupAction("task_form")]
        reason = PERSON_AFTER.get(end.result)
        if reason and self.services.desk:
            again_button = {"title": self.services.texts("utter_try_again"), "payload": f"/{task}"}
            buttons = [again_button] if reason is Reason.IDENTITY and task in self.services.offered else []
            offered = await self.offer_person(dispatcher, tracker, reason, buttons=buttons)
            return [*leave_task(tracker), *offered]
        later = tracker.get_slot("next_task")
        if later in self.services.offered:
            dispatcher.utter_message(response="utter_offer_next", title=self.services.offered[later])
            return [*leave_task(tracker), SlotSet("next_task", None), SlotSet("offer", later)]
        # A guide that was interrupted for this goes on at its step.
        return [*leave_task(tracker), *self.resume(dispatcher, tracker)]

    def _guide_buttons(self, tracker: Tracker, task: str, name: str) -> list[dict[str, str]]:
        """What was only explained, because the bot cannot do it, has a guide that shows how."""
        if EXPLAINED not in name:
            return []
        platform = spoken_of(tracker)
        platforms = [platform] if platform else self.services.guides.platforms_for(task)
        found = (self.services.guides.find(task, each) for each in platforms)
        return [start_button(guide.id, guide.title) for guide in found if guide]


class ActionCancel(GuideAction):
    """Leaves whatever is under way."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ends the task without any effect."""
        task = tracker.get_slot("task")
        if self.walking(tracker):
            return [*leave_task(tracker), *self.step(dispatcher, tracker, "stop")]
        self.say(dispatcher, [Say(("utter_cancelled" if task else "utter_nothing_to_cancel",))])
        return [*leave_task(tracker), *self.resume(dispatcher, tracker)]


class ActionAffirm(GuideAction):
    """Takes a «sí» that answers an offer."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Does what was offered; without an offer, asks what is wanted."""
        offer = tracker.get_slot("offer")
        if offer == PERSON:
            # Without a desk the offer is over; with one, it is what the hand-over goes by.
            over: Events = [] if self.services.desk else [SlotSet("offer", None)]
            return [*over, FollowupAction("action_hand_over")]
        # The second of two wishes may have named a platform of its own.
        own = tracker.get_slot("next_platform")
        elsewhere = set_slots({"platform": own, "next_platform": None}) if own else []
        if offer in self.services.catalog:
            return [*elsewhere, *set_slots({"offer": None, "next_task": offer}), FollowupAction("action_start_task")]
        if offer in self.services.offered:
            if own:
                tracker.slots["platform"] = own
            return [*elsewhere, SlotSet("offer", None), *self.explain(dispatcher, tracker, Question(offer, ""))]
        told = self.told(dispatcher, tracker)
        if told is not None:
            return told
        if self.walking(tracker):
            return self.step(dispatcher, tracker, "next")
        self.say(dispatcher, [Say(("utter_affirm_what",))])
        return []


class ActionDeny(GuideAction):
    """Takes a «no» that answers an offer."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Drops the offer; without one, asks what is wanted."""
        if not tracker.get_slot("offer") and self.walking(tracker):
            return self.step(dispatcher, tracker, "trouble")
        self.say(dispatcher, [Say(("utter_offer_dropped" if tracker.get_slot("offer") else "utter_deny_what",))])
        return set_slots({"offer": None, "next_platform": None})


class ActionTakeDatum(GuideAction):
    """Takes a datum that nobody asked for: says so, and asks what it is for."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_take_datum"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The datum stays known; the menu of what can be done with it is offered."""
        fresh = fresh_slots(tracker)
        question = tracker.get_slot("question")
        if question and "platform" in fresh:
            # The platform was what a question still lacked.
            asked = Question(question["intent"], question["text"])
            return [SlotSet("question", None), *self.explain(dispatcher, tracker, asked)]
        told = self.told(dispatcher, tracker, CERTAIN)
        if told is not None:
            return told
        wish = await self._hidden_wish(tracker)
        if wish:
            return [SlotSet("next_task", wish), FollowupAction("action_start_task")]
        name = "utter_platform_taken" if fresh == {"platform"} else "utter_datum_taken"
        self.say(dispatcher, [Say((f"{name}_{tracker.get_slot('platform')}", name))])
        return []

    async def _hidden_wish(self, tracker: Tracker) -> str:
        """The wish in a message that so many data drown: «soy administrador, sin contraseña, RUC …, correo …»."""
        message = tracker.latest_message
        rest = without_data(str(message.get("text") or ""), message.get("entities") or ())
        possible = {
            ranked["name"]
            for ranked in message.get("intent_ranking") or ()
            if ranked["name"] in self.services.catalog and ranked["confidence"] >= POSSIBLE_WISH
        }
        if not rest or not possible:
            return ""
        found = await self.services.understanding.intents([rest])
        return next((wish for wish, sure in found if wish in possible and sure >= CERTAIN_WISH), "")


def leave_task(tracker: Tracker) -> Events:
    """Events that end the task under way and forget its data; the platform stays known."""
    cleared = {slot: None for slot in DATA if tracker.get_slot(slot) is not None}
    loop: Events = [ActiveLoop(None)] if tracker.active_loop.get("name") else []
    return [
        *loop,
        *set_slots({**cleared, "task": None, "asked": None, "requested_slot": None, "attempts": 0, "offer": None}),
    ]
