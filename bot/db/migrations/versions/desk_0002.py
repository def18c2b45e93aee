"""The help desk: what has reached the person's screen.

Revision: desk_0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "desk_0002"
down_revision = "desk_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("desk_cases") as table:
        table.add_column(
            sa.Column(
                "seen_seq",
                sa.Integer(),
                nullable=False,
                server_default="0",
                comment="messages up to here stand on the person's screen",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("desk_cases") as table:
        table.drop_column("seen_seq")
