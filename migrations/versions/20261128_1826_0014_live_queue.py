"""The queue and the chat of live sessions: pseudonyms, approval, order, labels, replies, mentions, reactions, private words.

Revision: 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("live_question") as batch:
        batch.add_column(sa.Column("pseudonym", sa.String(120), nullable=False, server_default=""))
        batch.add_column(sa.Column("pseudonym_verified", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("rank", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("labels", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("answer_kind", sa.String(20), nullable=False, server_default=""))
        batch.add_column(sa.Column("due_at", MOMENT, nullable=True))
    op.execute(
        """UPDATE live_question SET answer_kind = CASE WHEN answer_md = '' THEN 'live' ELSE 'writing' END
        WHERE state = 'answered'"""
    )
    with op.batch_alter_table("chat_message") as batch:
        batch.add_column(sa.Column("reply_to_id", ID, nullable=True))
        batch.create_foreign_key(
            op.f("fk_chat_message_reply_to_id_chat_message"),
            "chat_message",
            ["reply_to_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_index("ix_chat_message_pace", ["session_id", "author_id", "id"])
    _add_options()
    _add_private_words()
    _add_chat_tables()


def downgrade() -> None:
    """Undo; what was written into the new columns and tables is lost, and what was never shown goes with them."""
    for table in (
        "chat_reaction_tally",
        "chat_reaction",
        "chat_mention",
        "live_clarification",
        "live_session_options",
    ):
        op.drop_table(table)
    with op.batch_alter_table("chat_message") as batch:
        batch.drop_index("ix_chat_message_pace")
        batch.drop_constraint(op.f("fk_chat_message_reply_to_id_chat_message"), type_="foreignkey")
        batch.drop_column("reply_to_id")
    # What nobody saw must not come into sight, and whoever asked under a pseudonym must not stand there by name.
    op.execute(
        """UPDATE live_question SET state = 'hidden', state_reason = 'Withheld when this server was set back'
        WHERE state IN ('pending', 'declined') OR pseudonym <> ''"""
    )
    op.execute("UPDATE live_question SET state = 'open' WHERE state = 'later'")
    with op.batch_alter_table("live_question") as batch:
        for name in ("due_at", "answer_kind", "labels", "rank", "pseudonym_verified", "pseudonym"):
            batch.drop_column(name)


def _add_options() -> None:
    op.create_table(
        "live_session_options",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("approve_first", sa.Boolean(), nullable=False),
        sa.Column("allow_pseudonyms", sa.Boolean(), nullable=False),
        sa.Column("slow_seconds", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("pinned_message_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["live_session.id"],
            name=op.f("fk_live_session_options_session_id_live_session"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session_options")),
        sa.UniqueConstraint("session_id", name=op.f("uq_live_session_options_session_id")),
    )


def _add_private_words() -> None:
    op.create_table(
        "live_clarification",
        sa.Column("id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("mentor_id", ID, nullable=False),
        sa.Column("is_from_author", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["live_question.id"],
            name=op.f("fk_live_clarification_question_id_live_question"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"],
            ["user_account.id"],
            name=op.f("fk_live_clarification_mentor_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_clarification")),
    )
    op.create_index("ix_live_clarification_question_mentor", "live_clarification", ["question_id", "mentor_id", "id"])
    op.create_index(op.f("ix_live_clarification_mentor_id"), "live_clarification", ["mentor_id"])


def _add_chat_tables() -> None:
    for table in ("chat_mention", "chat_reaction"):
        own = [sa.Column("kind", sa.String(20), nullable=False)] if table == "chat_reaction" else []
        once = ["message_id", "user_id", *(one.name for one in own)]
        op.create_table(
            table,
            sa.Column("id", ID, nullable=False),
            sa.Column("message_id", ID, nullable=False),
            sa.Column("user_id", ID, nullable=False),
            *own,
            sa.Column("created_at", MOMENT, nullable=False),
            sa.ForeignKeyConstraint(
                ["message_id"],
                ["chat_message.id"],
                name=op.f(f"fk_{table}_message_id_chat_message"),
                ondelete="RESTRICT",
            ),
            sa.ForeignKeyConstraint(
                ["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id_user_account"), ondelete="RESTRICT"
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint(*once, name=op.f(f"uq_{table}_{'_'.join(once)}")),
        )
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])
    op.create_table(
        "chat_reaction_tally",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_chat_reaction_tally_people")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["chat_message.id"],
            name=op.f("fk_chat_reaction_tally_message_id_chat_message"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_reaction_tally")),
        sa.UniqueConstraint("message_id", "kind", name=op.f("uq_chat_reaction_tally_message_id_kind")),
    )
