"""The brain on Rasa: one loaded model, answering turn by turn inside this process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.brain.loading_bends import bend_loading
from bot.brain.rasa_bends import bend_rasa

bend_rasa()
bend_loading()

from rasa.core.agent import Agent  # noqa: E402 - the bends come first
from rasa.core.channels.channel import OutputChannel, UserMessage  # noqa: E402
from rasa.core.lock_store import InMemoryLockStore  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402
from rasa_sdk.interfaces import Action  # noqa: E402

from bot.brain.in_process_actions import FAILED_RESPONSE, InProcessActions  # noqa: E402
from bot.brain.interfaces import Reply, Turn, TurnResult  # noqa: E402
from bot.brain.renames import Renames  # noqa: E402
from bot.brain.trackers import TurnTrackerStore  # noqa: E402
from bot.errors import ModelMissing  # noqa: E402

log = structlog.get_logger(__name__)

_PAYLOAD = re.compile(r"^/([a-z_]+)(\{.*\})?$", re.DOTALL)


class Replies(OutputChannel):
    """Collects what the bot says in one turn: each utterance is one reply, with its buttons, picture and card.

    Args:
        channel: the channel's name, by which a response may have a variation of its own.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.replies: list[Reply] = []
        self.silent = False

    def name(self) -> str:
        """The channel's name."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes one utterance. Rasa's own channels would split it into several."""
        custom = message.get("custom") or {}
        if custom.get("silent"):
            # An action says so when somebody else has spoken already, in a transaction of their own.
            self.silent = True
            return
        text = str(message.get("text") or "").strip()
        buttons = [{"title": str(b["title"]), "payload": str(b["payload"])} for b in message.get("buttons") or ()]
        if text or custom:
            self.replies.append(Reply(text, buttons, custom.get("image"), custom.get("card")))


class RasaBrain:
    """Answers turns with a trained model.

    Args:
        model: a trained archive.
        actions: the custom actions, ready to run.
        formerly: old names of intents with their present ones.

    Raises:
        ModelMissing: there is no such archive, or Rasa cannot load it.
    """

    def __init__(self, model: Path, actions: Iterable[Action], formerly: Mapping[str, str] | None = None) -> None:
        if not model.is_file():
            raise ModelMissing(str(model.parent))
        self._trackers, self._renames = TurnTrackerStore(), Renames(formerly or {})
        self._agent = Agent.load(
            str(model),
            tracker_store=self._trackers,
            lock_store=InMemoryLockStore(),
            action_endpoint=InProcessActions(actions),
        )
        if self._agent.processor is None:
            raise ModelMissing(str(model.parent))
        self._processor = self._agent.processor
        self._trackers.domain = self._processor.domain
        self._processor.tracker_store = self._trackers

    async def respond(self, turn: Turn) -> TurnResult:
        """Answers one message; see :class:`bot.brain.interfaces.Brain`."""
        tracker = self._trackers.begin(turn.conversation, self._renames.state(turn.state))
        output = Replies(turn.channel)
        dialogue = dialogue_state(tracker)
        message = UserMessage(
            text=self._renames.payload(turn.payload) or _never_a_command(turn.text),
            output_channel=output,
            sender_id=turn.conversation,
            input_channel=turn.channel,
            metadata={"seq": turn.seq, "address": turn.address, "dialogue": dialogue},
        )
        try:
            await self._processor.handle_message(message)
            understood = await self._trackers.retrieve(turn.conversation)
            latest = understood.latest_message if understood else None
            state = self._trackers.finish(turn.conversation)
        finally:
            self._trackers.abandon(turn.conversation)
        return TurnResult(
            replies=output.replies if output.silent else output.replies or self._speechless(turn),
            state=state,
            intent=str((latest.intent or {}).get("name") or "") if latest else "",
            confidence=float((latest.intent or {}).get("confidence") or 0.0) if latest else 0.0,
            facts={**_facts(latest.parse_data if latest else {}), **_standing(dialogue)},
        )

    def _speechless(self, turn: Turn) -> list[Reply]:
        # A response that no file has would otherwise leave the person without any answer.
        log.error("turn_without_answer", conversation=turn.conversation, seq=turn.seq)
        variations = self._processor.domain.responses.get(FAILED_RESPONSE) or []
        return [Reply(str(variation["text"])) for variation in variations[:1]]

    async def parse(self, text: str) -> dict[str, Any]:
        """What the pipeline understands of a text, without any conversation."""
        message = UserMessage(text=_never_a_command(text))
        return dict(await self._processor.parse_message(message))


def dialogue_state(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Where the conversation stands, as the pipeline sees it: a bare «sí» means what was asked."""
    walk = tracker.get_slot("walk")
    return {
        "active_loop": tracker.active_loop_name,
        "requested_slot": tracker.get_slot("asked") if tracker.active_loop_name else None,
        "guide": bool(walk) and not walk.get("stopped"),
        "guide_stopped": bool(walk) and bool(walk.get("stopped")),
        "offer": tracker.get_slot("offer"),
    }


def _standing(dialogue: Mapping[str, Any]) -> dict[str, Any]:
    """Where the conversation stood, for whoever asks another model about the same message; nothing where it began."""
    kept = {key: value for key, value in dialogue.items() if value}
    return {"dialogue": kept} if kept else {}


def payload_parts(payload: str) -> tuple[str, dict[str, Any]] | None:
    """Intent and entities of a button's payload; None when it is not one."""
    match = _PAYLOAD.match(payload)
    if not match:
        return None
    try:
        entities = json.loads(match.group(2) or "{}")
    except ValueError:
        return None
    return (match.group(1), entities) if isinstance(entities, dict) else None


def _never_a_command(text: str) -> str:
    # «/restart» typed by a person is text: only buttons carry payloads.
    return text.lstrip("/ \t") if text.lstrip().startswith("/") else text


def _facts(parse_data: Mapping[str, Any]) -> dict[str, Any]:
    ranking = parse_data.get("intent_ranking") or []
    platforms = [e["value"] for e in parse_data.get("entities") or () if e.get("entity") == "platform"]
    return {
        "ranking": [[r["name"], round(float(r["confidence"]), 4)] for r in ranking[:3]],
        "platform": platforms[-1] if platforms else None,
    }
