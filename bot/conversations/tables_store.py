"""The tables of conversations and their messages."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from bot.db.metadata import metadata
from bot.db.types import UtcDateTime


class JsonText(TypeDecorator):
    """JSON kept as text in one spelling, so that a part of it can be searched on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """To the database."""
        return None if value is None else json.dumps(value, separators=(",", ":"), default=str)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        """From the database."""
        return None if value is None else json.loads(value)


conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True, comment="SHA-256 of the secret"),
    Column("channel", String(32), nullable=False),
    Column("owner", String(16), nullable=False, comment="bot, waiting, human or closed"),
    Column("platform", String(16), nullable=False),
    Column("next_seq", Integer, nullable=False),
    Column("state", LargeBinary, comment="the brain's, opaque"),
    Column("lease_owner", String(64), comment="the worker that answers it now"),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "lease_owner"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("author", String(16), nullable=False, comment="user, bot, agent or system"),
    Column("client_id", String(36), comment="the sender's, against doubles"),
    Column("text", Text, nullable=False),
    Column("payload", Text, nullable=False, default=""),
    Column("buttons", JsonText, comment="JSON"),
    Column("image", JsonText, comment="JSON"),
    Column("card", JsonText, comment="JSON"),
    Column("at", UtcDateTime, nullable=False),
    # Set on every other row, so that the index of what waits stays small and needs no parameter.
    Column("answered_at", UtcDateTime, comment="NULL while the bot owes this message an answer"),
    Column("intent", String(100), nullable=False, default=""),
    Column("confidence", Float),
    Column("facts", JsonText, comment="JSON, no personal data"),
    Column("address_hash", String(64), nullable=False, default="", comment="pseudonym of the network address"),
    Column("attempts", Integer, nullable=False, default=0, comment="how often a worker died of it"),
    UniqueConstraint("conversation", "client_id"),
    Index(None, "at"),
)

further_tokens = Table(
    "conversation_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True, comment="SHA-256 of the secret"),
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "conversation"),
)
"""Tokens beside a conversation's first one: whoever comes back by a link of a mail gets one of these."""

unanswered = messages.c.answered_at.is_(None)
Index(
    "ix_messages_unanswered",
    messages.c.conversation,
    messages.c.seq,
    sqlite_where=unanswered,
    postgresql_where=unanswered,
)
