"""Planning live sessions: series, a line of people who wait, eligibility, co-mentors, calendar feeds.

Revision: 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "live_series",
        sa.Column("id", ID, nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_live_series_created_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_live_series_room_id_room"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_series")),
    )
    op.create_index(op.f("ix_live_series_created_by_id"), "live_series", ["created_by_id"])
    op.create_index(op.f("ix_live_series_room_id"), "live_series", ["room_id"])
    op.create_table(
        "calendar_feed",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("all_sessions", sa.Boolean(), nullable=False),
        sa.Column("last_read_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_calendar_feed_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feed_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("live_session") as batch:
        batch.add_column(sa.Column("waiting_count", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("changed_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("series_id", ID, nullable=True))
        batch.add_column(sa.Column("series_place", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("series_length", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("eligible_professions", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("eligible_stages", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("requires_verified", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_foreign_key(
            op.f("fk_live_session_series_id_live_series"), "live_series", ["series_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_index(op.f("ix_live_session_series_id"), ["series_id"])
    with op.batch_alter_table("session_mentor") as batch:
        batch.add_column(sa.Column("role", sa.String(20), nullable=False, server_default="lead"))
    with op.batch_alter_table("rsvp") as batch:
        batch.add_column(sa.Column("ticket", sa.Integer(), nullable=True))
        batch.create_index("ix_rsvp_line", ["session_id", "state", "ticket"])


def downgrade() -> None:
    """Undo; series become single sessions, feeds end, and who waits for a place is no longer known."""
    op.execute("UPDATE rsvp SET state = 'declined' WHERE state = 'waiting'")
    with op.batch_alter_table("rsvp") as batch:
        batch.drop_index("ix_rsvp_line")
        batch.drop_column("ticket")
    with op.batch_alter_table("session_mentor") as batch:
        batch.drop_column("role")
    with op.batch_alter_table("live_session") as batch:
        batch.drop_index(op.f("ix_live_session_series_id"))
        batch.drop_constraint(op.f("fk_live_session_series_id_live_series"), type_="foreignkey")
        for name in (
            "requires_verified",
            "eligible_stages",
            "eligible_professions",
            "series_length",
            "series_place",
            "series_id",
            "changed_at",
            "sequence",
            "waiting_count",
        ):
            batch.drop_column(name)
    op.drop_table("calendar_feed")
    op.drop_table("live_series")
