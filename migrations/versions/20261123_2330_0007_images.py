"""Pictures of threads and posts with their consent records.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "image",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("uploader_id", _ID, nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("holder_id", _ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("byte_size", _ID, nullable=False),
        sa.Column("consent", sa.String(length=20), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("consent_by", sa.String(length=200), nullable=False),
        sa.Column("attested_at", _MOMENT, nullable=False),
        sa.Column("stored_at", _MOMENT, nullable=True),
        sa.Column("attached_at", _MOMENT, nullable=True),
        sa.Column("erased_at", _MOMENT, nullable=True),
        sa.Column("erased_by_id", _ID, nullable=True),
        sa.Column("erased_reason", sa.Text(), nullable=False),
        sa.Column("removed_at", _MOMENT, nullable=True),
        sa.Column("room_id", _ID, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["user_account.id"], name=op.f("fk_image_uploader_id_user_account"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["erased_by_id"], ["user_account.id"], name=op.f("fk_image_erased_by_id_user_account"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_image_room_id_room"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("key", name=op.f("uq_image_key")),
    )
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.create_index("ix_image_holder", ["holder", "holder_id"], unique=False)
        batch_op.create_index("ix_image_waiting", ["attached_at", "created_at"], unique=False)
        batch_op.create_index("ix_image_leaving", ["erased_at", "removed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_image_room_id"), ["room_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_image_uploader_id"), ["uploader_id"], unique=False)


def downgrade() -> None:
    """Undo; the files stay in the storage, where the operator removes them."""
    op.drop_table("image")
