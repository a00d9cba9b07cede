"""Mentions, bookmarks with reminders, and private notes.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("remind_at IS NOT NULL AND reminded_at IS NULL")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "mention",
        sa.Column("id", ID, nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_mention_user_id_user_account"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("target", "target_id", "user_id", name=op.f("uq_mention_target_target_id_user_id")),
    )
    op.create_index(op.f("ix_mention_user_id"), "mention", ["user_id"])
    op.create_table(
        "bookmark",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_bookmark_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmark")),
        sa.UniqueConstraint("user_id", "target", "target_id", name=op.f("uq_bookmark_user_id_target_target_id")),
    )
    op.create_index("ix_bookmark_waiting", "bookmark", ["remind_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table(
        "thread_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_note_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_thread_note_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_note")),
        sa.UniqueConstraint("user_id", "thread_id", name=op.f("uq_thread_note_user_id_thread_id")),
    )
    op.create_index(op.f("ix_thread_note_thread_id"), "thread_note", ["thread_id"])


def downgrade() -> None:
    """Drop them again, with what people kept in them."""
    op.drop_table("thread_note")
    op.drop_table("bookmark")
    op.drop_table("mention")
