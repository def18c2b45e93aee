"""The help desk: agents, cases, their trail, canned answers and the team's time.

Revision: desk_0001, the first of its branch.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "desk_0001"
down_revision = None
branch_labels = ("desk",)
depends_on = ("conversations_0001",)


APPEND_ONLY = "desk_audit"


def upgrade() -> None:
    op.create_table(
        "desk_agents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False, comment="lower case; the sign-in name"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(16), nullable=False, comment="agent, supervisor, trainer or admin"),
        sa.Column("password_hash", sa.String(200), nullable=False, comment="Argon2id; empty until the invitation is taken up"),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True, comment="encrypted; NULL until it is set up"),
        sa.Column("totp_used", sa.Integer(), nullable=False, comment="the newest time step whose code was used"),
        sa.Column("invitation_hash", sa.String(64), nullable=True, comment="SHA-256 of the invitation's secret"),
        sa.Column("invitation_until", bot.db.types.UtcDateTime(), nullable=True),
        sa.Column("enabled", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("available", sa.Boolean(create_constraint=False), nullable=False, comment="takes new cases"),
        sa.Column("seen_at", bot.db.types.UtcDateTime(), nullable=True, comment="the console's last sign of life"),
        sa.Column("created_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_agents"),
        sa.UniqueConstraint("email", name="uq_desk_agents_email"),
    )
    op.create_index("ix_desk_agents_invitation_hash", "desk_agents", ["invitation_hash"])
    op.create_table(
        "desk_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("case", sa.Integer(), nullable=True),
        sa.Column("team", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False, comment="no personal data"),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_audit"),
    )
    op.create_index("ix_desk_audit_at", "desk_audit", ["at"])
    op.create_table(
        "desk_canned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(16), nullable=False, comment="empty: for every team"),
        sa.Column("shortcut", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_canned"),
        sa.UniqueConstraint("team", "shortcut", name="uq_desk_canned_team_shortcut"),
    )
    op.create_table(
        "desk_days",
        sa.Column("team", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("works", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("team", "day", name="pk_desk_days"),
    )
    op.create_table(
        "desk_hours",
        sa.Column("team", sa.String(16), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False, comment="JSON, as in data/platforms"),
        sa.PrimaryKeyConstraint("team", name="pk_desk_hours"),
    )
    op.create_table(
        "desk_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("about", sa.String(64), nullable=False, comment="keyed hash of a conversation, a case or a sign-in name"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_questions"),
    )
    op.create_index("ix_desk_questions_about_at", "desk_questions", ["about", "at"])
    op.create_table(
        "desk_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=True, comment="idempotency key of the message that opened it"),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("team", sa.String(16), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="waiting, taken, pending, answered or closed"),
        sa.Column("live", sa.Boolean(create_constraint=False), nullable=False, comment="somebody was there when it opened"),
        sa.Column("urgent", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=True, comment="who has it"),
        sa.Column("kept_for", sa.Integer(), nullable=True, comment="a transfer's aim"),
        sa.Column("kept_until", bot.db.types.UtcDateTime(), nullable=True),
        sa.Column("front", sa.Boolean(create_constraint=False), nullable=False, comment="came back to the queue"),
        sa.Column("login", sa.String(320), nullable=False, comment="as the person gave it"),
        sa.Column("email", sa.String(320), nullable=False, comment="where answers go; empty where none is known"),
        sa.Column("guide", sa.String(100), nullable=False),
        sa.Column("step", sa.String(200), nullable=False),
        sa.Column("resume", sa.String(200), nullable=False, comment="payload with which the bot goes on"),
        sa.Column("opened_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False, comment="the log's newest message when it opened"),
        sa.Column("promised_until", bot.db.types.UtcDateTime(), nullable=True),
        sa.Column("due_at", bot.db.types.UtcDateTime(), nullable=True),
        sa.Column("unattended_since", bot.db.types.UtcDateTime(), nullable=True),
        sa.Column("claimed_at", bot.db.types.UtcDateTime(), nullable=True, comment="the first time"),
        sa.Column("answered_at", bot.db.types.UtcDateTime(), nullable=True, comment="the agent's first message"),
        sa.Column("closed_at", bot.db.types.UtcDateTime(), nullable=True),
        sa.Column("close_reason", sa.String(32), nullable=False),
        sa.Column("handled_seq", sa.Integer(), nullable=False, comment="messages up to here were looked at"),
        sa.Column("person_at", bot.db.types.UtcDateTime(), nullable=True, comment="the oldest message that waits for the agent"),
        sa.Column("quiet_since", bot.db.types.UtcDateTime(), nullable=True, comment="the newest message of person or agent"),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("warned", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("overdue", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("survey", sa.String(16), nullable=False, comment="empty, asked, rated, writing or done"),
        sa.ForeignKeyConstraint(["agent"], ["desk_agents.id"], name="fk_desk_cases_agent"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_desk_cases_conversation", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["kept_for"], ["desk_agents.id"], name="fk_desk_cases_kept_for"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_cases"),
        sa.UniqueConstraint("key", name="uq_desk_cases_key"),
    )
    op.create_index("ix_desk_cases_conversation", "desk_cases", ["conversation"])
    op.create_index("ix_desk_cases_opened_at", "desk_cases", ["opened_at"])
    op.create_index("ix_desk_cases_team_state", "desk_cases", ["team", "state"])
    op.create_table(
        "desk_duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(16), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(5), nullable=False),
        sa.Column("closes", sa.String(5), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["desk_agents.id"], name="fk_desk_duties_agent", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_duties"),
    )
    op.create_index("ix_desk_duties_team_weekday", "desk_duties", ["team", "weekday"])
    op.create_table(
        "desk_memberships",
        sa.Column("agent", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["desk_agents.id"], name="fk_desk_memberships_agent", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent", "team", name="pk_desk_memberships"),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("confirmed", sa.Boolean(create_constraint=False), nullable=False, comment="the second factor was given"),
        sa.Column("created_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("used_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["desk_agents.id"], name="fk_desk_sessions_agent", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_desk_sessions"),
    )
    op.create_index("ix_desk_sessions_agent", "desk_sessions", ["agent"])
    op.create_table(
        "desk_deliveries",
        sa.Column("number", sa.Integer(), nullable=False, comment="the order in which they go out"),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("state", sa.String(16), nullable=False, comment="pending, sent or failed"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("created_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["desk_cases.id"], name="fk_desk_deliveries_case", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_desk_deliveries"),
        sa.UniqueConstraint("id", name="uq_desk_deliveries_id"),
    )
    op.create_index("ix_desk_deliveries_state_next_at", "desk_deliveries", ["state", "next_at"])
    op.create_table(
        "desk_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(), nullable=False),
        sa.Column("team", sa.String(16), nullable=False),
        sa.Column("case", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=True, comment="whom it is about"),
        sa.Column("detail", sa.String(200), nullable=False, comment="no personal data"),
        sa.ForeignKeyConstraint(["case"], ["desk_cases.id"], name="fk_desk_events_case", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_events"),
    )
    op.create_index("ix_desk_events_at", "desk_events", ["at"])
    op.create_index("ix_desk_events_case", "desk_events", ["case"])
    op.create_table(
        "desk_links",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="where the conversation is reopened"),
        sa.Column("expires_at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["desk_cases.id"], name="fk_desk_links_case", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_desk_links"),
    )
    op.create_index("ix_desk_links_case", "desk_links", ["case"])
    op.create_table(
        "desk_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["desk_agents.id"], name="fk_desk_notes_agent"),
        sa.ForeignKeyConstraint(["case"], ["desk_cases.id"], name="fk_desk_notes_case", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_notes"),
    )
    op.create_index("ix_desk_notes_case", "desk_notes", ["case"])
    op.create_table(
        "desk_outside_messages",
        sa.Column("key", sa.String(200), nullable=False, comment="Message-ID of a mail or id of a webhook"),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["desk_cases.id"], name="fk_desk_outside_messages_case", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_desk_outside_messages"),
    )
    _keep_audit()


def _keep_audit() -> None:
    """The database itself refuses to change what is on the trail."""
    table = APPEND_ONLY
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )


def downgrade() -> None:
    op.drop_table("desk_outside_messages")
    op.drop_table("desk_notes")
    op.drop_table("desk_links")
    op.drop_table("desk_events")
    op.drop_table("desk_deliveries")
    op.drop_table("desk_sessions")
    op.drop_table("desk_memberships")
    op.drop_table("desk_duties")
    op.drop_table("desk_cases")
    op.drop_table("desk_questions")
    op.drop_table("desk_hours")
    op.drop_table("desk_days")
    op.drop_table("desk_canned")
    op.drop_table("desk_audit")
    op.drop_table("desk_agents")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {APPEND_ONLY}_append_only()")
