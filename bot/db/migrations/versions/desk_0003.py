"""The help desk: alerts to browsers.

Revision: desk_0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "desk_0003"
down_revision = "desk_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("desk_sessions") as table:
        table.add_column(
            sa.Column(
                "in_sight",
                sa.Boolean(),
                nullable=False,
                server_default=sa.false(),
                comment="the console was in front in this browser when it last said so",
            )
        )
    op.create_table(
        "desk_push_subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "session",
            sa.String(64),
            nullable=False,
            comment="the sign-in that it ends with: an agent in a browser",
        ),
        sa.Column("endpoint_hash", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="address and keys of the browser, encrypted"),
        sa.Column("created_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"],
            ["desk_sessions.token_hash"],
            name="fk_desk_push_subscriptions_session",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_desk_push_subscriptions"),
        sa.UniqueConstraint("endpoint_hash", name="uq_desk_push_subscriptions_endpoint_hash"),
    )
    op.create_index("ix_desk_push_subscriptions_session", "desk_push_subscriptions", ["session"])
    op.create_table(
        "desk_pushes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.Integer(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("created_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["desk_push_subscriptions.id"],
            name="fk_desk_pushes_subscription",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["case"], ["desk_cases.id"], name="fk_desk_pushes_case", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_pushes"),
    )
    op.create_index("ix_desk_pushes_next_at", "desk_pushes", ["next_at"])
    op.create_index("ix_desk_pushes_subscription", "desk_pushes", ["subscription"])


def downgrade() -> None:
    op.drop_table("desk_pushes")
    op.drop_table("desk_push_subscriptions")
    with op.batch_alter_table("desk_sessions") as table:
        table.drop_column("in_sight")
