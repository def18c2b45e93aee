"""Messages are found by their time: the figures of the help desk are of some days.

Revision: conversations_0003, follows conversations_0002.
"""

from __future__ import annotations

from alembic import op

revision = "conversations_0003"
down_revision = "conversations_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_messages_at", "messages", ["at"])


def downgrade() -> None:
    op.drop_index("ix_messages_at", table_name="messages")
