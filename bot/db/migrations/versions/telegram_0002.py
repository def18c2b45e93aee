"""Telegram: which message on the screen shows which message of the conversation, for reactions to it.

Revision: telegram_0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.types import UtcDateTime

revision = "telegram_0002"
down_revision = "telegram_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telegram_shown",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "message_id", sa.BigInteger(), autoincrement=False, nullable=False, comment="Telegram's number of it"
        ),
        sa.Column(
            "seq", sa.Integer(), nullable=False, comment="the message of the chat's conversation that it shows"
        ),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name="pk_telegram_shown"),
    )


def downgrade() -> None:
    op.drop_table("telegram_shown")
