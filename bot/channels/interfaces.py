"""What a channel is: a translator between people outside and the hub, which owns every conversation.

A channel hands in what people send (:meth:`Channel.receive`) and shows them what the log says
(:meth:`Channel.deliver`). It keeps no conversation of its own. What it must remember is whom each conversation belongs
to and, where it pushes, up to which sequence number it has delivered; see ``docs/channels.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.conversations.interfaces import Message
from bot.errors import VentanillaError


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show and do.

    Attributes:
        max_text: the longest text of one message in UTF-16 units, or 0 where there is no limit worth knowing;
            longer ones are delivered in several messages.
        buttons: choices can be pressed; without it they are shown as a numbered list.
        images: pictures are shown; without it their alternative text is.
        cards: cards are shown as such; without it they are shown as text.
        typing: it can show that an answer is being thought out.
        can_delete: a message of the person can be removed from their screen.
    """

    max_text: int = 0
    buttons: bool = False
    images: bool = False
    cards: bool = False
    typing: bool = False
    can_delete: bool = False


@dataclass(frozen=True)
class Incoming:
    """One message from outside: a text, or the payload of a button.

    Attributes:
        sender: who sent it, as the channel names people: a chat's number, a mail address, a conversation's id.
        id: a UUID that is the same whenever the same message is handed in again.
    """

    sender: str
    id: str
    text: str | None = None
    payload: str | None = None


class ChannelError(VentanillaError):
    """A message did not reach a person."""


class Unreachable(ChannelError):
    """The person cannot be reached any more: the bot was blocked, the address is gone. Trying again is no use."""


class NotShown(ChannelError):
    """The other side refuses this one message for what it is; the ones behind it may pass."""


class TryAgain(ChannelError):
    """The other side does not answer, or asks for patience.

    Attributes:
        seconds: how long it asks to wait; 0 where it said nothing.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"try again in {seconds:g} s")
        self.seconds = seconds


class Channel(Protocol):
    """One way in and out.

    The web chat fits it as well, though it is pulled rather than pushed: its ``receive`` is ``POST messages`` and its
    ``deliver`` is one event of the stream that the browser follows.
    """

    name: str
    """What the conversations' ``channel`` says."""

    capabilities: Capabilities

    async def receive(self, incoming: Incoming) -> int:
        """Hands a person's message to the hub, in the sender's conversation; opens one where there is none.

        Returns:
            The message's sequence number. The same ``Incoming.id`` again has no second effect.

        Raises:
            bot.conversations.interfaces.MessageRejected: it cannot be taken; the channel tells the person why.
        """

    async def deliver(self, recipient: str, message: Message) -> None:
        """Shows one message of the log to the person; returns once the other side has taken it.

        Raises:
            Unreachable: nothing reaches this person any more.
            NotShown: this message cannot be shown.
            TryAgain: it was not delivered, and may be later.
        """
