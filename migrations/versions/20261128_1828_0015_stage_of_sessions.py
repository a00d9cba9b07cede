"""Slides, raised hands, captions, shared links, video, projector and observer links of live sessions.

Revision: 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
_OPEN = sa.text("state IN ('raised', 'speaking')")


def _id(name: str = "id", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, _ID, nullable=nullable)


def _moment(name: str = "created_at", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, _MOMENT, nullable=nullable)


def _refer(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def upgrade() -> None:
    """Apply."""
    _slides()
    _stage()
    _hands()
    _texts()
    _observers()


def _slides() -> None:
    op.create_table(
        "slide_deck",
        _id(),
        _id("session_id"),
        sa.Column("key", sa.String(length=43), nullable=False),
        _id("uploaded_by_id"),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("pages_total", sa.Integer(), nullable=False),
        sa.Column("pages_done", sa.Integer(), nullable=False),
        _id("byte_size"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        _moment("attested_at"),
        _moment("stored_at", nullable=True),
        _moment("taken_at", nullable=True),
        _moment("source_gone_at", nullable=True),
        _moment("files_gone_at", nullable=True),
        _id("room_id"),
        _moment(),
        _refer("slide_deck", "session_id", "live_session"),
        _refer("slide_deck", "uploaded_by_id", "user_account"),
        _refer("slide_deck", "room_id", "room"),
        _key("slide_deck"),
        sa.UniqueConstraint("key", name=op.f("uq_slide_deck_key")),
    )
    op.create_index("ix_slide_deck_state", "slide_deck", ["state", "taken_at"])
    op.create_index(op.f("ix_slide_deck_session_id"), "slide_deck", ["session_id"])
    op.create_index(op.f("ix_slide_deck_room_id"), "slide_deck", ["room_id"])
    op.create_table(
        "slide_page",
        _id(),
        _id("deck_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        _refer("slide_page", "deck_id", "slide_deck"),
        _key("slide_page"),
        sa.UniqueConstraint("deck_id", "number", name=op.f("uq_slide_page_deck_id_number")),
    )


def _stage() -> None:
    op.create_table(
        "live_stage",
        _id(),
        _id("session_id"),
        _id("deck_id", nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(length=20), nullable=False),
        _id("captioner_id", nullable=True),
        sa.Column("video_url", sa.String(length=500), nullable=False),
        _id("room_id"),
        _refer("live_stage", "session_id", "live_session"),
        _refer("live_stage", "deck_id", "slide_deck"),
        _refer("live_stage", "captioner_id", "user_account"),
        _refer("live_stage", "room_id", "room"),
        _key("live_stage"),
        sa.UniqueConstraint("session_id", name=op.f("uq_live_stage_session_id")),
    )
    op.create_index(op.f("ix_live_stage_room_id"), "live_stage", ["room_id"])


def _hands() -> None:
    op.create_table(
        "raised_hand",
        _id(),
        _id("session_id"),
        _id("user_id"),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        _moment("given_at", nullable=True),
        _moment("until_at", nullable=True),
        _moment("ended_at", nullable=True),
        _id("room_id"),
        _moment(),
        _refer("raised_hand", "session_id", "live_session"),
        _refer("raised_hand", "user_id", "user_account"),
        _refer("raised_hand", "room_id", "room"),
        _key("raised_hand"),
    )
    op.create_index("ix_raised_hand_session_state", "raised_hand", ["session_id", "state"])
    op.create_index(
        "uq_raised_hand_open",
        "raised_hand",
        ["session_id", "user_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(op.f("ix_raised_hand_user_id"), "raised_hand", ["user_id"])
    op.create_index(op.f("ix_raised_hand_room_id"), "raised_hand", ["room_id"])


def _texts() -> None:
    op.create_table(
        "caption_line",
        _id(),
        _id("session_id"),
        _id("author_id"),
        sa.Column("body", sa.String(length=500), nullable=False),
        _moment("hidden_at", nullable=True),
        _id("room_id"),
        _moment(),
        _refer("caption_line", "session_id", "live_session"),
        _refer("caption_line", "author_id", "user_account"),
        _refer("caption_line", "room_id", "room"),
        _key("caption_line"),
    )
    op.create_index("ix_caption_line_session_id_id", "caption_line", ["session_id", "id"])
    op.create_index(op.f("ix_caption_line_room_id"), "caption_line", ["room_id"])
    op.create_table(
        "shared_link",
        _id(),
        _id("session_id"),
        _id("author_id"),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        _moment("removed_at", nullable=True),
        _id("room_id"),
        _moment(),
        _refer("shared_link", "session_id", "live_session"),
        _refer("shared_link", "author_id", "user_account"),
        _refer("shared_link", "room_id", "room"),
        _key("shared_link"),
    )
    op.create_index("ix_shared_link_session_id_id", "shared_link", ["session_id", "id"])
    op.create_index(op.f("ix_shared_link_room_id"), "shared_link", ["room_id"])


def _observers() -> None:
    op.create_table(
        "observer_link",
        _id(),
        _id("session_id"),
        _id("created_by_id"),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _moment("expires_at"),
        _moment("revoked_at", nullable=True),
        _id("room_id"),
        _moment(),
        _refer("observer_link", "session_id", "live_session"),
        _refer("observer_link", "created_by_id", "user_account"),
        _refer("observer_link", "room_id", "room"),
        _key("observer_link"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_observer_link_token_hash")),
    )
    op.create_index(op.f("ix_observer_link_session_id"), "observer_link", ["session_id"])
    op.create_index(op.f("ix_observer_link_room_id"), "observer_link", ["room_id"])
    op.create_table(
        "observer_opening",
        _id(),
        _id("link_id"),
        sa.Column("place", sa.String(length=60), nullable=False),
        _moment("first_at"),
        _moment("last_at"),
        sa.Column("times", sa.Integer(), nullable=False),
        _refer("observer_opening", "link_id", "observer_link"),
        _key("observer_opening"),
    )
    op.create_index("ix_observer_opening_link_last", "observer_opening", ["link_id", "last_at"])


def downgrade() -> None:
    """Undo; pictures of slides stay in the storage, where the operator removes them."""
    for table in (
        "observer_opening",
        "observer_link",
        "shared_link",
        "caption_line",
        "raised_hand",
        "live_stage",
        "slide_page",
        "slide_deck",
    ):
        op.drop_table(table)
