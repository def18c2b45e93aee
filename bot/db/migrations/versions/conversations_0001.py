"""Conversations and their message log.

Revision: conversations_0001, the first of its branch.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "conversations_0001"
down_revision = None
branch_labels = ("conversations",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, comment="SHA-256 of the secret"),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(16), nullable=False, comment="bot, waiting, human or closed"),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("next_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True, comment="the brain's, opaque"),
        sa.Column("lease_owner", sa.String(64), nullable=True, comment="the worker that answers it now"),
        sa.Column("lease_until", bot.db.types.UtcDateTime(), nullable=True),
        sa.Column("created_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("token_hash", name="uq_conversations_token_hash"),
    )
    op.create_index("ix_conversations_lease_owner", "conversations", ["lease_owner"])
    op.create_table(
        "messages",
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(16), nullable=False, comment="user, bot, agent or system"),
        sa.Column("client_id", sa.String(36), nullable=True, comment="the sender's, against doubles"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("buttons", sa.Text(), nullable=True, comment="JSON"),
        sa.Column("image", sa.Text(), nullable=True, comment="JSON"),
        sa.Column("card", sa.Text(), nullable=True, comment="JSON"),
        sa.Column("at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column(
            "answered_at",
            bot.db.types.UtcDateTime(),
            nullable=True,
            comment="NULL while the bot owes this message an answer",
        ),
        sa.Column("intent", sa.String(100), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True, comment="JSON, no personal data"),
        sa.Column("address_hash", sa.String(64), nullable=False, comment="pseudonym of the network address"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="how often a worker died of it"),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_messages_conversation", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation", "seq", name="pk_messages"),
        sa.UniqueConstraint("conversation", "client_id", name="uq_messages_conversation_client_id"),
    )
    op.create_index(
        "ix_messages_unanswered",
        "messages",
        ["conversation", "seq"],
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("messages")
    op.drop_table("conversations")
