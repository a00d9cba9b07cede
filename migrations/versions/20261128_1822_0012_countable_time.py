"""Countable time: agenda with segments, pauses, prompts, and the stretches of attendance that count.

Revision: 0012, after 0011.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
STILL_OPEN = {
    "sqlite_where": sa.text("ended_at IS NULL"),
    "postgresql_where": sa.text("ended_at IS NULL"),
}


def upgrade() -> None:
    """Apply."""
    _add_agenda()
    _add_stretches()
    op.add_column("live_session", sa.Column("paused_at", MOMENT, nullable=True))
    op.add_column("live_session", sa.Column("still_here_minutes", sa.Integer(), nullable=True))
    op.add_column("participation_entry", sa.Column("stretch_id", ID, nullable=True))
    op.create_index("ix_participation_entry_stretch", "participation_entry", ["stretch_id"])
    _fill_stretches()
    op.drop_column("attendance_interval", "seconds")


def downgrade() -> None:
    """Undo; agendas, pauses and what was counted anew are lost."""
    op.add_column("attendance_interval", sa.Column("seconds", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("ix_participation_entry_stretch", "participation_entry")
    op.drop_column("participation_entry", "stretch_id")
    op.drop_column("live_session", "still_here_minutes")
    op.drop_column("live_session", "paused_at")
    for table in ("still_here", "counted_stretch", "session_pause", "segment_run", "segment"):
        op.drop_table(table)


def _session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session_id"],
        ["live_session.id"],
        name=op.f(f"fk_{table}_session_id_live_session"),
        ondelete="RESTRICT",
    )


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"],
        ["user_account.id"],
        name=op.f(f"fk_{table}_user_id_user_account"),
        ondelete="RESTRICT",
    )


def _add_agenda() -> None:
    op.create_table(
        "segment",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("countable", sa.Boolean(), nullable=False),
        sa.Column("interactive", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_segment_minutes")),
        _session("segment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    op.create_index("ix_segment_session_id_position", "segment", ["session_id", "position"])
    op.create_table(
        "segment_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("segment_id", ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_segment_run_times")),
        _session("segment_run"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_segment_run_segment_id_segment"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_run")),
    )
    op.create_index("ix_segment_run_session_id_started_at", "segment_run", ["session_id", "started_at"])
    op.create_index(op.f("ix_segment_run_segment_id"), "segment_run", ["segment_id"])
    op.create_index("uq_segment_run_open", "segment_run", ["session_id"], unique=True, **STILL_OPEN)
    op.create_table(
        "session_pause",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_session_pause_times")),
        _session("session_pause"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_pause")),
    )
    op.create_index("ix_session_pause_session_id_started_at", "session_pause", ["session_id", "started_at"])
    op.create_index("uq_session_pause_open", "session_pause", ["session_id"], unique=True, **STILL_OPEN)


def _add_stretches() -> None:
    op.create_table(
        "counted_stretch",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_counted_stretch_times")),
        _session("counted_stretch"),
        _person("counted_stretch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_stretch")),
    )
    op.create_index("ix_counted_stretch_session_user", "counted_stretch", ["session_id", "user_id"])
    op.create_index(op.f("ix_counted_stretch_user_id"), "counted_stretch", ["user_id"])
    op.create_table(
        "still_here",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _session("still_here"),
        _person("still_here"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_still_here")),
    )
    op.create_index("ix_still_here_session_user", "still_here", ["session_id", "user_id"])
    op.create_index(op.f("ix_still_here_user_id"), "still_here", ["user_id"])


def _fill_stretches() -> None:
    """Let every stretch that was counted so far count on, under the same line of the ledger."""
    connection = op.get_bind()
    interval = sa.table(
        "attendance_interval",
        *(sa.column(name, ID) for name in ("id", "session_id", "user_id")),
        sa.column("first_at", MOMENT),
        sa.column("is_open", sa.Boolean),
        sa.column("seconds", sa.Integer),
    )
    stretch = sa.table(
        "counted_stretch",
        *(sa.column(name, ID) for name in ("id", "session_id", "user_id")),
        sa.column("started_at", MOMENT),
        sa.column("ended_at", MOMENT),
    )
    found = connection.execute(
        sa.select(interval).where(interval.c.is_open.is_(False), interval.c.seconds > 0).order_by(interval.c.id)
    ).all()
    for row in found:
        connection.execute(
            sa.insert(stretch).values(
                session_id=row.session_id,
                user_id=row.user_id,
                started_at=row.first_at,
                ended_at=row.first_at + timedelta(seconds=row.seconds),
            )
        )
    op.execute(
        """UPDATE participation_entry SET stretch_id = (
            SELECT min(counted_stretch.id) FROM counted_stretch
            WHERE counted_stretch.session_id = participation_entry.session_id
            AND counted_stretch.user_id = participation_entry.user_id
            AND counted_stretch.started_at = participation_entry.started_at
        ) WHERE activity = 'session_attended'"""
    )
