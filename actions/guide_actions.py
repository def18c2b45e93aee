"""The actions that walk people through the guides and answer what the manuals say."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, intent_of, set_slots, spoken_of, typed
from actions.guides import GuideAction, Question
from bot.guides.interfaces import GuideUnknown, Walk
from bot.tasks.form import Say

COMMANDS = {"siguiente_paso": "next", "paso_anterior": "back", "repetir_paso": "repeat", "paso_no_funciona": "trouble"}
"""What the control intents ask of the guide under way."""

AGAIN = ("next", "finish", "remaining")
"""Commands that make no sense once a guide has been walked to its end."""


class ActionExplainTopic(GuideAction):
    """Answers a question about a procedure, or walks the person through it."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_explain_topic"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Explains what the message asks."""
        return self.explain(dispatcher, tracker, Question(intent_of(tracker), typed(tracker)))


class ActionStep(GuideAction):
    """Next, back, again, «no me funciona», and the guides' other buttons."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_step"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Runs the command on the guide under way; says so when none is."""
        command, value = self._command(tracker)
        if command == "start":
            guide_id, _, at = value.partition("#")
            walk = tracker.get_slot("walk")
            if not guide_id and not walk:
                return self._nothing_under_way(dispatcher, tracker)
            return [*self.set_aside(tracker), *self.begin(dispatcher, guide_id or walk["guide"], at)]
        told = self.told(dispatcher, tracker)
        if told is not None:
            return told
        walk = tracker.get_slot("walk")
        if not self.walking(tracker) and not ordered(tracker):
            asked = self.guide_asked(dispatcher, tracker)
            if asked is not None:
                return asked
        if not walk or tracker.get_slot("task"):
            return self._nothing_under_way(dispatcher, tracker)
        if command == "mail":
            return [SlotSet("next_task", "enviar_guia"), FollowupAction("action_start_task")]
        if command in ("trouble", "repeat") and self._elsewhere(tracker, walk):
            command, value = "jump", self._elsewhere(tracker, walk)
        if walk.get("stopped"):
            return self._take_up(dispatcher, tracker, command, value)
        return self.step(dispatcher, tracker, command, value)

    def _elsewhere(self, tracker: Tracker, walk: dict[str, Any]) -> str:
        """The number of another step of this guide, on whose screen is what the person does not find; or nothing."""
        place = self.place(tracker, Question("", typed(tracker)), None)
        own = place and place[0] == walk["guide"] and place[1] != str(walk["index"] + 1)
        return place[1] if place and own else ""

    def set_aside(self, tracker: Tracker) -> Events:
        """A guide is opened in the middle of a task: that waits with its data, and is offered at the guide's end."""
        task = tracker.get_slot("task")
        if not task:
            return []
        waiting = {"task": None, "asked": None, "requested_slot": None, "attempts": 0, "offer": None, "next_task": task}
        return [ActiveLoop(None), *set_slots(waiting)]

    def _nothing_under_way(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        if tracker.get_slot("task"):
            return []
        place = self.place(tracker, Question("", typed(tracker)), spoken_of(tracker))
        if place:
            return self.begin(dispatcher, *place)
        self.say(dispatcher, [Say(("utter_no_step",))])
        return []

    def _take_up(self, dispatcher: CollectingDispatcher, tracker: Tracker, command: str, value: str) -> Events:
        """A guide that was left goes on where it was; in one that was walked to its end one can only look back."""
        walk = Walk.from_dict(tracker.get_slot("walk"))
        try:
            ended = walk.index >= len(self.services.guides.get(walk.guide).steps)
        except GuideUnknown:
            ended = False
        if command == "all_steps":
            return self.step(dispatcher, tracker, command)
        if not ended and (walk.index >= 0 or command == "resume"):
            return self.step(dispatcher, tracker, "resume")
        if command in AGAIN or not ended:
            return self._nothing_under_way(dispatcher, tracker)
        return self.step(dispatcher, tracker, command, value)

    def _command(self, tracker: Tracker) -> tuple[str, str]:
        entities = ordered(tracker)
        if entities:
            return entities["guide_command"], entities.get("guide_value", "")
        command = COMMANDS.get(intent_of(tracker), "repeat")
        return command, typed(tracker) if command == "trouble" else ""


def ordered(tracker: Tracker) -> dict[str, str]:
    """The order to a guide that the latest message or button is, with its value; empty when it is none."""
    entities = {entity["entity"]: str(entity["value"]) for entity in tracker.latest_message.get("entities") or ()}
    return entities if "guide_command" in entities else {}
