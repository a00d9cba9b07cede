"""After a live session: the mentor's summary, the archive as an activity of its own, and when an open question is due.

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply; sessions that were archived before get their archive too."""
    op.create_table(
        "session_archive",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("summary_md", sa.Text(), nullable=False, server_default=""),
        sa.Column("summary_html", sa.Text(), nullable=False, server_default=""),
        sa.Column("summary_revision", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("summarized_by_id", ID, nullable=True),
        sa.Column("summarized_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["live_session.id"],
            name=op.f("fk_session_archive_session_id_live_session"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_session_archive_room_id_room"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["summarized_by_id"],
            ["user_account.id"],
            name=op.f("fk_session_archive_summarized_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_archive")),
        sa.UniqueConstraint("session_id", name=op.f("uq_session_archive_session_id")),
    )
    op.create_index(op.f("ix_session_archive_room_id"), "session_archive", ["room_id"])
    with op.batch_alter_table("thread") as batch:
        batch.add_column(sa.Column("answer_due_at", MOMENT, nullable=True))
    op.execute(
        """INSERT INTO session_archive (session_id, room_id, opened_at)
        SELECT id, room_id, archived_at FROM live_session WHERE archived_at IS NOT NULL"""
    )


def downgrade() -> None:
    """Undo; summaries and due dates are lost."""
    with op.batch_alter_table("thread") as batch:
        batch.drop_column("answer_due_at")
    op.drop_table("session_archive")
