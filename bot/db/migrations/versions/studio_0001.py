"""The studio: drafts, changes, decisions, trials, its log and its options.

Revision: studio_0001, the first of its branch.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db.types import UtcDateTime

revision = "studio_0001"
down_revision = None
branch_labels = ("studio",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "studio_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="open, proposed, published or discarded"),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by", sa.String(320), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("published_by", sa.String(320), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_studio_drafts"),
    )
    op.create_table(
        "studio_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON, personal data masked"),
        sa.Column("undoes", sa.Integer(), nullable=True, comment="the change that this row takes back"),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["draft"], ["studio_drafts.id"], name="fk_studio_changes_draft"),
        sa.PrimaryKeyConstraint("id", name="pk_studio_changes"),
    )
    op.create_index("ix_studio_changes_draft", "studio_changes", ["draft"])
    op.create_table(
        "studio_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "mark", sa.String(64), nullable=False, comment="keyed hash of the words: the same words are not asked again"
        ),
        sa.Column("decision", sa.String(16), nullable=False, comment="accept, discard, personal or later"),
        sa.Column("intent", sa.String(100), nullable=False),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_studio_decisions"),
        sa.UniqueConstraint("mark", name="uq_studio_decisions_mark"),
    )
    op.create_table(
        "studio_trials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="the draft's newest row when it began"),
        sa.Column("state", sa.String(16), nullable=False, comment="running, done, stopped or failed"),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("result", sa.Text(), nullable=False, comment="JSON, no personal data"),
        sa.ForeignKeyConstraint(["draft"], ["studio_drafts.id"], name="fk_studio_trials_draft"),
        sa.PrimaryKeyConstraint("id", name="pk_studio_trials"),
    )
    op.create_index("ix_studio_trials_draft", "studio_trials", ["draft"])
    op.create_table(
        "studio_trail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_studio_trail"),
    )
    op.create_table(
        "studio_options",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_studio_options"),
    )


def downgrade() -> None:
    for table in ("options", "trail", "trials", "decisions", "changes", "drafts"):
        op.drop_table(f"studio_{table}")
