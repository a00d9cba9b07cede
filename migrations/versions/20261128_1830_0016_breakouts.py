"""Breakouts of a live session: groups, stations, rounds, meetings, and each group's chat and notes.

Revision: 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), ondelete="RESTRICT"
    )


def upgrade() -> None:
    """Apply."""
    _add_breakout()
    _add_groups()
    _add_stations()
    _add_rounds()
    op.create_table(
        "group_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.Column("hidden_reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        _key("group_message", "author_id", "user_account"),
        _key("group_message", "group_id", "breakout_group"),
        _key("group_message", "room_id", "room"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_message")),
    )
    op.create_index(op.f("ix_group_message_author_id"), "group_message", ["author_id"])
    op.create_index(op.f("ix_group_message_room_id"), "group_message", ["room_id"])
    op.create_index("ix_group_message_group_id_id", "group_message", ["group_id", "id"])


def _add_breakout() -> None:
    op.create_table(
        "breakout",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("round_count", sa.Integer(), nullable=False),
        sa.Column("round_seconds", sa.Integer(), nullable=False),
        sa.Column("changeover_seconds", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        sa.CheckConstraint("round_seconds > 0", name=op.f("ck_breakout_round_seconds")),
        sa.CheckConstraint("changeover_seconds >= 0", name=op.f("ck_breakout_changeover_seconds")),
        _key("breakout", "created_by_id", "user_account"),
        _key("breakout", "room_id", "room"),
        _key("breakout", "session_id", "live_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout")),
    )
    op.create_index(op.f("ix_breakout_created_by_id"), "breakout", ["created_by_id"])
    op.create_index("ix_breakout_due_at", "breakout", ["due_at"])
    op.create_index(op.f("ix_breakout_room_id"), "breakout", ["room_id"])
    op.create_index("ix_breakout_session_id_id", "breakout", ["session_id", "id"])
    not_over = sa.text("state != 'ended'")
    op.create_index(
        "uq_breakout_open", "breakout", ["session_id"], unique=True, sqlite_where=not_over, postgresql_where=not_over
    )


def _add_groups() -> None:
    op.create_table(
        "breakout_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("breakout_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("since_round", sa.Integer(), nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("notes_revision", sa.Integer(), nullable=False),
        sa.Column("notes_saved_at", MOMENT, nullable=True),
        sa.Column("notes_saved_by_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        _key("breakout_group", "breakout_id", "breakout"),
        _key("breakout_group", "notes_saved_by_id", "user_account"),
        _key("breakout_group", "room_id", "room"),
        _key("breakout_group", "session_id", "live_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout_group")),
    )
    for column in ("breakout_id", "room_id", "session_id"):
        op.create_index(op.f(f"ix_breakout_group_{column}"), "breakout_group", [column])
    op.create_table(
        "breakout_member",
        sa.Column("id", ID, nullable=False),
        sa.Column("breakout_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        _key("breakout_member", "breakout_id", "breakout"),
        _key("breakout_member", "group_id", "breakout_group"),
        _key("breakout_member", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout_member")),
    )
    for column in ("breakout_id", "user_id"):
        op.create_index(op.f(f"ix_breakout_member_{column}"), "breakout_member", [column])
    op.create_index("ix_breakout_member_group_id", "breakout_member", ["group_id"])
    present = sa.text("left_at IS NULL")
    op.create_index(
        "uq_breakout_member_present",
        "breakout_member",
        ["breakout_id", "user_id"],
        unique=True,
        sqlite_where=present,
        postgresql_where=present,
    )


def _add_stations() -> None:
    op.create_table(
        "breakout_station",
        sa.Column("id", ID, nullable=False),
        sa.Column("breakout_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("expert_id", ID, nullable=True),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        _key("breakout_station", "breakout_id", "breakout"),
        _key("breakout_station", "expert_id", "user_account"),
        _key("breakout_station", "room_id", "room"),
        _key("breakout_station", "session_id", "live_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout_station")),
    )
    for column in ("breakout_id", "expert_id", "room_id", "session_id"):
        op.create_index(op.f(f"ix_breakout_station_{column}"), "breakout_station", [column])


def _add_rounds() -> None:
    op.create_table(
        "breakout_round",
        sa.Column("id", ID, nullable=False),
        sa.Column("breakout_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        _key("breakout_round", "breakout_id", "breakout"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout_round")),
        sa.UniqueConstraint("breakout_id", "number", name=op.f("uq_breakout_round_breakout_id_number")),
    )
    op.create_table(
        "breakout_pause",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_breakout_pause_times")),
        _key("breakout_pause", "round_id", "breakout_round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout_pause")),
    )
    op.create_index(op.f("ix_breakout_pause_round_id"), "breakout_pause", ["round_id"])
    op.create_table(
        "breakout_meeting",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("station_id", ID, nullable=False),
        sa.Column("cut_at", MOMENT, nullable=True),
        _key("breakout_meeting", "group_id", "breakout_group"),
        _key("breakout_meeting", "round_id", "breakout_round"),
        _key("breakout_meeting", "station_id", "breakout_station"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakout_meeting")),
        sa.UniqueConstraint("round_id", "group_id", name=op.f("uq_breakout_meeting_round_id_group_id")),
        sa.UniqueConstraint("round_id", "station_id", name=op.f("uq_breakout_meeting_round_id_station_id")),
    )
    for column in ("group_id", "station_id"):
        op.create_index(op.f(f"ix_breakout_meeting_{column}"), "breakout_meeting", [column])


def downgrade() -> None:
    """Undo."""
    for table in (
        "group_message",
        "breakout_meeting",
        "breakout_pause",
        "breakout_round",
        "breakout_station",
        "breakout_member",
        "breakout_group",
        "breakout",
    ):
        op.drop_table(table)
