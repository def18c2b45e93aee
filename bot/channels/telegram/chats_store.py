"""Which chat has which conversation, up to where it was delivered, and which replica delivers to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, delete, or_, select, update

from bot.db.engine import Database, Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime, insert_for

AT_ONCE = 500
"""Databases bound the parameters of a statement."""

REMEMBERED_DAYS = 7
"""For how long a reaction to a message is understood."""

chats = Table(
    "telegram_chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("conversation", String(36), nullable=False, unique=True),
    Column("opened_by", BigInteger, nullable=False, comment="the update that began the conversation"),
    Column("delivered_seq", Integer, nullable=False, comment="the newest message that the person has whole"),
    Column("delivered_parts", Integer, nullable=False, comment="of the message behind it"),
    Column("blocked", Boolean, nullable=False),
    Column("lease_owner", String(40), comment="the replica that delivers to it now"),
    Column("lease_until", UtcDateTime),
    Column("looked_at", UtcDateTime, comment="when somebody last looked for undelivered messages; NULL: look soon"),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "lease_until"),
    Index(None, "looked_at"),
)

shown_messages = Table(
    "telegram_shown",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False, comment="Telegram's number of it"),
    Column("seq", Integer, nullable=False, comment="the message of the chat's conversation that it shows"),
    Column("sent_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True)
class Shown:
    """A message on the person's screen: Telegram's number of it, and which message of the conversation it shows."""

    message: int
    seq: int
    at: datetime


@dataclass(frozen=True)
class Chat:
    """A chat and its conversation.

    Attributes:
        opened_by: the update that began the conversation.
        seq: the newest message that was delivered whole.
        parts: how many parts of the one behind it were.
    """

    id: int
    conversation: str
    opened_by: int
    seq: int
    parts: int
    blocked: bool


class ChatsStore:
    """Chats.

    Args:
        owner: this replica's name in leases.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._owner = database, owner

    async def get(self, chat: int) -> Chat | None:
        """The chat, or None before its first conversation."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(chats).where(chats.c.chat_id == chat))).one_or_none()
        return _chat(row) if row is not None else None

    async def put(self, chat: int, conversation: str, opened_by: int, now: datetime, *, instead_of: str) -> Chat:
        """Gives a chat its conversation, unless another one was faster.

        Args:
            instead_of: the conversation that is gone, or empty.

        Returns:
            The chat as it is then.
        """
        fresh: dict[str, Any] = {
            "conversation": conversation,
            "opened_by": opened_by,
            "delivered_seq": 0,
            "delivered_parts": 0,
            "lease_owner": None,
            "lease_until": None,
            "looked_at": None,
        }
        async with self._database.transaction() as transaction:
            if instead_of:
                await transaction.execute(delete(shown_messages).where(_of(chat)))
                gone = update(chats).where(chats.c.chat_id == chat, chats.c.conversation == instead_of)
                await transaction.execute(gone.values(**fresh))
            else:
                row = {**fresh, "chat_id": chat, "blocked": False, "created_at": now}
                insert = insert_for(transaction, chats).values(row)
                await transaction.execute(insert.on_conflict_do_nothing(index_elements=["chat_id"]))
            return _chat((await transaction.execute(select(chats).where(chats.c.chat_id == chat))).one())

    async def set_blocked(self, chat: int, blocked: bool) -> None:
        """Remembers whether the person lets the bot write."""
        change = update(chats).where(chats.c.chat_id == chat, chats.c.blocked != blocked)
        async with self._database.transaction() as transaction:
            await transaction.execute(change.values(blocked=blocked, looked_at=None))

    async def take(self, chat: int, now: datetime, until: datetime) -> Chat | None:
        """Takes the right to deliver to a chat; None when another replica has it, or nothing may be delivered."""
        free = or_(chats.c.lease_owner.is_(None), chats.c.lease_owner == self._owner, chats.c.lease_until <= now)
        change = update(chats).where(chats.c.chat_id == chat, ~chats.c.blocked, free)
        async with self._database.transaction() as transaction:
            taken = await transaction.execute(change.values(lease_owner=self._owner, lease_until=until))
            if taken.rowcount != 1:
                return None
            return _chat((await transaction.execute(select(chats).where(chats.c.chat_id == chat))).one())

    async def advance(self, chat: Chat, seq: int, parts: int = 0, shown: Shown | None = None) -> bool:
        """Writes down what was delivered, and by which message, so that a reaction to it can be understood.

        Returns:
            False when another replica delivers to this chat now, or it has another conversation.
        """
        change = self._mine(chat).values(delivered_seq=seq, delivered_parts=parts)
        async with self._database.transaction() as transaction:
            if shown is not None:
                await _remember(transaction, chat.id, shown)
            return bool((await transaction.execute(change)).rowcount == 1)

    async def seq_of(self, chat: int, message: int) -> int | None:
        """Which message of its conversation a message on a chat's screen shows; None when that is too long ago."""
        query = select(shown_messages.c.seq).where(_of(chat), shown_messages.c.message_id == message)
        async with self._database.reading() as connection:
            found: int | None = await connection.scalar(query)
            return found

    async def release(self, chat: Chat, looked_at: datetime | None) -> None:
        """Gives the right to deliver back; ``looked_at`` None has the chat looked at soon."""
        async with self._database.transaction() as transaction:
            change = self._mine(chat).values(lease_owner=None, lease_until=None, looked_at=looked_at)
            await transaction.execute(change)

    async def renew(self, wanted: Collection[int], until: datetime) -> None:
        """Keeps the leases of chats that are still followed."""
        numbers = list(wanted)
        async with self._database.transaction() as transaction:
            for start in range(0, len(numbers), AT_ONCE):
                some = chats.c.chat_id.in_(numbers[start : start + AT_ONCE])
                change = update(chats).where(chats.c.lease_owner == self._owner, some)
                await transaction.execute(change.values(lease_until=until))

    async def abandoned(self, now: datetime, limit: int) -> list[int]:
        """Chats whose replica has died."""
        query = select(chats.c.chat_id).where(chats.c.lease_until <= now, ~chats.c.blocked).limit(limit)
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def unwatched(self, before: datetime, now: datetime, limit: int) -> list[Chat]:
        """Chats that nobody follows and that were not looked at since ``before``; they count as looked at now."""
        open_ones = (chats.c.lease_owner.is_(None), ~chats.c.blocked)
        stale = or_(chats.c.looked_at.is_(None), chats.c.looked_at <= before)
        # NULL comes first on SQLite and last on PostgreSQL.
        order = (chats.c.looked_at.isnot(None), chats.c.looked_at)
        query = select(chats).where(*open_ones, stale).order_by(*order).limit(limit)
        async with self._database.reading() as connection:
            found = [_chat(row) for row in await connection.execute(query)]
        if found:
            some = chats.c.chat_id.in_([chat.id for chat in found])
            async with self._database.transaction() as transaction:
                await transaction.execute(update(chats).where(some, *open_ones).values(looked_at=now))
        return found

    def _mine(self, chat: Chat) -> Any:
        return update(chats).where(
            chats.c.chat_id == chat.id,
            chats.c.conversation == chat.conversation,
            chats.c.lease_owner == self._owner,
        )


async def _remember(transaction: Transaction, chat: int, shown: Shown) -> None:
    old = shown_messages.c.sent_at < shown.at - timedelta(days=REMEMBERED_DAYS)
    await transaction.execute(delete(shown_messages).where(_of(chat), old))
    row = {"chat_id": chat, "message_id": shown.message, "seq": shown.seq, "sent_at": shown.at}
    insert = insert_for(transaction, shown_messages).values(row)
    await transaction.execute(insert.on_conflict_do_nothing(index_elements=["chat_id", "message_id"]))


def _of(chat: int) -> Any:
    return shown_messages.c.chat_id == chat


def _chat(row: Any) -> Chat:
    return Chat(row.chat_id, row.conversation, row.opened_by, row.delivered_seq, row.delivered_parts, row.blocked)
