"""A bounded window of each conversation, as Rasa's tracker store.

Rasa rebuilds, copies and replays the tracker several times a turn, so a turn's cost grows with the conversation. Rules
and forms look back a few turns at most; so the state that is kept between turns is: the value of every slot, the form
under way, and the events of the last turns. The full history is in the hub's message log.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_TURNS = 2
"""How many of the last user turns are kept event by event."""

STATE_VERSION = 1


class TurnTrackerStore(TrackerStore):
    """Hands Rasa the tracker of the turn under way and takes it back; keeps nothing else.

    A state that an older version of the service wrote is read as far as the present domain knows its slots.
    """

    def __init__(self, domain: Domain | None = None) -> None:
        super().__init__(domain)
        self._turns: dict[str, DialogueStateTracker] = {}

    def begin(self, conversation: str, state: bytes | None) -> DialogueStateTracker:
        """Restores a conversation's tracker for one turn."""
        tracker = unpack(conversation, state, self.domain)
        self._turns[conversation] = tracker
        return tracker

    def finish(self, conversation: str) -> bytes:
        """Takes the turn's tracker out and returns the state to keep."""
        return pack(self._turns.pop(conversation))

    def abandon(self, conversation: str) -> None:
        """Forgets a turn that failed."""
        self._turns.pop(conversation, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker until the turn is finished."""
        self._turns[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the turn under way."""
        return self._turns.get(sender_id)

    async def keys(self) -> list[str]:
        """Conversations with a turn under way."""
        return list(self._turns)


def pack(tracker: DialogueStateTracker) -> bytes:
    """The state of a conversation after a turn."""
    defaults = {slot.name: slot.initial_value for slot in tracker.slots.values()}
    slots = {name: value for name, value in tracker.current_slot_values().items() if value != defaults.get(name)}
    content = {
        "version": STATE_VERSION,
        "slots": slots,
        "loop": tracker.active_loop_name,
        "events": [_slim(event) for event in _last_turns(list(tracker.applied_events()))],
    }
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def unpack(conversation: str, state: bytes | None, domain: Domain) -> DialogueStateTracker:
    """A tracker for the next turn of a conversation."""
    tracker = DialogueStateTracker(conversation, domain.slots)
    if not state:
        for event in (ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME)):
            tracker.update(event, domain)
        return tracker
    content: dict[str, Any] = json.loads(zlib.decompress(state))
    known = {slot.name for slot in domain.slots}
    events: list[Event] = [SessionStarted()]
    events += [SlotSet(name, value) for name, value in content["slots"].items() if name in known]
    if content["loop"] in domain.form_names:
        events.append(ActiveLoop(content["loop"]))
    events += [event for event in (_restore(item) for item in content["events"]) if event is not None]
    if not isinstance(events[-1], ActionExecuted) or events[-1].action_name != ACTION_LISTEN_NAME:
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
    for event in events:
        tracker.update(event, domain)
    return tracker


def _last_turns(events: Sequence[Event]) -> list[Event]:
    """The events of the last user turns, without those whose effect the slots and the form already hold."""
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    first = starts[-KEPT_TURNS] if len(starts) >= KEPT_TURNS else 0
    kept = (ActionExecuted, UserUttered)
    turns = [event for event in events[first:] if isinstance(event, kept)]
    listen = [ActionExecuted(ACTION_LISTEN_NAME)] if turns and isinstance(turns[0], UserUttered) else []
    return [*listen, *turns]


def _slim(event: Event) -> dict[str, Any]:
    if isinstance(event, UserUttered):
        # Neither the words nor the data of past messages are needed again, only what was wanted.
        return {"u": event.intent.get("name"), "t": event.timestamp}
    return {"a": event.action_name or "", "t": event.timestamp}


def _restore(item: dict[str, Any]) -> Event | None:
    if "u" in item:
        intent = {"name": item["u"], "confidence": 1.0}
        parse_data = {"intent": intent, "entities": [], "text": ""}
        return UserUttered("", intent, [], parse_data, timestamp=item["t"])
    return ActionExecuted(item["a"], timestamp=item["t"]) if item["a"] else None
