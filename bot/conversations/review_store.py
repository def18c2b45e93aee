"""Reads the log for review: what people wrote, how it was understood, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.conversations.interfaces import Author, ReviewedMessage
from bot.conversations.tables_store import messages
from bot.db.engine import Database, Transaction

PERSON = "hablar_con_agente"
SOON = 4
"""Within how many further messages of the person a wish for a human counts as what a message led to."""

CONVERSATIONS_AT_ONCE = 300


class ReviewStore:
    """The conversations' log, read for review."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def written(self, since: datetime, limit: int) -> Sequence[ReviewedMessage]:
        """What people wrote since a moment, newest first, with what came of each message."""
        own = messages.c.author == Author.USER.value
        newest = (
            select(messages.c.conversation, messages.c.seq)
            .where(own, messages.c.at >= since, messages.c.payload == "", messages.c.text != "")
            .order_by(messages.c.at.desc(), messages.c.seq.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            wanted = {(row.conversation, row.seq) for row in await connection.execute(newest)}
            talks = await _talks(connection, sorted({conversation for conversation, _ in wanted}))
        found = [
            _reviewed(rows, at)
            for rows in talks.values()
            for at, row in enumerate(rows)
            if (row.conversation, row.seq) in wanted
        ]
        return sorted(found, key=lambda one: (one.at, one.seq), reverse=True)

    async def intents_used(self, since: datetime) -> Mapping[str, int]:
        """How many messages were understood as each intent."""
        query = (
            select(messages.c.intent, func.count())
            .where(messages.c.author == Author.USER.value, messages.c.at >= since, messages.c.intent != "")
            .group_by(messages.c.intent)
        )
        async with self._database.reading() as connection:
            return {str(intent): int(count) for intent, count in await connection.execute(query)}


async def _talks(connection: Transaction, conversations: Sequence[str]) -> dict[str, list[Any]]:
    """The people's rows of each conversation, in order."""
    found: dict[str, list[Any]] = {}
    for start in range(0, len(conversations), CONVERSATIONS_AT_ONCE):
        some = messages.c.conversation.in_(conversations[start : start + CONVERSATIONS_AT_ONCE])
        query = select(messages).where(some, messages.c.author == Author.USER.value)
        for row in await connection.execute(query.order_by(messages.c.conversation, messages.c.seq)):
            found.setdefault(row.conversation, []).append(row)
    return found


def _reviewed(rows: Sequence[Any], at: int) -> ReviewedMessage:
    row, after = rows[at], rows[at + 1 : at + 1 + SOON]
    facts = row.facts or {}
    unclear = row.intent == "nlu_fallback"
    following = after[0] if after else None
    # A button with a bare intent behind a message that was not understood is the choice that cleared it up.
    chosen = ""
    if unclear and following is not None and following.payload.startswith("/") and "{" not in following.payload:
        chosen = following.payload[1:]
    return ReviewedMessage(
        conversation=row.conversation,
        seq=row.seq,
        text=row.text,
        at=row.at,
        intent=row.intent,
        confidence=float(row.confidence or 0.0),
        ranking=[(str(name), float(chance)) for name, chance in facts.get("ranking") or ()],
        platform=str(facts.get("platform") or ""),
        dialogue=facts.get("dialogue") or {},
        chosen=chosen,
        person=any(one.intent == PERSON for one in after) and row.intent != PERSON,
        disliked=bool(facts.get("disliked")),
    )
