"""Tags, splits and merges of threads, and whom their waiting was told to.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _points(table: str, column: str, target: str, *, ondelete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    """Apply."""
    op.add_column("room", sa.Column("escalation_hours", sa.Integer(), server_default="24", nullable=False))
    op.add_column("thread", _id("merged_into_id", nullable=True))
    op.create_table(
        "thread_tag",
        _id("id"),
        _id("thread_id"),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _points("thread_tag", "thread_id", "thread", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_tag")),
        sa.UniqueConstraint("thread_id", "key", name=op.f("uq_thread_tag_thread_id_key")),
    )
    op.create_index("ix_thread_tag_key", "thread_tag", ["key", "thread_id"], unique=False)
    op.create_table(
        "free_tag",
        _id("id"),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        _id("created_by_id"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _points("free_tag", "created_by_id", "user_account", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_tag")),
        sa.UniqueConstraint("key", name=op.f("uq_free_tag_key")),
    )
    _create_structure()


def _create_structure() -> None:
    op.create_table(
        "thread_split",
        _id("id"),
        _id("thread_id"),
        _id("from_id"),
        _id("by_id"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _id("room_id"),
        _points("thread_split", "thread_id", "thread", ondelete="CASCADE"),
        _points("thread_split", "from_id", "thread", ondelete="CASCADE"),
        _points("thread_split", "by_id", "user_account", ondelete="RESTRICT"),
        _points("thread_split", "room_id", "room", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_split")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_thread_split_thread_id")),
    )
    op.create_index(op.f("ix_thread_split_from_id"), "thread_split", ["from_id"], unique=False)
    op.create_index(op.f("ix_thread_split_room_id"), "thread_split", ["room_id"], unique=False)
    op.create_table(
        "thread_merge",
        _id("id"),
        _id("thread_id"),
        _id("into_id"),
        _id("post_id"),
        _id("by_id"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _id("room_id"),
        _points("thread_merge", "thread_id", "thread", ondelete="CASCADE"),
        _points("thread_merge", "into_id", "thread", ondelete="CASCADE"),
        _points("thread_merge", "post_id", "post", ondelete="CASCADE"),
        _points("thread_merge", "by_id", "user_account", ondelete="RESTRICT"),
        _points("thread_merge", "room_id", "room", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_merge")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_thread_merge_thread_id")),
    )
    op.create_index(op.f("ix_thread_merge_into_id"), "thread_merge", ["into_id"], unique=False)
    op.create_index(op.f("ix_thread_merge_room_id"), "thread_merge", ["room_id"], unique=False)
    op.create_table(
        "escalation",
        _id("id"),
        _id("thread_id"),
        sa.Column("mentors_told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coordinators_told_at", sa.DateTime(timezone=True), nullable=True),
        _points("escalation", "thread_id", "thread", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_escalation_thread_id")),
    )


def downgrade() -> None:
    """Undo."""
    for table in ("escalation", "thread_merge", "thread_split", "free_tag", "thread_tag"):
        op.drop_table(table)
    op.drop_column("thread", "merged_into_id")
    op.drop_column("room", "escalation_hours")
