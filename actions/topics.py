"""Answers that are explanations: how the platforms work, whom to call, and what the bot did not understand."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events
from actions.guides import GuideAction
from bot.desk.interfaces import Reason
from bot.tasks.form import Say

MISUNDERSTOOD_MENU = 2
MISUNDERSTOOD_PERSON = 3


class ActionNotUnderstood(GuideAction):
    """Asks back: first with the likeliest wishes as buttons, then with the menu, then with a person."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_not_understood"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Counts how often in a row nothing was understood, and answers accordingly."""
        told = self.guide_or_fact(dispatcher, tracker, loosely=True)
        if told is not None:
            return [SlotSet("misunderstood", 0), *told]
        times = int(tracker.get_slot("misunderstood") or 0) + 1
        if times >= MISUNDERSTOOD_PERSON:
            return await self.offer_person(dispatcher, tracker, Reason.FAILED, lead="utter_mesa_lead_failed")
        likely = self._likely(tracker)
        if times < MISUNDERSTOOD_MENU and likely:
            buttons = [{"title": title, "payload": f"/{name}"} for name, title in likely]
            dispatcher.utter_message(response="utter_did_you_mean", buttons=buttons)
        else:
            self.say(dispatcher, [Say(("utter_menu_after_misunderstanding",))])
        return [SlotSet("misunderstood", times)]

    def _likely(self, tracker: Tracker) -> list[tuple[str, str]]:
        ranking = tracker.latest_message.get("intent_ranking") or []
        titles = self.services.offered
        return [(item["name"], titles[item["name"]]) for item in ranking if item["name"] in titles][:3]
