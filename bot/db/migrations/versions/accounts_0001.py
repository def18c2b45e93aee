"""Accounts, their audit trail, and what account recovery keeps.

Revision: accounts_0001, the first of its branch.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.db.types

revision = "accounts_0001"
down_revision = None
branch_labels = ("accounts",)
depends_on = None


def _make_append_only(table: str) -> None:
    """Makes the database itself refuse changes to rows that were written."""
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


def upgrade() -> None:
    op.create_table(
        "account_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("identifier_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_audit")),
    )
    op.create_index(op.f("ix_account_audit_at"), "account_audit", ["at"], unique=False)
    op.create_index(op.f("ix_account_audit_identifier_hash"), "account_audit", ["identifier_hash"], unique=False)
    op.create_table(
        "account_challenges",
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False, comment="the request that drew it"),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_account_challenges")),
    )
    op.create_index(op.f("ix_account_challenges_at"), "account_challenges", ["at"], unique=False)
    op.create_table(
        "account_limits",
        sa.Column("bucket", sa.String(length=64), nullable=False, comment="keyed hash of who or what is counted"),
        sa.Column("since", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_account_limits")),
    )
    op.create_index(op.f("ix_account_limits_since"), "account_limits", ["since"], unique=False)
    op.create_table(
        "account_password_changes",
        sa.Column("key", sa.String(length=64), nullable=False, comment="SHA-256 of the change's idempotency key"),
        sa.Column("at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_account_password_changes")),
    )
    op.create_index(op.f("ix_account_password_changes_at"), "account_password_changes", ["at"], unique=False)
    op.create_table(
        "account_pending_changes",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False, comment="whose turn it is"),
        sa.Column("plan", sa.JSON(), nullable=False, comment="the mails to write, without the password"),
        sa.Column(
            "until",
            bot.db.types.UtcDateTime(timezone=True),
            nullable=False,
            comment="until when its owner is waited for",
        ),
        sa.PrimaryKeyConstraint("platform", "login", name=op.f("pk_account_pending_changes")),
    )
    op.create_table(
        "account_repeats",
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column(
            "logins", sa.JSON(), nullable=False, comment="the accounts that matched; none when the data were wrong"
        ),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("identifier_hash", sa.String(length=64), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_account_repeats")),
    )
    op.create_index(op.f("ix_account_repeats_at"), "account_repeats", ["at"], unique=False)
    op.create_table(
        "account_requests",
        sa.Column("key", sa.String(length=64), nullable=False, comment="SHA-256 of conversation and idempotency key"),
        sa.Column("operation", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "operation", name=op.f("pk_account_requests")),
    )
    op.create_index(op.f("ix_account_requests_at"), "account_requests", ["at"], unique=False)
    op.create_table(
        "account_reset_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("created_at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", bot.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "claimed_at",
            bot.db.types.UtcDateTime(timezone=True),
            nullable=True,
            comment="a remote change is under way since then",
        ),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("used_at", bot.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_reset_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_reset_links_token_hash")),
    )
    op.create_index(op.f("ix_account_reset_links_created_at"), "account_reset_links", ["created_at"], unique=False)
    op.create_index(
        op.f("ix_account_reset_links_platform_login"), "account_reset_links", ["platform", "login"], unique=False
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("user_code", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("id_document", sa.Text(), nullable=False),
        sa.Column("ruc", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("password_changed_at", bot.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("login_key", sa.Text(), nullable=False, comment="what is typed to sign in, without case"),
        sa.Column("user_code_key", sa.Text(), nullable=False),
        sa.Column("username_key", sa.Text(), nullable=False),
        sa.Column("id_document_key", sa.Text(), nullable=False),
        sa.Column("ruc_key", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("phone_key", sa.Text(), nullable=False, comment="the last ten digits at most"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("platform", "login_key", name=op.f("uq_accounts_platform_login_key")),
    )
    op.create_index(op.f("ix_accounts_platform_email_key"), "accounts", ["platform", "email_key"], unique=False)
    op.create_index(
        op.f("ix_accounts_platform_id_document_key"), "accounts", ["platform", "id_document_key"], unique=False
    )
    op.create_index(op.f("ix_accounts_platform_phone_key"), "accounts", ["platform", "phone_key"], unique=False)
    op.create_index(op.f("ix_accounts_platform_ruc_key"), "accounts", ["platform", "ruc_key"], unique=False)

    _make_append_only("account_audit")


def downgrade() -> None:
    op.drop_index(op.f("ix_accounts_platform_ruc_key"), table_name="accounts")
    op.drop_index(op.f("ix_accounts_platform_phone_key"), table_name="accounts")
    op.drop_index(op.f("ix_accounts_platform_id_document_key"), table_name="accounts")
    op.drop_index(op.f("ix_accounts_platform_email_key"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_index(op.f("ix_account_reset_links_platform_login"), table_name="account_reset_links")
    op.drop_index(op.f("ix_account_reset_links_created_at"), table_name="account_reset_links")
    op.drop_table("account_reset_links")
    op.drop_index(op.f("ix_account_requests_at"), table_name="account_requests")
    op.drop_table("account_requests")
    op.drop_index(op.f("ix_account_repeats_at"), table_name="account_repeats")
    op.drop_table("account_repeats")
    op.drop_table("account_pending_changes")
    op.drop_index(op.f("ix_account_password_changes_at"), table_name="account_password_changes")
    op.drop_table("account_password_changes")
    op.drop_index(op.f("ix_account_limits_since"), table_name="account_limits")
    op.drop_table("account_limits")
    op.drop_index(op.f("ix_account_challenges_at"), table_name="account_challenges")
    op.drop_table("account_challenges")
    op.drop_index(op.f("ix_account_audit_identifier_hash"), table_name="account_audit")
    op.drop_index(op.f("ix_account_audit_at"), table_name="account_audit")
    op.drop_table("account_audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION account_audit_append_only()")
