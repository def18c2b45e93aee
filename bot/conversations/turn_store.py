"""What is written when a user's message arrives, and when its turn ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, update

from bot.brain.interfaces import TurnResult
from bot.conversations.interfaces import Author, ConversationUnknown, Message, MessageRejected, Owner
from bot.conversations.lease_store import Lease, LeaseLost
from bot.conversations.log_store import append, button_title, from_replies
from bot.conversations.tables_store import conversations, messages, unanswered
from bot.db.engine import Database, Transaction

# Every message runs these, and to build a statement anew costs as much as to run it.
_LOCK = select(conversations).where(conversations.c.id == bindparam("conversation")).with_for_update()
_CHANGE = update(conversations).where(conversations.c.id == bindparam("conversation"))
_HERE = messages.c.conversation == bindparam("in_conversation")
_BEFORE = select(
    select(messages.c.seq).where(_HERE, messages.c.client_id == bindparam("client")).scalar_subquery(),
    exists().where(_HERE, unanswered),
)
_ADD = insert(messages)
_ONE = update(messages).where(_HERE, messages.c.seq == bindparam("number"))
_ANSWER = _ONE.where(unanswered)
_SETTLE = update(messages).where(_HERE, unanswered)


@dataclass(frozen=True)
class Incoming:
    """A user's message, cleaned. ``payload_title`` is what a public payload is shown as."""

    client_id: str
    text: str
    payload: str
    payload_title: str
    address_hash: str


@dataclass(frozen=True)
class Pending:
    """A message to be answered, with all that the brain needs."""

    conversation: str
    seq: int
    text: str
    payload: str
    address_hash: str
    channel: str
    state: bytes | None
    attempts: int = 0


@dataclass(frozen=True)
class Received:
    """What came of a message: its row (None when it was there before), and the lease if it was taken.

    ``unasked``: somebody else than the bot has the conversation.
    """

    seq: int
    message: Message | None = None
    leased: bool = False
    pending: Pending | None = None
    unasked: bool = False


@dataclass(frozen=True)
class Ended:
    """What came of a turn: the replies that reached the log, and whether the lease was given back."""

    added: Sequence[Message]
    released: bool


class TurnStore:
    """Messages that wait for an answer, and leases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def receive(
        self, conversation: str, incoming: Incoming, now: datetime, lease: Lease, working: Callable[[str], bool]
    ) -> Received:
        """Writes a user's message down, once, and takes the lease if it is free.

        Args:
            working: whether a lease of this process still has a worker.

        Raises:
            ConversationUnknown: there is no such conversation.
            MessageRejected: ``unknown_payload``.
        """
        async with self._database.transaction() as transaction:
            row = await lock_row(transaction, conversation)
            seen, earlier = await _before(transaction, conversation, incoming.client_id)
            if seen is not None:
                return Received(seen)
            text = incoming.text or await _title(transaction, conversation, incoming)
            asked = row.owner == Owner.BOT.value
            held = row.lease_owner is not None and row.lease_until > now and working(row.lease_owner)
            taken = asked and not held
            await transaction.execute(
                _ADD,
                {
                    "conversation": conversation,
                    "seq": row.next_seq,
                    "author": Author.USER.value,
                    "client_id": incoming.client_id,
                    "text": text,
                    "payload": incoming.payload,
                    "at": now,
                    "answered_at": None if asked else now,
                    "address_hash": incoming.address_hash,
                },
            )
            changes: dict[str, Any] = {"next_seq": row.next_seq + 1, "updated_at": now}
            if taken:
                changes |= {"lease_owner": lease.name, "lease_until": lease.until}
            await change_row(transaction, conversation, changes)
        message = Message(row.next_seq, Author.USER, text, (), None, None, now, incoming.payload)
        pending = _pending(conversation, row, incoming) if taken and not earlier else None
        return Received(row.next_seq, message, taken, pending, not asked)

    async def next_pending(self, conversation: str, lease: Lease, now: datetime, *, retry: bool) -> Pending | None:
        """The oldest message that waits; None, with the lease given back, when none does.

        Args:
            retry: whether an earlier worker may have died of it, which is counted.

        Raises:
            LeaseLost: another worker has the conversation.
        """
        async with self._database.transaction() as transaction:
            row = await lock_row(transaction, conversation, lease)
            if row.owner != Owner.BOT.value:
                await settle_row(transaction, conversation, now)
            waiting = select(messages).where(messages.c.conversation == conversation, unanswered)
            found = (await transaction.execute(waiting.order_by(messages.c.seq).limit(1))).one_or_none()
            if found is None:
                await change_row(transaction, conversation, {"lease_owner": None, "lease_until": None})
                return None
            attempts = found.attempts + int(retry)
            if retry:
                await transaction.execute(_ONE, {**_key(conversation, found.seq), "attempts": attempts})
        text = "" if found.payload else found.text
        return Pending(
            conversation, found.seq, text, found.payload, found.address_hash, row.channel, row.state, attempts
        )

    async def finish(self, pending: Pending, result: TurnResult, lease: Lease, now: datetime) -> Ended:
        """Writes replies, new state and ``answered_at`` together. Replies are dropped when the bot may not speak now.

        Raises:
            LeaseLost: another worker has the conversation; nothing was written.
        """
        async with self._database.transaction() as transaction:
            row = await lock_row(transaction, pending.conversation, lease)
            answered = await transaction.execute(
                _ANSWER,
                {
                    **_key(pending.conversation, pending.seq),
                    "answered_at": now,
                    "intent": result.intent[:100],
                    "confidence": result.confidence,
                    "facts": dict(result.facts) or None,
                },
            )
            # A hand-over settles what was waiting, so a turn that began before it finds nothing to answer.
            speaks = row.owner == Owner.BOT.value and answered.rowcount == 1
            added = from_replies(result.replies, row.next_seq, Author.BOT, now) if speaks else []
            await append(transaction, pending.conversation, added)
            released = row.next_seq == pending.seq + 1
            changes: dict[str, Any] = {"next_seq": row.next_seq + len(added), "updated_at": now}
            # A dropped answer was never seen, so its state goes too; but a turn that gave the conversation away itself
            # did what was wished, and must not wish it again afterwards.
            if (speaks or result.handed_over) and result.state:
                changes["state"] = result.state
            if released:
                changes |= {"lease_owner": None, "lease_until": None}
            await change_row(transaction, pending.conversation, changes)
        return Ended(added, released)


async def lock_row(transaction: Transaction, conversation: str, lease: Lease | None = None) -> Any:
    """The conversation's row, held until the end of the transaction.

    Raises:
        ConversationUnknown: there is none.
        LeaseLost: another worker has it.
    """
    row = (await transaction.execute(_LOCK, {"conversation": conversation})).one_or_none()
    if row is None:
        raise ConversationUnknown(conversation)
    if lease is not None and row.lease_owner != lease.name:
        raise LeaseLost(conversation)
    return row


async def _before(transaction: Transaction, conversation: str, client_id: str) -> tuple[int | None, bool]:
    """The number that this client id had got before, if any, and whether older messages wait for an answer."""
    row = (await transaction.execute(_BEFORE, {"in_conversation": conversation, "client": client_id})).one()
    return row[0], bool(row[1])


async def _title(transaction: Transaction, conversation: str, incoming: Incoming) -> str:
    title = await button_title(transaction, conversation, incoming.payload)
    if title is None and not incoming.payload_title:
        raise MessageRejected("unknown_payload")
    return title or incoming.payload_title or incoming.payload


async def settle_row(transaction: Transaction, conversation: str, now: datetime) -> None:
    """What waited for the bot no longer does."""
    await transaction.execute(_SETTLE, {"in_conversation": conversation, "answered_at": now})


async def change_row(transaction: Transaction, conversation: str, changes: dict[str, Any]) -> None:
    """Changes the conversation's row, which the caller holds."""
    await transaction.execute(_CHANGE, {"conversation": conversation, **changes})


def _key(conversation: str, seq: int) -> dict[str, Any]:
    return {"in_conversation": conversation, "number": seq}


def _pending(conversation: str, row: Any, incoming: Incoming) -> Pending:
    text = "" if incoming.payload else incoming.text
    return Pending(conversation, row.next_seq, text, incoming.payload, incoming.address_hash, row.channel, row.state)
