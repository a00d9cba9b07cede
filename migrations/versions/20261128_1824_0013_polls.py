"""Polls of live sessions: rounds, named ballots, marks of anonymous voters, counters and groups of free answers.

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _add_polls()
    _add_ballots()
    _add_counters()


def downgrade() -> None:
    """Undo; polls and their ballots are lost."""
    for table in ("poll_group", "poll_tally", "poll_mark", "poll_ballot", "poll_round", "live_poll"):
        op.drop_table(table)


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def _add_polls() -> None:
    op.create_table(
        "live_poll",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("correct", sa.JSON(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("max_choices", sa.Integer(), nullable=True),
        sa.Column("scale_min", sa.Integer(), nullable=False),
        sa.Column("scale_max", sa.Integer(), nullable=False),
        sa.Column("label_min", sa.String(60), nullable=False),
        sa.Column("label_max", sa.String(60), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("may_change", sa.Boolean(), nullable=False),
        sa.Column("two_rounds", sa.Boolean(), nullable=False),
        sa.Column("results_when", sa.String(10), nullable=False),
        sa.Column("reveal", sa.String(10), nullable=False),
        sa.Column("timer_seconds", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("room_id", ID, nullable=False),
        _link("live_poll", "session_id", "live_session"),
        _link("live_poll", "created_by_id", "user_account"),
        _link("live_poll", "room_id", "room"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_poll")),
    )
    op.create_index("ix_live_poll_session_id_id", "live_poll", ["session_id", "id"])
    op.create_index(op.f("ix_live_poll_room_id"), "live_poll", ["room_id"])
    op.create_table(
        "poll_round",
        sa.Column("id", ID, nullable=False),
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("voters", sa.Integer(), nullable=False),
        _link("poll_round", "poll_id", "live_poll"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_round")),
        sa.UniqueConstraint("poll_id", "number", name=op.f("uq_poll_round_poll_id_number")),
    )
    op.create_index("ix_poll_round_closed_at_ends_at", "poll_round", ["closed_at", "ends_at"])


def _add_ballots() -> None:
    op.create_table(
        "poll_ballot",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _link("poll_ballot", "round_id", "poll_round"),
        _link("poll_ballot", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_ballot")),
        sa.UniqueConstraint("round_id", "user_id", name=op.f("uq_poll_ballot_round_id_user_id")),
    )
    op.create_index(op.f("ix_poll_ballot_user_id"), "poll_ballot", ["user_id"])
    op.create_table(
        "poll_mark",
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        _link("poll_mark", "round_id", "poll_round"),
        _link("poll_mark", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_mark")),
        sa.UniqueConstraint("round_id", "user_id", name=op.f("uq_poll_mark_round_id_user_id")),
    )
    op.create_index(op.f("ix_poll_mark_user_id"), "poll_mark", ["user_id"])


def _add_counters() -> None:
    op.create_table(
        "poll_tally",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("firsts", sa.Integer(), nullable=False),
        _link("poll_tally", "round_id", "poll_round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_tally")),
        sa.UniqueConstraint("round_id", "place", name=op.f("uq_poll_tally_round_id_place")),
    )
    op.create_table(
        "poll_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("norm", sa.String(400), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("into_id", ID, nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        _link("poll_group", "round_id", "poll_round"),
        _link("poll_group", "into_id", "poll_group"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_group")),
        sa.UniqueConstraint("round_id", "norm", name=op.f("uq_poll_group_round_id_norm")),
    )
