"""Cases in steps, answering before seeing, outcomes and recall cards.

Revision: 0002, after 0001.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _recreate() -> Literal["always", "never"]:
    return "always" if _is_sqlite() else "never"


def _after(column: str) -> dict[str, str]:
    """Place a column; only SQLite, which writes the table anew, can."""
    return {"insert_after": column} if _is_sqlite() else {}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "recall_preference",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recall_preference_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_preference")),
        sa.UniqueConstraint("user_id", name=op.f("uq_recall_preference_user_id")),
    )
    op.create_table(
        "case_outcome",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("diagnosis", sa.String(length=200), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=False),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_case_outcome_author_id_user_account"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_case_outcome_room_id_room"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_case_outcome_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_outcome")),
    )
    with op.batch_alter_table("case_outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_outcome_room_id"), ["room_id"], unique=False)
        batch_op.create_index("ix_case_outcome_thread_id_id", ["thread_id", "id"], unique=False)

    op.create_table(
        "case_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("ask", sa.String(length=10), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("may_skip", sa.Boolean(), nullable=False),
        sa.Column("answer_from", sa.Integer(), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_case_step_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        sa.UniqueConstraint("thread_id", "position", name=op.f("uq_case_step_thread_id_position")),
    )
    op.create_table(
        "outcome_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_outcome_request_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_request")),
        sa.UniqueConstraint("thread_id", "weeks", name=op.f("uq_outcome_request_thread_id_weeks")),
    )
    op.create_table(
        "recall_card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_result", sa.String(length=10), nullable=True),
        sa.Column("repetitions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_recall_card_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recall_card_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_card")),
        sa.UniqueConstraint("user_id", "thread_id", name=op.f("uq_recall_card_user_id_thread_id")),
    )
    with op.batch_alter_table("recall_card", schema=None) as batch_op:
        batch_op.create_index("ix_recall_card_due", ["user_id", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_card_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "step_option",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"], ["case_step.id"], name=op.f("fk_step_option_step_id_case_step"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_option")),
        sa.UniqueConstraint("step_id", "position", name=op.f("uq_step_option_step_id_position")),
    )
    op.create_table(
        "step_response",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"], ["case_step.id"], name=op.f("fk_step_response_step_id_case_step"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_step_response_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_step_response_user_id_user_account"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_response")),
        sa.UniqueConstraint("step_id", "user_id", name=op.f("uq_step_response_step_id_user_id")),
    )
    with op.batch_alter_table("step_response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_response_thread_id"), ["thread_id"], unique=False)
        batch_op.create_index("ix_step_response_user_id_thread_id", ["user_id", "thread_id"], unique=False)

    op.create_table(
        "step_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("editor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["editor_id"],
            ["user_account.id"],
            name=op.f("fk_step_revision_editor_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["case_step.id"], name=op.f("fk_step_revision_step_id_case_step"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_revision")),
    )
    with op.batch_alter_table("step_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_revision_step_id"), ["step_id"], unique=False)

    op.create_table(
        "ballot_share",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("option_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_ballot_share_percent")),
        sa.ForeignKeyConstraint(
            ["option_id"], ["step_option.id"], name=op.f("fk_ballot_share_option_id_step_option"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["step_response.id"],
            name=op.f("fk_ballot_share_response_id_step_response"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_share")),
        sa.UniqueConstraint("response_id", "option_id", name=op.f("uq_ballot_share_response_id_option_id")),
    )
    with op.batch_alter_table("ballot_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_share_option_id"), ["option_id"], unique=False)

    with op.batch_alter_table("post", recreate=_recreate()) as batch_op:
        batch_op.add_column(
            sa.Column("step_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
            **_after("parent_id"),
        )
        batch_op.create_index(batch_op.f("ix_post_step_id"), ["step_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_post_step_id_case_step"), "case_step", ["step_id"], ["id"], ondelete="RESTRICT"
        )

    # New columns stand before the long texts: SQLite reads a row from its beginning, and lists need only the short ones.
    with op.batch_alter_table("room") as batch_op:
        batch_op.add_column(sa.Column("post_first", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.alter_column("post_first", server_default=None)
    with op.batch_alter_table("thread", recreate=_recreate()) as batch_op:
        batch_op.add_column(
            sa.Column("post_first", sa.Boolean(), nullable=False, server_default=sa.false()),
            **_after("live_question_id"),
        )
        batch_op.add_column(
            sa.Column("step_count", sa.Integer(), nullable=False, server_default="0"), **_after("post_first")
        )
        batch_op.alter_column("post_first", server_default=None)
        batch_op.alter_column("step_count", server_default=None)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_column("step_count")
        batch_op.drop_column("post_first")

    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_column("post_first")

    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_step_id"))
        batch_op.drop_constraint(batch_op.f("fk_post_step_id_case_step"), type_="foreignkey")
        batch_op.drop_column("step_id")

    with op.batch_alter_table("ballot_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ballot_share_option_id"))

    op.drop_table("ballot_share")
    with op.batch_alter_table("step_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_revision_step_id"))

    op.drop_table("step_revision")
    with op.batch_alter_table("step_response", schema=None) as batch_op:
        batch_op.drop_index("ix_step_response_user_id_thread_id")
        batch_op.drop_index(batch_op.f("ix_step_response_thread_id"))

    op.drop_table("step_response")
    op.drop_table("step_option")
    with op.batch_alter_table("recall_card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_card_thread_id"))
        batch_op.drop_index("ix_recall_card_due")

    op.drop_table("recall_card")
    op.drop_table("outcome_request")
    op.drop_table("case_step")
    with op.batch_alter_table("case_outcome", schema=None) as batch_op:
        batch_op.drop_index("ix_case_outcome_thread_id_id")
        batch_op.drop_index(batch_op.f("ix_case_outcome_room_id"))

    op.drop_table("case_outcome")
    op.drop_table("recall_preference")
