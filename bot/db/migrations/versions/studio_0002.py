"""The studio: decisions about messages are only added, the newest of each wording counts.

Revision: studio_0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "studio_0002"
down_revision = "studio_0001"
branch_labels = None
depends_on = None

TURN = "counts the decisions about these words; the newest one holds"
BEFORE, NOW = "accept, discard, personal or later", "accept, discard, personal, later, or undo"


def upgrade() -> None:
    with op.batch_alter_table("studio_decisions") as table:
        table.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="1", comment=TURN))
        table.drop_constraint("uq_studio_decisions_mark", type_="unique")
        table.create_unique_constraint("uq_studio_decisions_mark_turn", ["mark", "turn"])
        table.alter_column("decision", existing_type=sa.String(16), existing_comment=BEFORE, comment=NOW)


def downgrade() -> None:
    # The schema before knew of one row for each wording.
    op.execute(
        "DELETE FROM studio_decisions WHERE decision = 'undo' OR EXISTS"
        " (SELECT 1 FROM studio_decisions AS later WHERE later.mark = studio_decisions.mark"
        " AND later.turn > studio_decisions.turn)"
    )
    with op.batch_alter_table("studio_decisions") as table:
        table.drop_constraint("uq_studio_decisions_mark_turn", type_="unique")
        table.create_unique_constraint("uq_studio_decisions_mark", ["mark"])
        table.drop_column("turn")
        table.alter_column("decision", existing_type=sa.String(16), existing_comment=NOW, comment=BEFORE)
