"""Rooms say what happens in them and when, and for which professions they are.

Revision: 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("room") as batch:
        batch.add_column(sa.Column("agenda_md", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("agenda_html", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("professions", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("verified_only", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Undo; agendas and the choice of professions are lost."""
    with op.batch_alter_table("room") as batch:
        for name in ("verified_only", "professions", "agenda_html", "agenda_md"):
            batch.drop_column(name)
