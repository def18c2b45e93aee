"""Several wishes in one message: what each is, and on which platform."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import intent_of
from actions.services import ActionServices
from bot.tasks.wishes import clauses, in_order, platform_in

CERTAIN_WISH = 0.6
"""How sure the brain must be of a part of a message before it counts as a wish."""


async def wishes_in(services: ActionServices, tracker: Tracker) -> dict[str, str | None]:
    """The wishes of the latest message in their order, each with the platform that it names.

    Returns:
        Empty when the message holds one wish, or was a button.
    """
    text, wished = str(tracker.latest_message.get("text") or ""), intent_of(tracker)
    if text.startswith("/") or wished not in services.catalog:
        return {}
    parts = clauses(text, services.catalog.vocabulary.connectors)
    found = await services.understanding.intents(parts)
    wishes = in_order(found, frozenset(services.offered), CERTAIN_WISH)
    if len(wishes) < 2 or wished not in wishes:
        return {}
    entities = tracker.latest_message.get("entities") or ()
    named = [platform_in(part, text, entities) for part in parts]
    of_wish = [(wish, platform) for (wish, _sure), platform in zip(found, named, strict=False)]
    return {wish: next((platform for each, platform in of_wish if each == wish), None) for wish in wishes}
