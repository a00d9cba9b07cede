"""Ticking off: what learners say they have done.

Rule: a tick is somebody's own word. It is never attended time, and nobody checks it.
"""

from __future__ import annotations

from sqlalchemy import Select, func, select

from social_cme.cohorts import events
from social_cme.cohorts.models import StudyItem, StudyTick, Unit, UnitCompletion
from social_cme.cohorts.policies import CohortContext, can_tick
from social_cme.cohorts.queries.door import open_item
from social_cme.cohorts.rules import limits
from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def tick_item(ctx: RoomContext, item_id: int, *, reflection: str | None = None) -> StudyTick:
    """Say that an entry is done, with one sentence if one likes; ``None`` keeps what was reflected before.

    Doing it again only changes the sentence.
    """
    words = _sentence(reflection)
    with transaction() as tx:
        c, unit, item = open_item(ctx, item_id)
        require(can_tick(c, unit, clock.now()))
        is_new = _add_row(tx, c, item, ctx.user.id)
        tick = _row(tx, item.id, ctx.user.id)
        if words is not None:
            tick.reflection = words
        if tick.done_at is None:
            tick.done_at = clock.now()
            tx.session.flush()
            tx.record(
                events.StudyItemTicked(
                    actor_id=ctx.user.id,
                    room_id=ctx.room_id,
                    cohort_id=c.cohort.id,
                    unit_id=unit.id,
                    item_id=item.id,
                    first=is_new,
                )
            )
            _complete(tx, c, unit, ctx.user.id)
    return tick


def untick_item(ctx: RoomContext, item_id: int) -> StudyTick | None:
    """Take a tick back; the sentence stays. Without a tick nothing changes."""
    with transaction() as tx:
        c, unit, item = open_item(ctx, item_id)
        require(can_tick(c, unit, clock.now()))
        tick = tx.session.scalar(_own(item.id, ctx.user.id))
        if tick is None or tick.done_at is None:
            return tick
        tick.done_at = None
        tx.record(
            events.StudyItemUnticked(
                actor_id=ctx.user.id, room_id=ctx.room_id, cohort_id=c.cohort.id, unit_id=unit.id, item_id=item.id
            )
        )
    return tick


def _sentence(reflection: str | None) -> str | None:
    if reflection is None:
        return None
    words = clean_line(reflection)
    if len(words) > limits.REFLECTION:
        message = (
            f"A reflection is one sentence of at most {limits.REFLECTION} characters; this one has {len(words):,}."
        )
        raise Invalid(message, fields={"reflection": [message]})
    return words


def _add_row(tx: Transaction, c: CohortContext, item: StudyItem, user_id: int) -> bool:
    """Make sure that there is a row, also when two windows come at once; tell whether this call made it."""
    values = {"cohort_id": c.cohort.id, "item_id": item.id, "user_id": user_id, "reflection": ""}
    return _insert(tx, StudyTick, {**values, "created_at": clock.now()}, ["item_id", "user_id"])


def _complete(tx: Transaction, c: CohortContext, unit: Unit, user_id: int) -> None:
    left = (
        select(func.count())
        .select_from(StudyItem)
        .outerjoin(StudyTick, (StudyTick.item_id == StudyItem.id) & (StudyTick.user_id == user_id))
        .where(StudyItem.unit_id == unit.id, StudyTick.done_at.is_(None))
    )
    if tx.session.scalar(left):
        return
    values = {"unit_id": unit.id, "user_id": user_id, "completed_at": clock.now()}
    if _insert(tx, UnitCompletion, values, ["unit_id", "user_id"]):
        tx.record(
            events.UnitCompleted(actor_id=user_id, room_id=c.room.room_id, cohort_id=c.cohort.id, unit_id=unit.id)
        )


def _insert(
    tx: Transaction, model: type[StudyTick | UnitCompletion], values: dict[str, object], unique: list[str]
) -> bool:
    statement = insert_into(tx.session, model).values(values).on_conflict_do_nothing(index_elements=unique)
    return tx.session.scalar(statement.returning(model.id)) is not None


def _row(tx: Transaction, item_id: int, user_id: int) -> StudyTick:
    return tx.session.scalars(_own(item_id, user_id)).one()


def _own(item_id: int, user_id: int) -> Select[StudyTick]:
    statement = select(StudyTick).where(StudyTick.item_id == item_id, StudyTick.user_id == user_id)
    return statement.with_for_update().execution_options(populate_existing=True)
