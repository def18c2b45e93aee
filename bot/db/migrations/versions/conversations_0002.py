"""Further tokens of a conversation, for whoever comes back by a link.

Revision: conversations_0002, follows conversations_0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "conversations_0002"
down_revision = "conversations_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation_tokens",
        sa.Column("token_hash", sa.String(64), nullable=False, comment="SHA-256 of the secret"),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("created_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
            name="fk_conversation_tokens_conversation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_conversation_tokens"),
    )
    op.create_index("ix_conversation_tokens_conversation", "conversation_tokens", ["conversation"])


def downgrade() -> None:
    op.drop_table("conversation_tokens")
