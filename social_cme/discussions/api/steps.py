"""The steps of a case: writing them, getting past them, what peers answered."""

from __future__ import annotations

from social_cme.discussions.api import ROOM, THREAD, bp
from social_cme.discussions.enums import StepAsk
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.queries.steps import access_step, list_step_revisions, step_views
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.schemas.steps import (
    BallotIn,
    PassIn,
    RightIn,
    StepAnswerIn,
    StepIn,
    StepList,
    StepOut,
    StepPatch,
    StepRevisionList,
    StepRevisionOut,
)
from social_cme.discussions.services import responding
from social_cme.discussions.services import steps as services
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

WRITE = ApiScope.WRITE
STEP = f"{ROOM}/steps/<id:step_id>"


@endpoint(bp, f"{THREAD}/steps", "GET", result=StepList, public=True)
def list_steps(slug: str, thread_id: int) -> StepList:
    """List the steps of a case that are open to you, with how peers answered those you got past."""
    ctx = read_room(current_actor(), slug)
    return _steps(ctx, thread_id)


@endpoint(bp, f"{THREAD}/steps", "POST", result=StepOut, body=StepIn, status=201, scope=WRITE, errors=(422,))
def add_step(slug: str, thread_id: int, body: StepIn) -> StepOut:
    """Add the next step to your case."""
    ctx = read_room(require_actor(), slug)
    step = services.add_step(ctx, thread_id=thread_id, **body.model_dump())
    return _shown(ctx, step.id)


@endpoint(bp, STEP, "PATCH", result=StepOut, body=StepPatch, scope=WRITE, errors=(422,))
def edit_step(slug: str, step_id: int, body: StepPatch) -> StepOut:
    """Change a step of your case; what is left out stays, and what it said before stays readable."""
    ctx = read_room(require_actor(), slug)
    _thread, step, _sight = access_step(ctx, step_id)
    services.edit_step(
        ctx,
        step_id=step_id,
        title=step.title if body.title is None else body.title,
        body=step.body_md if body.body is None else body.body,
        question=step.question if body.question is None else body.question,
        options=body.options if step.ask == StepAsk.POLL else None,
        may_skip=body.may_skip,
        reason=body.reason,
        attested=body.attested,
        # What was left out was read above, so an edit in between must be noticed too.
        revision=step.revision if body.revision is None else body.revision,
    )
    return _shown(ctx, step_id)


@endpoint(bp, STEP, "DELETE", result=None, status=204, scope=WRITE)
def remove_step(slug: str, step_id: int) -> None:
    """Remove the last step of your case while nobody has opened it."""
    services.remove_step(read_room(require_actor(), slug), step_id=step_id)


@endpoint(bp, f"{STEP}/answer", "PUT", result=StepList, body=StepAnswerIn, scope=WRITE, errors=(422,))
def answer_step(slug: str, step_id: int, body: StepAnswerIn) -> StepList:
    """Answer a step; the next one opens."""
    ctx = read_room(require_actor(), slug)
    response = responding.answer_step(
        ctx, step_id=step_id, text=body.body, attested=body.attested, client_id=body.client_id
    )
    return _steps(ctx, response.thread_id)


@endpoint(bp, f"{STEP}/ballot", "PUT", result=StepList, body=BallotIn, scope=WRITE, errors=(422,))
def cast_ballot(slug: str, step_id: int, body: BallotIn) -> StepList:
    """Say how likely each diagnosis is; the next step opens. On the last step the ballot can be changed for a while."""
    ctx = read_room(require_actor(), slug)
    shares = {one.option_id: one.percent for one in body.shares}
    response = responding.cast_ballot(ctx, step_id=step_id, shares=shares)
    return _steps(ctx, response.thread_id)


@endpoint(bp, f"{STEP}/pass", "PUT", result=StepList, body=PassIn, scope=WRITE, errors=(422,))
def pass_step(slug: str, step_id: int, body: PassIn) -> StepList:
    """Go on from a step that asks for nothing, or skip its question."""
    ctx = read_room(require_actor(), slug)
    response = responding.pass_step(ctx, step_id=step_id, skip=body.skip)
    return _steps(ctx, response.thread_id)


@endpoint(bp, f"{STEP}/closed", "PUT", result=StepOut, scope=WRITE)
def close_poll(slug: str, step_id: int) -> StepOut:
    """Take no more ballots."""
    ctx = read_room(require_actor(), slug)
    services.close_poll(ctx, step_id=step_id)
    return _shown(ctx, step_id)


@endpoint(bp, f"{STEP}/closed", "DELETE", result=StepOut, scope=WRITE)
def reopen_poll(slug: str, step_id: int) -> StepOut:
    """Take ballots again."""
    ctx = read_room(require_actor(), slug)
    services.close_poll(ctx, step_id=step_id, closed=False)
    return _shown(ctx, step_id)


@endpoint(bp, f"{STEP}/right", "PUT", result=StepOut, body=RightIn, scope=WRITE, errors=(422,))
def mark_right(slug: str, step_id: int, body: RightIn) -> StepOut:
    """Say which diagnosis of a poll proved right."""
    ctx = read_room(require_actor(), slug)
    services.mark_right(ctx, step_id=step_id, option_id=body.option_id)
    return _shown(ctx, step_id)


@endpoint(bp, f"{STEP}/right", "DELETE", result=StepOut, scope=WRITE)
def unmark_right(slug: str, step_id: int) -> StepOut:
    """Take it back."""
    ctx = read_room(require_actor(), slug)
    services.mark_right(ctx, step_id=step_id, option_id=None)
    return _shown(ctx, step_id)


@endpoint(bp, f"{STEP}/revisions", "GET", result=StepRevisionList, query=PageQuery, public=True, errors=(422,))
def list_step_changes(slug: str, step_id: int, query: PageQuery) -> StepRevisionList:
    """List what a step said before each edit, the latest first."""
    _thread, step, _sight = access_step(read_room(current_actor(), slug), step_id)
    page = list_step_revisions(step, cursor=query.cursor, limit=query.limit)
    return StepRevisionList(items=[StepRevisionOut.of(one) for one in page.items], next_cursor=page.next_cursor)


def _steps(ctx: RoomContext, thread_id: int) -> StepList:
    thread = access_thread(ctx, thread_id)
    views = step_views(ctx, thread, sight_of(ctx, thread))
    return StepList(items=[StepOut.of(view) for view in views], total=thread.step_count)


def _shown(ctx: RoomContext, step_id: int) -> StepOut:
    thread, step, sight = access_step(ctx, step_id)
    [view] = [one for one in step_views(ctx, thread, sight) if one.step.id == step.id]
    return StepOut.of(view)
