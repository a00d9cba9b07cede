"""What was told of how cases went on.

Rule: an outcome is shown only where every step of its case is open to the reader, for it tells how the case ends.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from social_cme.core.errors import NotFound
from social_cme.discussions import policies
from social_cme.discussions.enums import StepAsk
from social_cme.discussions.models import CaseOutcome, CaseStep, Thread
from social_cme.discussions.queries.sight import Sight, sight_of
from social_cme.discussions.queries.steps import options_of
from social_cme.discussions.queries.threads import access_thread
from social_cme.extensions import db
from social_cme.rooms.policies import RoomContext

# A case is told in a few words over some months.
MOST = 50


def list_outcomes(ctx: RoomContext, thread: Thread, sight: Sight) -> list[CaseOutcome]:
    """Return what the reader may see of how a case went on, the latest first; hidden ones only to author and moderators."""
    if sight.open_steps(thread.step_count) < thread.step_count:
        return []
    statement = select(CaseOutcome).where(CaseOutcome.thread_id == thread.id)
    if not ctx.moderates:
        statement = statement.where(or_(CaseOutcome.hidden_at.is_(None), CaseOutcome.author_id == ctx.actor_id))
    return list(db.session.scalars(statement.order_by(CaseOutcome.id.desc()).limit(MOST)))


def access_outcome(ctx: RoomContext, outcome_id: int, *, lock: bool = False) -> tuple[Thread, CaseOutcome]:
    """Return an outcome of the room that the reader may see; raise ``NotFound`` otherwise. *lock* holds its thread."""
    place = select(CaseOutcome.thread_id).join(Thread, Thread.id == CaseOutcome.thread_id)
    thread_id = db.session.scalar(place.where(CaseOutcome.id == outcome_id, Thread.room_id == ctx.room_id))
    if thread_id is None:
        raise NotFound
    thread = access_thread(ctx, thread_id, lock=lock)
    outcome = db.session.get_one(CaseOutcome, outcome_id)
    is_open = sight_of(ctx, thread).open_steps(thread.step_count) == thread.step_count
    if not is_open or not policies.can_see_outcome(ctx, outcome):
        raise NotFound
    return thread, outcome


def polls_of(thread: Thread) -> list[tuple[int, str, list[tuple[int, str]], int | None]]:
    """Return the polls of a case for its author: step, question, options, and the one marked as right."""
    rows = db.session.execute(
        select(CaseStep.id, CaseStep.position, CaseStep.question)
        .where(CaseStep.thread_id == thread.id, CaseStep.ask == StepAsk.POLL)
        .order_by(CaseStep.position)
    ).all()
    options = options_of([row.id for row in rows])
    found = []
    for row in rows:
        mine = options.get(row.id, [])
        right = next((one.id for one in mine if one.is_right), None)
        found.append((row.id, f"Step {row.position}: {row.question}", [(one.id, one.text) for one in mine], right))
    return found
