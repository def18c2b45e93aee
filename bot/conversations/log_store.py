"""The message log: what is read from it and appended to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Text, insert, select, type_coerce, update

from bot.brain.interfaces import Reply
from bot.conversations.interfaces import Asked, Author, ConversationUnknown, Message, Owner
from bot.conversations.tables_store import conversations, further_tokens, messages
from bot.db.engine import Database, Transaction

POSITIONS_AT_ONCE = 500
"""How many conversations one look asks about: databases bound the parameters of a statement."""


_SHOWN = (
    messages.c.seq,
    messages.c.author,
    messages.c.text,
    messages.c.buttons,
    messages.c.image,
    messages.c.card,
    messages.c.at,
    messages.c.payload,
    messages.c.intent,
)


class LogStore:
    """The log of every conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self, identity: str, token_hash: str, channel: str, platform: str, greeting: Sequence[Reply], now: datetime
    ) -> None:
        """Writes a new conversation with the bot's first messages."""
        async with self._database.transaction() as transaction:
            await transaction.execute(
                insert(conversations).values(
                    id=identity,
                    token_hash=token_hash,
                    channel=channel,
                    owner=Owner.BOT.value,
                    platform=platform,
                    next_seq=1 + len(greeting),
                    created_at=now,
                    updated_at=now,
                )
            )
            await append(transaction, identity, from_replies(greeting, 1, Author.BOT, now))

    async def conversation_of(self, token_hash: str) -> str | None:
        """The conversation whose token has this hash."""
        async with self._database.reading() as connection:
            query = select(conversations.c.id).where(conversations.c.token_hash == token_hash)
            identity: str | None = await connection.scalar(query)
            if identity is None:
                further = select(further_tokens.c.conversation).where(further_tokens.c.token_hash == token_hash)
                identity = await connection.scalar(further)
            return identity

    async def add_token(self, conversation: str, token_hash: str, now: datetime) -> None:
        """Lets a further token open the conversation.

        Raises:
            ConversationUnknown: there is none with this id.
        """
        async with self._database.transaction() as transaction:
            known = select(conversations.c.id).where(conversations.c.id == conversation)
            if await transaction.scalar(known) is None:
                raise ConversationUnknown(conversation)
            row = {"token_hash": token_hash, "conversation": conversation, "created_at": now}
            await transaction.execute(insert(further_tokens), row)

    async def owner(self, conversation: str) -> Owner:
        """Who speaks in it now.

        Raises:
            ConversationUnknown: there is none with this id.
        """
        async with self._database.reading() as connection:
            query = select(conversations.c.owner).where(conversations.c.id == conversation)
            owner = await connection.scalar(query)
        if owner is None:
            raise ConversationUnknown(conversation)
        return Owner(owner)

    async def read(self, conversation: str, after: int, limit: int) -> list[Message]:
        """The rows behind a sequence number, in order."""
        async with self._database.reading() as connection:
            return await read_log(connection, conversation, after, limit)

    async def asked(self, since: datetime, until: datetime) -> list[Asked]:
        """What each conversation of a time was about."""
        said = (messages.c.author == Author.USER.value, messages.c.at >= since, messages.c.at < until)
        query = (
            select(messages.c.conversation, messages.c.intent, messages.c.facts, conversations.c.platform)
            .join(conversations, conversations.c.id == messages.c.conversation)
            .where(*said)
            .order_by(messages.c.conversation, messages.c.seq)
        )
        platforms: dict[str, str] = {}
        intents: dict[str, set[str]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(query):
                intents.setdefault(row.conversation, set()).update({row.intent} - {""})
                spoken = str((row.facts or {}).get("platform") or "")
                platforms[row.conversation] = spoken or platforms.get(row.conversation, row.platform)
        return [Asked(each, platforms[each], frozenset(found)) for each, found in intents.items()]

    async def judge(self, conversation: str, seq: int, liked: bool) -> None:
        """Notes what the person thinks of an answer at the message that it answered; nothing where there is none."""
        here = messages.c.conversation == conversation
        asked = (
            select(messages.c.seq, messages.c.facts)
            .where(here, messages.c.seq < seq, messages.c.author == Author.USER.value)
            .order_by(messages.c.seq.desc())
            .limit(1)
        )
        async with self._database.transaction() as transaction:
            row = (await transaction.execute(asked)).first()
            if row is not None:
                facts = {**(row.facts or {}), "disliked": not liked}
                await transaction.execute(update(messages).where(here, messages.c.seq == row.seq).values(facts=facts))

    async def last_seqs(self, identities: Iterable[str]) -> Mapping[str, int]:
        """The newest sequence number of each conversation."""
        wanted, found = list(identities), {}
        async with self._database.reading() as connection:
            for start in range(0, len(wanted), POSITIONS_AT_ONCE):
                some = conversations.c.id.in_(wanted[start : start + POSITIONS_AT_ONCE])
                rows = await connection.execute(select(conversations.c.id, conversations.c.next_seq).where(some))
                found.update({row.id: row.next_seq - 1 for row in rows})
        return found


async def read_log(connection: Transaction, conversation: str, after: int, limit: int) -> list[Message]:
    """The rows behind a sequence number, in order."""
    query = (
        select(*_SHOWN)
        .where(messages.c.conversation == conversation, messages.c.seq > after)
        .order_by(messages.c.seq)
        .limit(limit)
    )
    return [_message(row) for row in await connection.execute(query)]


async def append(
    transaction: Transaction, conversation: str, added: Sequence[Message], more: Mapping[str, Any] | None = None
) -> None:
    """Inserts messages of bot, agent or system; whoever calls moves the conversation's ``next_seq``.

    Args:
        more: further columns of each row.
    """
    if not added:
        return
    rows = [
        {
            "conversation": conversation,
            "seq": message.seq,
            "author": message.author.value,
            "text": message.text,
            "buttons": list(message.buttons) or None,
            "image": message.image,
            "card": message.card,
            "at": message.at,
            "answered_at": message.at,
            **(more or {}),
        }
        for message in added
    ]
    await transaction.execute(insert(messages), rows)


async def button_title(transaction: Transaction, conversation: str, payload: str) -> str | None:
    """The title of the newest button with exactly this payload that was sent in the conversation; None if none was."""
    part = f'"payload":{json.dumps(payload)}'
    query = (
        select(messages.c.buttons)
        .where(
            messages.c.conversation == conversation,
            type_coerce(messages.c.buttons, Text).contains(part, autoescape=True),
        )
        .order_by(messages.c.seq.desc())
    )
    # LIKE does not tell upper from lower case on SQLite, so the match is made here.
    for row in await transaction.execute(query):
        for button in row.buttons:
            if button.get("payload") == payload:
                return str(button.get("title", ""))
    return None


def from_replies(replies: Iterable[Reply], first: int, author: Author, now: datetime) -> list[Message]:
    """Replies as rows of the log, numbered from ``first``."""
    return [
        Message(
            seq,
            author,
            reply.text,
            tuple({key: str(value) for key, value in button.items()} for button in reply.buttons),
            reply.image,
            reply.card,
            now,
        )
        for seq, reply in enumerate(replies, start=first)
    ]


def _message(row: Any) -> Message:
    author, buttons = Author(row.author), tuple(row.buttons or ())
    return Message(row.seq, author, row.text, buttons, row.image, row.card, row.at, row.payload, row.intent)
