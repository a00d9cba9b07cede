"""Base classes and column types of every model.

Rule: a time column is aware UTC on both databases, and a row that belongs to a room says so with ``RoomScoped``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from social_cme.core import clock
from social_cme.extensions import Base, db

if TYPE_CHECKING:

    class Model(Base):
        """Base of all models, as the type checker sees it."""

        __abstract__ = True

        def __init__(self, **values: Any) -> None: ...
else:
    Model = db.Model

# SQLite gives automatic row ids only to INTEGER primary keys; PostgreSQL wants room for more than 2**31 facts.
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; refuses naive values on the way in, and is aware on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps it without a zone, which sorts and compares the same."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


PrimaryKey = Annotated[int, mapped_column(BigId, primary_key=True)]
Line = Annotated[str, mapped_column(String(200))]


def foreign_key(target: str, *, ondelete: str = "RESTRICT", index: bool = True, **options: Any) -> Mapped[Any]:
    """Declare a foreign-key column of the common id type; deletion is refused unless said otherwise."""
    return mapped_column(BigId, ForeignKey(target, ondelete=ondelete), index=index, **options)


class Timestamped:
    """Rows that know when they came to be."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class RoomScoped:
    """Rows that belong to a room; they are reached only through the room's door."""

    @declared_attr
    def room_id(cls) -> Mapped[int]:
        """Id of the room the row belongs to."""
        return foreign_key("room.id")
