"""Telegram: updates that wait, and the chats' conversations.

Revision: telegram_0001, the first of its branch.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.types import UtcDateTime

revision = "telegram_0001"
down_revision = None
branch_labels = ("telegram",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telegram_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False, comment="whose order it keeps; 0 for none"),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="JSON without passwords; emptied once it is dealt with"
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="how often it was begun before"),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(40), nullable=True, comment="the replica that deals with it now"),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True, comment="NULL while it waits"),
        sa.PrimaryKeyConstraint("update_id", name="pk_telegram_updates"),
    )
    op.create_index("ix_telegram_updates_received_at", "telegram_updates", ["received_at"])
    op.create_index(
        "ix_telegram_updates_waiting",
        "telegram_updates",
        ["chat_id", "update_id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "telegram_chats",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False, comment="the update that began the conversation"),
        sa.Column(
            "delivered_seq", sa.Integer(), nullable=False, comment="the newest message that the person has whole"
        ),
        sa.Column("delivered_parts", sa.Integer(), nullable=False, comment="of the message behind it"),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", sa.String(40), nullable=True, comment="the replica that delivers to it now"),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column(
            "looked_at",
            UtcDateTime(),
            nullable=True,
            comment="when somebody last looked for undelivered messages; NULL: look soon",
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_telegram_chats"),
        sa.UniqueConstraint("conversation", name="uq_telegram_chats_conversation"),
    )
    op.create_index("ix_telegram_chats_lease_until", "telegram_chats", ["lease_until"])
    op.create_index("ix_telegram_chats_looked_at", "telegram_chats", ["looked_at"])


def downgrade() -> None:
    op.drop_table("telegram_chats")
    op.drop_table("telegram_updates")
