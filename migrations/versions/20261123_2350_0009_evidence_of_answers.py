"""Evidence of answers: papers and retractions, review dates, disputes, think-aloud answers, summaries, reasons for closing.

Revision: 0009, after 0008.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REVIEW_AFTER = timedelta(days=365)


def upgrade() -> None:
    """Apply."""
    _add_tables()
    _add_columns()
    _fill_papers()
    _fill_review_dates()


def downgrade() -> None:
    """Undo; what was written into the new columns and tables is lost."""
    with op.batch_alter_table("moderation_log") as batch:
        batch.drop_constraint(op.f("uq_moderation_log_fact_id"), type_="unique")
        batch.drop_column("fact_id")
    with op.batch_alter_table("endorsement") as batch:
        batch.drop_index("ix_endorsement_due")
        for name in ("lapse_reason", "lapsed_at", "reminded_at", "renewed_at", "review_by"):
            batch.drop_column(name)
    with op.batch_alter_table("citation") as batch:
        batch.drop_index(op.f("ix_citation_paper_id"))
        batch.drop_constraint(op.f("fk_citation_paper_id_paper"), type_="foreignkey")
        batch.drop_column("paper_id")
    with op.batch_alter_table("post") as batch:
        for name in ("think_aloud_html", "think_aloud", "is_disputed"):
            batch.drop_column(name)
    with op.batch_alter_table("thread") as batch:
        batch.drop_column("closed_reason")
    with op.batch_alter_table("room") as batch:
        batch.drop_column("evidence_scale")
    for table in ("thread_summary_version", "thread_summary", "dispute", "retraction_notice", "paper"):
        op.drop_table(table)


def _add_tables() -> None:
    op.create_table(
        "paper",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("value", sa.String(500), nullable=False),
        sa.Column("pmid", sa.String(10), nullable=False),
        sa.Column("doi", sa.String(500), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("authors", sa.String(300), nullable=False),
        sa.Column("journal", sa.String(300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("status_reason", sa.String(500), nullable=False),
        sa.Column("notice_doi", sa.String(500), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("checked_with", sa.String(20), nullable=False),
        sa.Column("next_check_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_paper_kind_value")),
    )
    op.create_index("ix_paper_due", "paper", ["next_check_at"])
    op.create_index(op.f("ix_paper_pmid"), "paper", ["pmid"])
    op.create_index(op.f("ix_paper_doi"), "paper", ["doi"])
    op.create_table(
        "retraction_notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("record_id", sa.String(20), nullable=False),
        sa.Column("pmid", sa.String(10), nullable=False),
        sa.Column("doi", sa.String(500), nullable=False),
        sa.Column("nature", sa.String(20), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=True),
        sa.Column("notice_doi", sa.String(500), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retraction_notice")),
        sa.UniqueConstraint("record_id", name=op.f("uq_retraction_notice_record_id")),
    )
    op.create_index(op.f("ix_retraction_notice_pmid"), "retraction_notice", ["pmid"])
    op.create_index(op.f("ix_retraction_notice_doi"), "retraction_notice", ["doi"])
    _add_dispute()
    _add_summaries()


def _add_dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("opened_by_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("correction_md", sa.Text(), nullable=False),
        sa.Column("correction_html", sa.Text(), nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolved_by_id", ID, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_dispute_post_id_post"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["user_account.id"],
            name=op.f("fk_dispute_opened_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"],
            ["user_account.id"],
            name=op.f("fk_dispute_resolved_by_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index("ix_dispute_post_id_id", "dispute", ["post_id", "id"])
    op.create_index(
        "uq_dispute_open",
        "dispute",
        ["post_id"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )


def _add_summaries() -> None:
    op.create_table(
        "thread_summary",
        sa.Column("id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", MOMENT, nullable=False),
        sa.Column("editor_id", ID, nullable=False),
        sa.Column("pseudonym", sa.String(120), nullable=False),
        sa.Column("pseudonym_verified", sa.Boolean(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_summary_thread_id_thread"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["editor_id"],
            ["user_account.id"],
            name=op.f("fk_thread_summary_editor_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_summary")),
        sa.UniqueConstraint("thread_id", "kind", name=op.f("uq_thread_summary_thread_id_kind")),
    )
    op.create_table(
        "thread_summary_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("summary_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("editor_id", ID, nullable=False),
        sa.Column("pseudonym", sa.String(120), nullable=False),
        sa.Column("pseudonym_verified", sa.Boolean(), nullable=True),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("is_sealed", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id"],
            ["thread_summary.id"],
            name=op.f("fk_thread_summary_version_summary_id_thread_summary"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["editor_id"],
            ["user_account.id"],
            name=op.f("fk_thread_summary_version_editor_id_user_account"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_summary_version")),
        sa.UniqueConstraint("summary_id", "revision", name=op.f("uq_thread_summary_version_summary_id_revision")),
    )


def _add_columns() -> None:
    with op.batch_alter_table("room") as batch:
        batch.add_column(sa.Column("evidence_scale", sa.String(10), nullable=False, server_default="grade"))
    with op.batch_alter_table("thread") as batch:
        batch.add_column(sa.Column("closed_reason", sa.String(20), nullable=False, server_default=""))
    with op.batch_alter_table("post") as batch:
        batch.add_column(sa.Column("is_disputed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("think_aloud", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("think_aloud_html", sa.JSON(), nullable=True))
    with op.batch_alter_table("citation") as batch:
        batch.add_column(sa.Column("paper_id", ID, nullable=True))
        batch.create_foreign_key(op.f("fk_citation_paper_id_paper"), "paper", ["paper_id"], ["id"], ondelete="RESTRICT")
        batch.create_index(op.f("ix_citation_paper_id"), ["paper_id"])
    with op.batch_alter_table("endorsement") as batch:
        batch.add_column(sa.Column("review_by", sa.Date(), nullable=True))
        batch.add_column(sa.Column("renewed_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("reminded_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("lapsed_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("lapse_reason", sa.String(20), nullable=False, server_default=""))
    with op.batch_alter_table("moderation_log") as batch:
        batch.add_column(sa.Column("fact_id", ID, nullable=True))
        batch.create_unique_constraint(op.f("uq_moderation_log_fact_id"), ["fact_id"])
    op.execute("UPDATE thread SET closed_reason = 'resolved' WHERE status = 'closed'")


def _fill_papers() -> None:
    """Give every PubMed number and DOI that was named so far its paper, to be looked up when that is allowed."""
    op.execute(
        """INSERT INTO paper (kind, value, pmid, doi, title, authors, journal, status, status_reason, notice_doi,
            checked_with, next_check_at, failures, created_at)
        SELECT kind, lower(value), CASE WHEN kind = 'pmid' THEN value ELSE '' END,
            CASE WHEN kind = 'doi' THEN lower(value) ELSE '' END, '', '', '', 'unknown', '', '', '',
            CURRENT_TIMESTAMP, 0, CURRENT_TIMESTAMP
        FROM citation WHERE kind IN ('pmid', 'doi')
        GROUP BY kind, lower(value), CASE WHEN kind = 'pmid' THEN value ELSE '' END,
            CASE WHEN kind = 'doi' THEN lower(value) ELSE '' END"""
    )
    op.execute(
        """UPDATE citation SET paper_id = (
            SELECT paper.id FROM paper WHERE paper.kind = citation.kind AND paper.value = lower(citation.value)
        ) WHERE kind IN ('pmid', 'doi')"""
    )


def _fill_review_dates() -> None:
    """Let every endorsement hold for a year from the day it was given."""
    connection = op.get_bind()
    table = sa.table(
        "endorsement", sa.column("id", ID), sa.column("created_at", MOMENT), sa.column("review_by", sa.Date)
    )
    for row in connection.execute(sa.select(table.c.id, table.c.created_at)).all():
        until = (row.created_at + REVIEW_AFTER).date()
        connection.execute(sa.update(table).where(table.c.id == row.id).values(review_by=until))
    with op.batch_alter_table("endorsement") as batch:
        batch.alter_column("review_by", existing_type=sa.Date(), nullable=False)
        batch.create_index("ix_endorsement_due", ["lapsed_at", "review_by"])
