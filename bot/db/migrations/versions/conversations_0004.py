"""Files that came with messages.

Revision: conversations_0004, follows conversations_0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "conversations_0004"
down_revision = "conversations_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="of the message that it came with"),
        sa.Column("name", sa.String(120), nullable=False, comment="without personal data"),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="as its feature sealed it"),
        sa.Column("at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_message_files_conversation", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_files"),
    )
    op.create_index("ix_message_files_conversation", "message_files", ["conversation"])


def downgrade() -> None:
    op.drop_table("message_files")
