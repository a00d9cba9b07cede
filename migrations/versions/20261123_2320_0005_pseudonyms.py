"""Pseudonyms: verified professions, lines instead of names, private clarifications, lifting a pseudonym.

Revision: 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
MASKED = ("thread", "post", "revision")
OPEN = "confirmed_at IS NULL AND ended_at IS NULL"


def _person(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(
        name,
        BIG,
        sa.ForeignKey("user_account.id", name=op.f(f"fk_{table}_{name}_user_account"), ondelete="RESTRICT"),
        nullable=nullable,
    )


def _reference(name: str, table: str, target: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{name}_{target}"), ondelete="RESTRICT")
    return sa.Column(name, BIG, key, nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("training_year", sa.Integer()))
        table.add_column(sa.Column("verified_profession", sa.String(40)))
    for name in MASKED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("pseudonym", sa.String(120), nullable=False, server_default=""))
            table.add_column(sa.Column("pseudonym_verified", sa.Boolean()))
    with op.batch_alter_table("participation_entry") as table:
        table.add_column(sa.Column("under_pseudonym", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "profession_verification",
        sa.Column("id", BIG, nullable=False),
        _person("user_id", "profession_verification"),
        sa.Column("profession", sa.String(40), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        _person("verified_by_id", "profession_verification", nullable=True),
        sa.Column("withdrawn_at", MOMENT),
        _person("withdrawn_by_id", "profession_verification", nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profession_verification")),
    )
    op.create_index(op.f("ix_profession_verification_user_id"), "profession_verification", ["user_id"])
    op.create_table(
        "clarification",
        sa.Column("id", BIG, nullable=False),
        _reference("thread_id", "clarification", "thread"),
        _person("mentor_id", "clarification"),
        sa.Column("is_from_author", sa.Boolean(), nullable=False),
        sa.Column("body_md", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _reference("room_id", "clarification", "room"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
    )
    op.create_index("ix_clarification_thread_mentor", "clarification", ["thread_id", "mentor_id", "id"])
    op.create_index(op.f("ix_clarification_mentor_id"), "clarification", ["mentor_id"])
    op.create_index(op.f("ix_clarification_room_id"), "clarification", ["room_id"])
    op.create_table(
        "unmask_request",
        sa.Column("id", BIG, nullable=False),
        _reference("thread_id", "unmask_request", "thread"),
        _person("requested_by_id", "unmask_request"),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _person("confirmed_by_id", "unmask_request", nullable=True),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("shown_until", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        _reference("room_id", "unmask_request", "room"),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> requested_by_id", name=op.f("ck_unmask_request_two_people")
        ),
        sa.CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_unmask_request_confirmed_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmask_request")),
    )
    op.create_index("ix_unmask_request_thread_id_id", "unmask_request", ["thread_id", "id"])
    op.create_index(op.f("ix_unmask_request_room_id"), "unmask_request", ["room_id"])
    op.create_index(
        "uq_unmask_request_open",
        "unmask_request",
        ["thread_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def downgrade() -> None:
    op.drop_table("unmask_request")
    op.drop_table("clarification")
    op.drop_table("profession_verification")
    with op.batch_alter_table("participation_entry") as table:
        table.drop_column("under_pseudonym")
    for name in MASKED:
        with op.batch_alter_table(name) as table:
            table.drop_column("pseudonym_verified")
            table.drop_column("pseudonym")
    with op.batch_alter_table("user_account") as table:
        table.drop_column("verified_profession")
        table.drop_column("training_year")
