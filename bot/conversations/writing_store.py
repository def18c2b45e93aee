"""Changes of a conversation that commit together with something else: a case, a mail, a note."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.brain.interfaces import Reply
from bot.conversations.files_store import attach
from bot.conversations.interfaces import Author, Message, MessageFile, Owner
from bot.conversations.log_store import append, from_replies, read_log
from bot.conversations.tables_store import messages
from bot.conversations.turn_store import change_row, lock_row, settle_row
from bot.db.engine import Database, Transaction


class OpenWriting:
    """Implements :class:`bot.conversations.interfaces.Writing` inside one transaction.

    Attributes:
        transaction: for whatever else is to commit with it.
        added: the messages to be published after the commit, by conversation.
        to_answer: conversations in which the bot owes an answer after the commit.
    """

    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self.transaction = transaction
        self.added: dict[str, list[Message]] = {}
        self.to_answer: list[str] = []
        self._now = now
        self._owners: dict[str, Owner] = {}
        self._next: dict[str, int] = {}

    async def lock(self, conversation: str) -> Owner:
        """Holds the conversation until the commit; see :meth:`Writing.lock`."""
        if conversation not in self._owners:
            row = await lock_row(self.transaction, conversation)
            self._owners[conversation], self._next[conversation] = Owner(row.owner), row.next_seq
        return self._owners[conversation]

    async def last_seq(self, conversation: str) -> int:
        """The number of the newest message."""
        await self.lock(conversation)
        return self._next[conversation] - 1

    async def set_owner(self, conversation: str, owner: Owner) -> Owner:
        """Changes who speaks; see :meth:`Hub.set_owner`."""
        before = await self.lock(conversation)
        if owner is not Owner.BOT:
            await settle_row(self.transaction, conversation, self._now)
        await change_row(self.transaction, conversation, {"owner": owner.value, "updated_at": self._now})
        self._owners[conversation] = owner
        return before

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
        """Appends a message; see :meth:`Writing.send`."""
        if author is Author.USER:
            raise ValueError("users' messages come in by receive()")
        await self.lock(conversation)
        if client_id:
            earlier = await self._earlier(conversation, client_id)
            if earlier is not None:
                return earlier
        owed = bool(answer_with)
        row = {"client_id": client_id or None, "payload": answer_with, "answered_at": None if owed else self._now}
        message = await self._append(conversation, author, Reply(text, buttons, image, card), row)
        if owed:
            self.to_answer.append(conversation)
        return message

    async def take_in(self, conversation: str, text: str) -> Message:
        """Appends a message of the person that nobody has to answer; see :meth:`Writing.take_in`."""
        await self.lock(conversation)
        return await self._append(conversation, Author.USER, Reply(text), {"answered_at": self._now})

    async def attach(self, conversation: str, file: MessageFile, content: bytes) -> None:
        """Keeps a file with a message; see :meth:`Writing.attach`."""
        await self.lock(conversation)
        await attach(self.transaction, conversation, file, content, self._now)

    async def _append(self, conversation: str, author: Author, reply: Reply, row: Mapping[str, Any]) -> Message:
        number = self._next[conversation]
        (message,) = from_replies([reply], number, author, self._now)
        await append(self.transaction, conversation, [message], row)
        await change_row(self.transaction, conversation, {"next_seq": number + 1, "updated_at": self._now})
        self._next[conversation] = number + 1
        self.added.setdefault(conversation, []).append(message)
        return message

    async def _earlier(self, conversation: str, client_id: str) -> Message | None:
        query = select(messages.c.seq).where(messages.c.conversation == conversation, messages.c.client_id == client_id)
        seq = await self.transaction.scalar(query)
        if seq is None:
            return None
        return (await read_log(self.transaction, conversation, seq - 1, 1))[0]


@asynccontextmanager
async def open_writing(database: Database, now: datetime) -> AsyncIterator[OpenWriting]:
    """One transaction for conversations and whatever belongs to them."""
    async with database.transaction() as transaction:
        yield OpenWriting(transaction, now)
