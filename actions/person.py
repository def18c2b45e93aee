"""Offering a person and handing over: who is there is looked up before anything is promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, ServiceAction, request_context, set_slots, spoken_of
from bot.desk.interfaces import CaseContext, OfferKind, Reason
from bot.platforms import Platform
from bot.tasks.form import PERSON, Say

RESUME = "/repetir_paso"
"""What the bot is asked after the case, so that it repeats the question or the step that was open."""

NO_TOPIC = frozenset({"hablar_con_agente", "estado_caso", "canales_atencion", "pedir_ayuda"})
"""Wishes that say nothing of what a case is about."""

ABOUT_A_FORM = frozenset({"reactivar_usuario"})
"""Whoever asks for a person about these has an account that a form alone can bring back."""


class PersonOffer(ServiceAction):
    """What the actions share that may lead to a person."""

    async def offer_person(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        reason: Reason,
        *,
        lead: str = "",
        buttons: Sequence[dict[str, str]] = (),
    ) -> Events:
        """Says what can honestly be offered now, and keeps what the case would be about.

        Args:
            lead: the name of a sentence before the offer.
            buttons: further ways on, behind those of the offer.
        """
        desk = self.services.desk
        if desk is None:
            # A stock action server has no desk: the question alone, and then the contact of the platform.
            self.say(dispatcher, [Say(("utter_offer_person",))])
            return [SlotSet("offer", PERSON)]
        if lead:
            self.say(dispatcher, [Say((lead,))])
        found = await desk.offer(spoken_of(tracker))
        live = found.kind is OfferKind.LIVE
        name = "utter_mesa_offer_live" if live else f"utter_mesa_offer_mail_{found.absence.value}"
        dispatcher.utter_message(response=name, buttons=list(buttons), **found.facts)
        return set_slots({"offer": PERSON, "person": self._about(tracker, reason)})

    async def hand_over(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Opens the case that was offered. The desk itself tells the person, so nothing is said here."""
        about = tracker.get_slot("person") or self._about(tracker, Reason.ASKED)
        context = CaseContext(
            platform=spoken_of(tracker),
            topic=about["topic"],
            guide=about["guide"],
            step=about["step"],
            login=about["login"],
            email=about["email"],
            resume=RESUME if tracker.get_slot("task") or self._in_guide(tracker) else "",
            key=request_context(tracker).idempotency_key,
        )
        assert self.services.desk is not None
        await self.services.desk.open_case(tracker.sender_id, Reason(about["reason"]), context)
        dispatcher.utter_message(json_message={"silent": True})
        return [*set_slots({"offer": None, "person": None}), FollowupAction("action_listen")]

    def _about(self, tracker: Tracker, reason: Reason) -> dict[str, str]:
        """What is known now; when the offer is accepted, the task's own data may be gone."""
        guide, step = self._place(tracker)
        topic = topic_of(tracker, frozenset(self.services.offered) - NO_TOPIC)
        if reason is Reason.ASKED and topic in ABOUT_A_FORM:
            reason = Reason.INACTIVE
        email = "" if reason is Reason.MAILBOX else str(tracker.get_slot("email") or "")
        facts = {"reason": reason.value, "topic": topic, "login": login_of(tracker), "email": email}
        return {**facts, "guide": guide, "step": step}

    def _in_guide(self, tracker: Tracker) -> bool:
        walk = tracker.get_slot("walk")
        return bool(walk) and not walk.get("stopped")

    def _place(self, tracker: Tracker) -> tuple[str, str]:
        """The guide under way, and the title of its step."""
        walk = tracker.get_slot("walk")
        if not walk or walk.get("stopped"):
            return "", ""
        guide = next((each for each in self.services.guides.all() if each.id == walk["guide"]), None)
        if guide is None or not 0 <= walk["index"] < len(guide.steps):
            return str(walk["guide"]), ""
        return guide.id, guide.steps[walk["index"]].title


def login_of(tracker: Tracker) -> str:
    """The user code or name that was given."""
    seace = spoken_of(tracker) is Platform.SEACE
    names = ("user_code", "username") if seace else ("username", "delegate", "identifier", "user_code")
    return next((str(tracker.get_slot(name)) for name in names if tracker.get_slot(name)), "")


def topic_of(tracker: Tracker, topics: frozenset[str]) -> str:
    """What the conversation is about: the task under way, or the latest wish."""
    task: Any = tracker.get_slot("task")
    if task:
        return str(task)
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            intent = str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "")
            if intent in topics:
                return intent
    return ""
