"""Moderation over the REST API."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from social_cme.core.permissions import require
from social_cme.moderation import policies, queries, schemas
from social_cme.moderation.enums import FlagTarget
from social_cme.moderation.queries import Report
from social_cme.moderation.queries.unmasking import find_state
from social_cme.moderation.services import measures, structure, unmasking
from social_cme.moderation.services.flags import raise_flag, resolve_flag
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room, read_room
from social_cme.web import api
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

bp = api.blueprint("moderation")

ROOM = "/rooms/<slug:slug>"
THREAD = f"{ROOM}/threads/<id:thread_id>"
POST = f"{ROOM}/posts/<id:post_id>"
WRITE = ApiScope.WRITE


def _ctx(slug: str) -> RoomContext:
    return read_room(require_actor(), slug)


@endpoint(
    bp, f"{THREAD}/flags", "POST", result=schemas.FlagOut, body=schemas.FlagBody, status=201, scope=WRITE, errors=(422,)
)
def flag_thread(slug: str, thread_id: int, body: schemas.FlagBody) -> schemas.FlagOut:
    """Report a thread, once per person."""
    return _flag(_ctx(slug), FlagTarget.THREAD, thread_id, body)


@endpoint(
    bp, f"{POST}/flags", "POST", result=schemas.FlagOut, body=schemas.FlagBody, status=201, scope=WRITE, errors=(422,)
)
def flag_post(slug: str, post_id: int, body: schemas.FlagBody) -> schemas.FlagOut:
    """Report an answer or comment, once per person."""
    return _flag(_ctx(slug), FlagTarget.POST, post_id, body)


def _flag(ctx: RoomContext, target: FlagTarget, target_id: int, body: schemas.FlagBody) -> schemas.FlagOut:
    flag = raise_flag(
        ctx, target=target, target_id=target_id, reason=body.reason, note=body.note, client_id=body.client_id
    )
    return schemas.FlagOut.model_validate(flag)


@endpoint(bp, f"{ROOM}/moderation/queue", "GET", result=schemas.QueuePage, query=PageQuery)
def show_queue(slug: str, query: PageQuery) -> schemas.QueuePage:
    """List what waits for a decision, what could identify a patient first."""
    ctx = _ctx(slug)
    require(policies.can_see_queue(ctx))
    page = queries.list_queue(ctx, cursor=query.cursor, limit=query.limit)
    return schemas.QueuePage(items=[_report(one) for one in page.items], next_cursor=page.next_cursor)


def _report(one: Report) -> schemas.ReportOut:
    return schemas.ReportOut(
        target=FlagTarget(one.flags[0].target),
        target_id=one.row.id,
        thread_id=one.thread.id,
        author_id=one.author.id,
        author_name=one.author.display_name,
        body_md=one.row.body_md,
        is_hidden=one.row.hidden_at is not None,
        is_urgent=one.is_urgent,
        flags=[schemas.FlagOut.model_validate(flag) for flag in one.flags],
    )


@endpoint(
    bp,
    f"{ROOM}/moderation/flags/<id:flag_id>/resolve",
    "POST",
    result=schemas.FlagOut,
    body=schemas.DecisionBody,
    scope=WRITE,
    errors=(422,),
)
def resolve(slug: str, flag_id: int, body: schemas.DecisionBody) -> schemas.FlagOut:
    """Decide about a report, and with it about every open report of the same text."""
    flag = resolve_flag(_ctx(slug), flag_id=flag_id, resolution=body.resolution, note=body.note)
    return schemas.FlagOut.model_validate(flag)


@endpoint(bp, f"{ROOM}/moderation/log", "GET", result=schemas.LogPage, query=PageQuery)
def show_log(slug: str, query: PageQuery) -> schemas.LogPage:
    """List who did what, when and why."""
    ctx = _ctx(slug)
    require(policies.can_see_log(ctx))
    page = queries.list_log(ctx, cursor=query.cursor, limit=query.limit)
    items = [schemas.LogEntryOut.model_validate(entry) for entry in page.items]
    return schemas.LogPage(items=items, next_cursor=page.next_cursor)


def _thread_measure(path: str, *, body: type[BaseModel] | None = None) -> Callable[..., Callable[..., object]]:
    return endpoint(
        bp, f"{THREAD}/{path}", "POST", result=schemas.ThreadStateOut, body=body, scope=WRITE, errors=(422,)
    )


@_thread_measure("pin")
def pin(slug: str, thread_id: int) -> schemas.ThreadStateOut:
    """Keep a thread at the top of its room."""
    return schemas.ThreadStateOut.model_validate(measures.pin(_ctx(slug), thread_id=thread_id))


@_thread_measure("unpin")
def unpin(slug: str, thread_id: int) -> schemas.ThreadStateOut:
    """Let a thread sink again."""
    return schemas.ThreadStateOut.model_validate(measures.pin(_ctx(slug), thread_id=thread_id, pinned=False))


@_thread_measure("lock", body=schemas.MeasureBody)
def lock(slug: str, thread_id: int, body: schemas.MeasureBody) -> schemas.ThreadStateOut:
    """Take no more answers in a thread; needs a reason."""
    return schemas.ThreadStateOut.model_validate(measures.lock(_ctx(slug), thread_id=thread_id, reason=body.reason))


@_thread_measure("unlock")
def unlock(slug: str, thread_id: int) -> schemas.ThreadStateOut:
    """Take answers again."""
    return schemas.ThreadStateOut.model_validate(measures.unlock(_ctx(slug), thread_id=thread_id))


@_thread_measure("hide", body=schemas.MeasureBody)
def hide_thread(slug: str, thread_id: int, body: schemas.MeasureBody) -> schemas.ThreadStateOut:
    """Put a thread out of sight; needs a reason."""
    found = measures.hide(_ctx(slug), target=FlagTarget.THREAD, target_id=thread_id, reason=body.reason)
    return schemas.ThreadStateOut.model_validate(found.thread)


@_thread_measure("unhide", body=schemas.MeasureBody)
def unhide_thread(slug: str, thread_id: int, body: schemas.MeasureBody) -> schemas.ThreadStateOut:
    """Bring a thread back."""
    found = measures.unhide(_ctx(slug), target=FlagTarget.THREAD, target_id=thread_id, reason=body.reason)
    return schemas.ThreadStateOut.model_validate(found.thread)


@endpoint(
    bp,
    f"{THREAD}/move",
    "POST",
    result=schemas.ThreadStateOut,
    body=schemas.MoveBody,
    scope=WRITE,
    errors=(422,),
)
def move(slug: str, thread_id: int, body: schemas.MoveBody) -> schemas.ThreadStateOut:
    """Take a thread to another room that the caller moderates as well."""
    to = open_room(require_actor(), body.room)
    return schemas.ThreadStateOut.model_validate(
        measures.move(_ctx(slug), thread_id=thread_id, to=to, reason=body.reason)
    )


@_thread_measure("split", body=schemas.SplitBody)
def split(slug: str, thread_id: int, body: schemas.SplitBody) -> schemas.ThreadStateOut:
    """Make a thread of its own out of some answers, and show it."""
    new = structure.split(
        _ctx(slug),
        thread_id=thread_id,
        post_ids=body.answers,
        title=body.title,
        kind=body.kind,
        body=body.body,
        client_id=body.client_id,
    )
    return schemas.ThreadStateOut.model_validate(new)


@_thread_measure("merge", body=schemas.MergeBody)
def merge(slug: str, thread_id: int, body: schemas.MergeBody) -> schemas.ThreadStateOut:
    """Put this thread and another one of the room together, and show the one that stays."""
    into = structure.merge(_ctx(slug), thread_id=thread_id, other=str(body.other), stays=body.stays, note=body.note)
    return schemas.ThreadStateOut.model_validate(into)


@endpoint(bp, f"{POST}/hide", "POST", result=schemas.PostStateOut, body=schemas.MeasureBody, scope=WRITE, errors=(422,))
def hide_post(slug: str, post_id: int, body: schemas.MeasureBody) -> schemas.PostStateOut:
    """Replace a post by a note; needs a reason."""
    found = measures.hide(_ctx(slug), target=FlagTarget.POST, target_id=post_id, reason=body.reason)
    return schemas.PostStateOut.model_validate(found.row)


@endpoint(
    bp, f"{POST}/unhide", "POST", result=schemas.PostStateOut, body=schemas.MeasureBody, scope=WRITE, errors=(422,)
)
def unhide_post(slug: str, post_id: int, body: schemas.MeasureBody) -> schemas.PostStateOut:
    """Bring a post back."""
    found = measures.unhide(_ctx(slug), target=FlagTarget.POST, target_id=post_id, reason=body.reason)
    return schemas.PostStateOut.model_validate(found.row)


@_thread_measure("purge", body=schemas.PurgeBody)
def purge_thread(slug: str, thread_id: int, body: schemas.PurgeBody) -> schemas.ThreadStateOut:
    """Erase what identifies a patient from the opening of a thread and its history, for good; needs a reason."""
    found = measures.purge(
        _ctx(slug),
        target=FlagTarget.THREAD,
        target_id=thread_id,
        reason=body.reason,
        earlier_only=body.earlier_only,
    )
    return schemas.ThreadStateOut.model_validate(found.thread)


@endpoint(bp, f"{POST}/purge", "POST", result=schemas.PostStateOut, body=schemas.PurgeBody, scope=WRITE, errors=(422,))
def purge_post(slug: str, post_id: int, body: schemas.PurgeBody) -> schemas.PostStateOut:
    """Erase what identifies a patient from a post and its history, for good; needs a reason."""
    found = measures.purge(
        _ctx(slug), target=FlagTarget.POST, target_id=post_id, reason=body.reason, earlier_only=body.earlier_only
    )
    return schemas.PostStateOut.model_validate(found.row)


@endpoint(bp, f"{THREAD}/unmasking", "GET", result=schemas.UnmaskingOut)
def show_unmasking(slug: str, thread_id: int) -> schemas.UnmaskingOut:
    """Tell how it stands about the pseudonym of a thread; for moderators and its author."""
    state = find_state(_ctx(slug), thread_id)
    identity = None
    if state.identity is not None and state.identity.id is not None and state.shown_until is not None:
        identity = schemas.IdentityOut(
            id=state.identity.id, display_name=state.identity.display_name, shown_until=state.shown_until
        )
    return schemas.UnmaskingOut(
        waiting=schemas.UnmaskRequestOut.model_validate(state.waiting) if state.waiting is not None else None,
        lifted=[schemas.LiftedOut.model_validate(one) for one in state.lifted],
        identity=identity,
    )


@endpoint(
    bp,
    f"{THREAD}/unmasking",
    "POST",
    result=schemas.UnmaskRequestOut,
    body=schemas.UnmaskBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def ask_to_unmask(slug: str, thread_id: int, body: schemas.UnmaskBody) -> schemas.UnmaskRequestOut:
    """Ask to lift the pseudonym of a thread; a second moderator decides within seven days."""
    row = unmasking.request_unmasking(_ctx(slug), thread_id=thread_id, reason=body.reason)
    return schemas.UnmaskRequestOut.model_validate(row)


@endpoint(bp, f"{THREAD}/unmasking/confirm", "POST", result=schemas.UnmaskRequestOut, scope=WRITE)
def confirm_to_unmask(slug: str, thread_id: int) -> schemas.UnmaskRequestOut:
    """Confirm a request as the second moderator; the author is told, with the reason."""
    return schemas.UnmaskRequestOut.model_validate(unmasking.confirm_unmasking(_ctx(slug), thread_id=thread_id))


@endpoint(bp, f"{THREAD}/unmasking/decline", "POST", result=schemas.UnmaskRequestOut, scope=WRITE)
def decline_to_unmask(slug: str, thread_id: int) -> schemas.UnmaskRequestOut:
    """Decline a request, or take your own back."""
    return schemas.UnmaskRequestOut.model_validate(unmasking.decline_unmasking(_ctx(slug), thread_id=thread_id))
