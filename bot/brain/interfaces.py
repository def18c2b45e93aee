"""The brain: one user message in, the bot's replies and its new state out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Reply:
    """One message of the bot, as the log keeps it and every channel understands it.

    Attributes:
        text: plain text; line breaks count, nothing else is markup.
        buttons: ``{"title", "payload"}`` each.
        image: ``{"src", "alt"}`` or None.
        card: a structured card (a step, a list) or None.
    """

    text: str
    buttons: Sequence[Mapping[str, str]] = ()
    image: Mapping[str, str] | None = None
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Turn:
    """One message to be answered.

    Attributes:
        conversation: the conversation's id, Rasa's sender id.
        seq: the message's sequence number: with the conversation it is the turn's idempotency key.
        text: what the person wrote; empty when a button was pressed.
        payload: the button's payload; empty when the person wrote.
        channel: name of the channel.
        address: the client's network address, or empty.
        state: the state that the last turn returned; None in a new conversation.
    """

    conversation: str
    seq: int
    text: str
    payload: str
    channel: str
    address: str
    state: bytes | None


@dataclass(frozen=True)
class TurnResult:
    """What the bot answers, and the state to keep. Both are committed together or not at all.

    Attributes:
        replies: in the order in which they are to be shown.
        state: opaque; handed back with the next turn.
        intent: what was understood, for the log and the inbox of the support team.
        confidence: 0 to 1.
        facts: further facts for the message log (platform, ranking …), without personal data.
        handed_over: this turn itself gave the conversation to somebody else: the state is kept, though nothing is said.
    """

    replies: Sequence[Reply]
    state: bytes
    intent: str = ""
    confidence: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)
    handed_over: bool = False


class Brain(Protocol):
    """Understands and answers. Keeps nothing between turns: the hub hands it its state."""

    async def respond(self, turn: Turn) -> TurnResult:
        """Answers one message. Calling it twice with the same turn has its outside effects once.

        It answers, in Spanish, even when an action fails; it raises only when it cannot answer at all.
        """
