"""The hub: it owns every conversation, its log, and who speaks in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from bot.db.engine import Transaction
from bot.errors import VentanillaError


class Owner(str, Enum):
    """Who speaks in a conversation besides the user."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class Author(str, Enum):
    """Who wrote a message; the value is what the web chat's ``from`` shows."""

    USER = "user"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True)
class Message:
    """One row of the log.

    Attributes:
        payload: what a pressed button carried; people see its title in ``text``.
        intent: what the bot understood of a user's message, for whoever takes over.
    """

    seq: int
    author: Author
    text: str
    buttons: Sequence[Mapping[str, str]]
    image: Mapping[str, str] | None
    card: Mapping[str, Any] | None
    at: datetime
    payload: str = ""
    intent: str = ""

    def as_event(self) -> dict[str, Any]:
        """The JSON object of the web chat's contract."""
        return {
            "seq": self.seq,
            "from": self.author.value,
            "text": self.text,
            "buttons": [dict(button) for button in self.buttons],
            "image": dict(self.image) if self.image else None,
            "card": dict(self.card) if self.card else None,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True)
class MessageFile:
    """A file that came with a message.

    Attributes:
        seq: the message's number.
        name: as people may read it, without personal data.
        size: in bytes.
        id: 0 until it is kept.
    """

    seq: int
    name: str
    size: int
    id: int = 0


class ConversationUnknown(VentanillaError):
    """No conversation has this id or token."""


class MessageRejected(VentanillaError):
    """The message cannot be taken.

    Attributes:
        reason: ``empty``, ``too_long``, ``both`` (text and payload), ``bad_id``, ``not_text``,
            ``unknown_payload`` (no button with it was sent in this conversation, and it is not a public one).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"message rejected: {reason}")
        self.reason = reason


class Writing(Protocol):
    """An open transaction in which conversations change together with something else.

    Rows are locked in the order of the calls, a conversation always before what belongs to it.
    """

    @property
    def transaction(self) -> Transaction:
        """For whatever else is to commit with it."""

    async def lock(self, conversation: str) -> Owner:
        """Holds the conversation until the commit and says who speaks in it.

        Raises:
            ConversationUnknown: there is no such conversation.
        """

    async def last_seq(self, conversation: str) -> int:
        """The number of the conversation's newest message, held until the commit."""

    async def set_owner(self, conversation: str, owner: Owner) -> Owner:
        """Changes who speaks, as :meth:`Hub.set_owner`. Returns who spoke before."""

    async def send(
        self,
        conversation: str,
        author: Author,
        text: str,
        *,
        buttons: Sequence[Mapping[str, str]] = (),
        image: Mapping[str, str] | None = None,
        card: Mapping[str, Any] | None = None,
        client_id: str = "",
        answer_with: str = "",
    ) -> Message:
        """Appends a message of bot, agent or system; followers see it after the commit.

        Args:
            client_id: a UUID of the sender's; the same one again gives the message of the first time.
            answer_with: a payload that the bot is to answer after this message, such as a wish to go on.
        """

    async def take_in(self, conversation: str, text: str) -> Message:
        """Appends what the person said on another way than the channel, such as a mail; the bot does not answer it."""

    async def attach(self, conversation: str, file: MessageFile, content: bytes) -> None:
        """Keeps a file with a message; ``content`` is stored as it is, sealed by whoever keeps it."""


@dataclass(frozen=True)
class ReviewedMessage:
    """A person's message with what came of it, for those who teach the bot. The text may hold personal data.

    Attributes:
        ranking: the best three intents with their probabilities.
        dialogue: where the conversation stood.
        chosen: the intent of the clarifying button that was pressed next, or empty.
        person: the conversation went to a person soon after.
        disliked: the answer got a thumbs-down.
    """

    conversation: str
    seq: int
    text: str
    at: datetime
    intent: str
    confidence: float
    ranking: Sequence[tuple[str, float]]
    platform: str = ""
    dialogue: Mapping[str, Any] = field(default_factory=dict)
    chosen: str = ""
    person: bool = False
    disliked: bool = False


class ReviewLog(Protocol):
    """The conversations' log, read for review."""

    async def written(self, since: datetime, limit: int) -> Sequence[ReviewedMessage]:
        """What people wrote since a moment, newest first."""

    async def intents_used(self, since: datetime) -> Mapping[str, int]:
        """How many messages were understood as each intent."""


SilentListener = Callable[[str, Message], None]
"""Called with a conversation and a user's message that came while the bot may not speak."""


@dataclass(frozen=True)
class Asked:
    """What a conversation was about.

    Attributes:
        platform: the one that was spoken of last, or empty.
        intents: what the bot understood in the person's messages.
    """

    conversation: str
    platform: str
    intents: frozenset[str]


class Hub(Protocol):
    """Every channel talks to this and to nothing else."""

    async def start(self) -> None:
        """Answers what a crash left unanswered, and begins to watch over the conversations."""

    async def close(self) -> None:
        """Ends every following and lets running turns end."""

    async def open(self, channel: str, *, platform: str = "") -> tuple[str, str]:
        """Begins a conversation.

        Returns:
            Its id and the secret token (≥ 128 bits; only its hash is stored).
        """

    async def authenticate(self, token: str) -> str:
        """The conversation that a token opens.

        Raises:
            ConversationUnknown: none.
        """

    async def receive(
        self,
        conversation: str,
        client_id: str,
        *,
        text: str | None = None,
        payload: str | None = None,
        address: str = "",
    ) -> int:
        """Writes a user's message down and has it answered in its turn.

        Returns:
            Its sequence number; for a client id seen before, the number of the first time, without a second effect.

        Raises:
            ConversationUnknown: there is no such conversation.
            MessageRejected: it cannot be taken.
        """

    async def send(
        self,
        conversation: str,
        author: Author,
        text: str,
        *,
        buttons: Sequence[Mapping[str, str]] = (),
        image: Mapping[str, str] | None = None,
        card: Mapping[str, Any] | None = None,
    ) -> Message:
        """Appends a message of an agent or of the system; nobody has to answer it.

        Raises:
            ConversationUnknown: there is no such conversation.
        """

    async def owner(self, conversation: str) -> Owner:
        """Who speaks now.

        Raises:
            ConversationUnknown: there is no such conversation.
        """

    async def set_owner(self, conversation: str, owner: Owner) -> Owner:
        """Changes who speaks; a turn of the bot that is under way then ends without a word. Returns who spoke before.

        Raises:
            ConversationUnknown: there is no such conversation.
        """

    async def messages(self, conversation: str, after: int = 0, limit: int = 500) -> Sequence[Message]:
        """The log behind a sequence number, in order."""

    def follow(self, conversation: str, after: int = 0) -> AsyncIterator[Message]:
        """The log behind a sequence number and then every message as it is committed, each once, in order.

        Ends only when the hub is closed; close the iterator (``aclose``) to stop earlier.
        """

    def writing(self) -> AbstractAsyncContextManager[Writing]:
        """A transaction for conversations and what belongs to them; messages are published after its commit."""

    def listen(self, listener: SilentListener) -> None:
        """Has ``listener`` called, in this process alone, after a user's message that the bot does not answer.

        A process may die between the commit and the call: whoever must not miss one reads the log too.
        """

    async def asked(self, since: datetime, until: datetime) -> Sequence[Asked]:
        """What the conversations of a time were about, for reports: one entry for each in which the person wrote."""

    async def files(self, conversation: str) -> Sequence[MessageFile]:
        """The files that came with messages, in order."""

    async def file(self, conversation: str, file: int) -> tuple[MessageFile, bytes] | None:
        """One of them with its content as it was kept; None where the conversation has none of this number."""

    async def erase(self, conversation: str) -> None:
        """Closes a conversation for good: its messages are emptied, its tokens open nothing any more.

        Raises:
            ConversationUnknown: there is no such conversation.
        """

    async def judge(self, conversation: str, seq: int, liked: bool) -> None:
        """Notes what the person thinks of an answer, at the message that it answered; the last word counts."""

    async def grant(self, conversation: str) -> str:
        """Another secret token for a conversation; the ones before stay valid.

        Raises:
            ConversationUnknown: there is no such conversation.
        """
