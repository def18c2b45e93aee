"""Walking a guide in the chat: the walker's state in a slot, its messages said."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events
from actions.guide_messages import show
from actions.person import PersonOffer
from bot.guides.interfaces import GuideUnknown, Walk, Walked
from bot.tasks.form import PERSON, Say


class GuideWalk(PersonOffer):
    """What the actions about guides share."""

    def show(self, dispatcher: CollectingDispatcher, walked: Walked) -> Events:
        """Says what a command led to, and keeps the new place."""
        for shown in walked.shown:
            show(dispatcher, self.services, shown)
        if walked.person:
            place = SlotSet("walk", walked.walk.as_dict())
            # What can be offered has to be looked up first, where there is a desk to look at.
            onward = FollowupAction("action_offer_person") if self.services.desk else SlotSet("offer", PERSON)
            return [place, onward]
        # A guide that was walked to its end is kept as one that was left: one can go back, or have it sent by mail.
        return [SlotSet("walk", {**walked.walk.as_dict(), "stopped": walked.walk.stopped or walked.done})]

    def begin(self, dispatcher: CollectingDispatcher, guide_id: str, at: str = "") -> Events:
        """Begins a guide, at a step if one is named."""
        command, value = ("jump", at) if at else ("start", "")
        return self.show(dispatcher, self.services.guides.walk(Walk(guide_id), command, value))

    def walking(self, tracker: Tracker) -> bool:
        """Whether a guide is under way and nothing else is."""
        walk = tracker.get_slot("walk")
        return bool(walk) and not walk.get("stopped") and not tracker.get_slot("task")

    def step(self, dispatcher: CollectingDispatcher, tracker: Tracker, command: str, value: str = "") -> Events:
        """Runs a command on the guide under way; one that was taken away meanwhile is left with a word."""
        walk = Walk.from_dict(tracker.get_slot("walk"))
        try:
            walked = self.services.guides.walk(walk, command, value)
        except GuideUnknown:
            self.say(dispatcher, [Say(("utter_guide_gone",))])
            return [SlotSet("walk", None)]
        place = self.show(dispatcher, walked)
        return [*place, *self._offer_what_waits(dispatcher, tracker)] if walked.done else place

    def _offer_what_waits(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """At a guide's end: the task that was set aside for it."""
        waiting = tracker.get_slot("next_task")
        if waiting not in self.services.offered:
            return []
        dispatcher.utter_message(response="utter_offer_next", title=self.services.offered[waiting])
        return [SlotSet("next_task", None), SlotSet("offer", waiting)]

    def resume(self, dispatcher: CollectingDispatcher, tracker: Tracker, command: str = "resume") -> Events:
        """After a digression: where the guide stands, if one is under way; in one line with the command ``here``."""
        walk = tracker.get_slot("walk")
        return self.step(dispatcher, tracker, command) if walk and not walk.get("stopped") else []

    def remind(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Tells of a guide that was begun and not finished; whether there is one."""
        walk = tracker.get_slot("walk")
        guide = next((each for each in self.services.guides.all() if walk and each.id == walk["guide"]), None)
        if walk is None or guide is None or not 0 <= walk["index"] < len(guide.steps):
            return False
        facts = {"title": guide.title, "number": walk["index"] + 1, "total": len(guide.steps)}
        dispatcher.utter_message(response="utter_greet_with_guide", **facts)
        return True
