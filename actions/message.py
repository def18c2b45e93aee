"""Fills the slots from each message, in whichever order its data come."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, ServiceAction, intent_of, set_slots
from actions.wishes import wishes_in
from bot.tasks.reading import Context, Understood, read
from bot.tasks.void import dropped_by, outlived


class ActionReadMessage(ServiceAction):
    """The custom slot mapping of every datum: runs once for each message, before any rule."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_read_message"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Sets the slots that the latest message fills."""
        message = tracker.latest_message
        text = str(message.get("text") or "")
        found_in_text = [(entity, _words_of(entity, text)) for entity in message.get("entities") or ()]
        entities = [(entity["entity"], _as_written(entity, words)) for entity, words in found_in_text]
        understood = Understood(text, intent_of(tracker), entities, [words for _entity, words in found_in_text])
        active = bool(tracker.active_loop.get("name"))
        context = Context(tracker.get_slot("asked") if active else None, tracker.slots)
        found = read(understood, context, self.services.catalog.vocabulary)
        if found.get("user_code") and found.get("platform") is None and not tracker.get_slot("platform"):
            found["platform"] = "seace"
        named = {entity["value"] for entity, _words in found_in_text if entity["entity"] == "platform"}
        if len(named) > 1:
            found.update(await self._of_each_wish(tracker))
        changes = {**outlived(understood.intent, tracker.slots), **dict.fromkeys(dropped_by(found, tracker.slots))}
        return set_slots({**changes, **found})

    async def _of_each_wish(self, tracker: Tracker) -> dict[str, Any]:
        """The platform of the first of several wishes, and that of the second for when its turn comes."""
        platforms = list((await wishes_in(self.services, tracker)).values())
        return {"platform": platforms[0], "next_platform": platforms[1]} if platforms and platforms[0] else {}


def _words_of(entity: dict[str, Any], text: str) -> str:
    """The words in which a datum was found; a button's datum is in none."""
    start, end = entity.get("start"), entity.get("end")
    return text[start:end] if isinstance(start, int) and isinstance(end, int) and not text.startswith("/") else ""


def _as_written(entity: dict[str, Any], words: str) -> Any:
    """A user name with its capitals, which the platforms ask to keep; other data in their one spelling."""
    value = entity["value"]
    same = entity["entity"] == "username" and words.casefold() == str(value).casefold()
    return words if same else value
