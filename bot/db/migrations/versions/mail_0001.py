"""The outbox.

Revision: mail_0001, the first of its branch.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "mail_0001"
down_revision = None
branch_labels = ("mail",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(200), nullable=True, comment="idempotency key, NULL where none was given"),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column(
            "payload",
            sa.LargeBinary(),
            nullable=True,
            comment="subject, text, HTML and headers, encrypted; NULL once nothing is due",
        ),
        sa.Column(
            "state", sa.String(16), nullable=False, comment="pending, sending, sent, failed or uncertain"
        ),
        sa.Column(
            "stage",
            sa.String(16),
            nullable=False,
            comment="while sending: talking, or ending once the last dot may be out",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_owner", sa.String(64), nullable=False),
        sa.Column("lease_until", bot.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", bot.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_state_next_attempt_at"), "outbox", ["state", "next_attempt_at"])


def downgrade() -> None:
    op.drop_table("outbox")
