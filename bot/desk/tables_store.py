"""The help desk's tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.db.metadata import metadata
from bot.db.types import UtcDateTime

agents = Table(
    "desk_agents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(320), nullable=False, unique=True, comment="lower case; the sign-in name"),
    Column("name", String(120), nullable=False),
    Column("role", String(16), nullable=False, comment="agent, supervisor, trainer or admin"),
    Column("password_hash", String(200), nullable=False, comment="Argon2id; empty until the invitation is taken up"),
    Column("totp_secret", LargeBinary, comment="encrypted; NULL until it is set up"),
    Column("totp_used", Integer, nullable=False, comment="the newest time step whose code was used"),
    Column("invitation_hash", String(64), comment="SHA-256 of the invitation's secret"),
    Column("invitation_until", UtcDateTime),
    Column("enabled", Boolean(create_constraint=False), nullable=False),
    Column("available", Boolean(create_constraint=False), nullable=False, comment="takes new cases"),
    Column("seen_at", UtcDateTime, comment="the console's last sign of life"),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "invitation_hash"),
)

memberships = Table(
    "desk_memberships",
    metadata,
    Column("agent", Integer, ForeignKey("desk_agents.id", ondelete="CASCADE"), primary_key=True),
    Column("team", String(16), primary_key=True),
)

sessions = Table(
    "desk_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent", Integer, ForeignKey("desk_agents.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("confirmed", Boolean(create_constraint=False), nullable=False, comment="the second factor was given"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column(
        "in_sight",
        Boolean(create_constraint=False),
        nullable=False,
        server_default=false(),
        comment="the console was in front in this browser when it last said so",
    ),
    Index(None, "agent"),
)

cases = Table(
    "desk_cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), unique=True, comment="idempotency key of the message that opened it"),
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("team", String(16), nullable=False),
    Column("topic", String(100), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("state", String(16), nullable=False, comment="waiting, taken, pending, answered or closed"),
    Column("live", Boolean(create_constraint=False), nullable=False, comment="somebody was there when it opened"),
    Column("urgent", Boolean(create_constraint=False), nullable=False),
    Column("agent", Integer, ForeignKey("desk_agents.id"), comment="who has it"),
    Column("kept_for", Integer, ForeignKey("desk_agents.id"), comment="a transfer's aim"),
    Column("kept_until", UtcDateTime),
    Column("front", Boolean(create_constraint=False), nullable=False, comment="came back to the queue"),
    Column("login", String(320), nullable=False, comment="as the person gave it"),
    Column("email", String(320), nullable=False, comment="where answers go; empty where none is known"),
    Column("guide", String(100), nullable=False),
    Column("step", String(200), nullable=False),
    Column("resume", String(200), nullable=False, comment="payload with which the bot goes on"),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("opened_seq", Integer, nullable=False, comment="the log's newest message when it opened"),
    Column("promised_until", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("unattended_since", UtcDateTime),
    Column("claimed_at", UtcDateTime, comment="the first time"),
    Column("answered_at", UtcDateTime, comment="the agent's first message"),
    Column("closed_at", UtcDateTime),
    Column("close_reason", String(32), nullable=False),
    Column("handled_seq", Integer, nullable=False, comment="messages up to here were looked at"),
    Column(
        "seen_seq",
        Integer,
        nullable=False,
        server_default="0",
        comment="messages up to here stand on the person's screen",
    ),
    Column("person_at", UtcDateTime, comment="the oldest message that waits for the agent"),
    Column("quiet_since", UtcDateTime, comment="the newest message of person or agent"),
    Column("alerts", Integer, nullable=False),
    Column("warned", Boolean(create_constraint=False), nullable=False),
    Column("overdue", Boolean(create_constraint=False), nullable=False),
    Column("rating", Integer),
    Column("comment", Text, nullable=False),
    Column("survey", String(16), nullable=False, comment="empty, asked, rated, writing or done"),
    Index(None, "conversation"),
    Index(None, "team", "state"),
    Index(None, "opened_at"),
)

notes = Table(
    "desk_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case", Integer, ForeignKey("desk_cases.id", ondelete="CASCADE"), nullable=False),
    Column("agent", Integer, ForeignKey("desk_agents.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "case"),
)

events = Table(
    "desk_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("team", String(16), nullable=False),
    Column("case", Integer, ForeignKey("desk_cases.id", ondelete="CASCADE")),
    Column("kind", String(32), nullable=False),
    Column("agent", Integer, comment="whom it is about"),
    Column("detail", String(200), nullable=False, comment="no personal data"),
    Index(None, "case"),
    Index(None, "at"),
)

audit = Table(
    "desk_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("agent", Integer),
    Column("action", String(64), nullable=False),
    Column("case", Integer),
    Column("team", String(16), nullable=False),
    Column("detail", String(200), nullable=False, comment="no personal data"),
    Column("address_hash", String(64), nullable=False),
    Index(None, "at"),
)

canned = Table(
    "desk_canned",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("team", String(16), nullable=False, comment="empty: for every team"),
    Column("shortcut", String(40), nullable=False),
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("updated_by", Integer),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("team", "shortcut"),
)

hours = Table(
    "desk_hours",
    metadata,
    Column("team", String(16), primary_key=True),
    Column("hours", Text, nullable=False, comment="JSON, as in data/platforms"),
)

own_days = Table(
    "desk_days",
    metadata,
    Column("team", String(16), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("works", Boolean(create_constraint=False), nullable=False),
)

duties = Table(
    "desk_duties",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agent", Integer, ForeignKey("desk_agents.id", ondelete="CASCADE"), nullable=False),
    Column("team", String(16), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("opens", String(5), nullable=False),
    Column("closes", String(5), nullable=False),
    Index(None, "team", "weekday"),
)

links = Table(
    "desk_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("case", Integer, ForeignKey("desk_cases.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False, comment="where the conversation is reopened"),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "case"),
)

questions = Table(
    "desk_questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("about", String(64), nullable=False, comment="keyed hash of a conversation, a case or a sign-in name"),
    Index(None, "about", "at"),
)

deliveries = Table(
    "desk_deliveries",
    metadata,
    Column("number", Integer, primary_key=True, comment="the order in which they go out"),
    Column("id", String(36), nullable=False, unique=True),
    Column("case", Integer, ForeignKey("desk_cases.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", Text, nullable=False, comment="JSON"),
    Column("state", String(16), nullable=False, comment="pending, sent or failed"),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "state", "next_at"),
)

outside_messages = Table(
    "desk_outside_messages",
    metadata,
    Column("key", String(200), primary_key=True, comment="Message-ID of a mail or id of a webhook"),
    Column("case", Integer, ForeignKey("desk_cases.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


def as_row(row: Any) -> dict[str, Any]:
    """A row's columns by name."""
    return dict(row._mapping)
