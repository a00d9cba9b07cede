"""Polls: prepare, open, vote, close, show, take away."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.policies import can_lead
from social_cme.live.queries import sessions
from social_cme.live.queries.poll_desk import load_desk, load_seen, sheet_of
from social_cme.live.queries.poll_tables import count_table
from social_cme.live.queries.polls import access_poll, load_sheets, my_ballots
from social_cme.live.queries.polls import list_polls as read_polls
from social_cme.live.services import ballots, poll_groups, polling, polls
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor
from social_cme.web.api import endpoint

POLL = f"{SESSION}/polls/<id:poll_id>"


@endpoint(bp, f"{SESSION}/polls", "GET", result=schemas.PollList, public=True)
def list_polls(slug: str, session_id: int) -> schemas.PollList:
    """List the polls of a session as the caller may see them: drafts, results and solutions early for who leads it."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    leads = bool(can_lead(ctx, sessions.mentor_ids(session.id)))
    sheets = load_desk(ctx, session).sheets if leads else load_sheets(read_polls(session.id))
    mine = my_ballots(ctx.actor_id, sheets)
    return schemas.PollList(
        items=[schemas.PollOut.of(one, voted=one.poll.id in mine, leads=leads) for one in sheets],
        my_ballots=[schemas.MyBallotOut.model_validate(one) for one in mine.values()],
    )


@endpoint(
    bp,
    f"{SESSION}/polls",
    "POST",
    result=schemas.PollOut,
    body=schemas.PollBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def create_poll(slug: str, session_id: int, body: schemas.PollBody) -> schemas.PollOut:
    """Prepare a poll; nobody but who leads the session sees it until it is opened."""
    ctx = read_room(current_actor(), slug)
    plan = polls.PollPlan(**body.model_dump(exclude={"client_id", "attested"}))
    return _poll(polls.create_poll(ctx, session_id, plan=plan, attested=body.attested, client_id=body.client_id))


@endpoint(
    bp,
    f"{SESSION}/polls/copy",
    "POST",
    result=schemas.PollOut,
    body=schemas.CopyPollBody,
    status=201,
    scope=WRITE,
    errors=(422,),
)
def copy_poll(slug: str, session_id: int, body: schemas.CopyPollBody) -> schemas.PollOut:
    """Take over a poll of another session of the room, without its votes."""
    ctx = read_room(current_actor(), slug)
    return _poll(polls.copy_poll(ctx, session_id, source_id=body.poll_id, client_id=body.client_id))


@endpoint(bp, POLL, "GET", result=schemas.PollOut, public=True)
def show_poll(slug: str, session_id: int, poll_id: int) -> schemas.PollOut:
    """Show a poll as the caller may see it now; results are in its rounds."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    leads = bool(can_lead(ctx, sessions.mentor_ids(session.id)))
    sheet = sheet_of(access_poll(session, poll_id, drafts=leads))
    voted = bool(my_ballots(ctx.actor_id, [sheet]))
    return schemas.PollOut.of(sheet, voted=voted, leads=leads)


@endpoint(bp, POLL, "PATCH", result=schemas.PollOut, body=schemas.PollPatch, scope=WRITE, errors=(422,))
def edit_poll(slug: str, session_id: int, poll_id: int, body: schemas.PollPatch) -> schemas.PollOut:
    """Change a draft; what is left out stays as it is."""
    ctx = read_room(current_actor(), slug)
    changes = body.model_dump(exclude_unset=True, exclude={"attested"})
    emptied = {"max_choices", "timer_seconds"}
    kept = {name: value for name, value in changes.items() if value is not None or name in emptied}
    return _poll(polls.change_poll(ctx, session_id, poll_id, changes=kept, attested=body.attested))


@endpoint(bp, POLL, "DELETE", result=None, status=204, scope=WRITE)
def delete_poll(slug: str, session_id: int, poll_id: int) -> None:
    """Throw a draft away."""
    polls.delete_poll(read_room(current_actor(), slug), session_id, poll_id)


@endpoint(bp, f"{POLL}/open", "POST", result=schemas.PollOut, scope=WRITE)
def open_poll(slug: str, session_id: int, poll_id: int) -> schemas.PollOut:
    """Open a poll, or its next round."""
    return _poll(polling.open_round(read_room(current_actor(), slug), session_id, poll_id))


@endpoint(bp, f"{POLL}/close", "POST", result=schemas.PollOut, body=schemas.ClosePollBody, scope=WRITE, errors=(422,))
def close_poll(slug: str, session_id: int, poll_id: int, body: schemas.ClosePollBody) -> schemas.PollOut:
    """End the round that is open, or the discussion after it."""
    ctx = read_room(current_actor(), slug)
    return _poll(polling.close_poll(ctx, session_id, poll_id, discuss=body.discuss, client_id=body.client_id))


@endpoint(
    bp, f"{POLL}/results", "PUT", result=schemas.PollOut, body=schemas.ShowResultsBody, scope=WRITE, errors=(422,)
)
def show_results(slug: str, session_id: int, poll_id: int, body: schemas.ShowResultsBody) -> schemas.PollOut:
    """Show the results to everybody now, or hold them back."""
    ctx = read_room(current_actor(), slug)
    return _poll(polling.show_results(ctx, session_id, poll_id, shown=body.shown, client_id=body.client_id))


@endpoint(bp, f"{POLL}/ballot", "PUT", result=schemas.ReceiptOut, body=schemas.BallotBody, scope=WRITE, errors=(422,))
def vote_poll(slug: str, session_id: int, poll_id: int, body: schemas.BallotBody) -> schemas.ReceiptOut:
    """Vote; again is a change, where that is allowed."""
    ctx = read_room(current_actor(), slug)
    receipt = ballots.cast_ballot(
        ctx, session_id, poll_id, ballot=body.ballot(), attested=body.attested, client_id=body.client_id
    )
    seen = load_seen(receipt.poll_id, receipt.round_id) if receipt.shows_results else None
    return schemas.ReceiptOut.of(receipt, seen)


@endpoint(
    bp,
    f"{POLL}/answers/<id:group_id>/group",
    "PUT",
    result=schemas.PollOut,
    body=schemas.GroupBody,
    scope=WRITE,
    errors=(422,),
)
def group_answer(slug: str, session_id: int, poll_id: int, group_id: int, body: schemas.GroupBody) -> schemas.PollOut:
    """Put a free answer into another, or take it out again."""
    ctx = read_room(current_actor(), slug)
    return _poll(poll_groups.group_answers(ctx, session_id, poll_id, group_id, into_id=body.into_id))


@endpoint(
    bp,
    f"{POLL}/answers/<id:group_id>/hidden",
    "PUT",
    result=schemas.PollOut,
    body=schemas.HideAnswerBody,
    scope=WRITE,
    errors=(422,),
)
def hide_answer(
    slug: str, session_id: int, poll_id: int, group_id: int, body: schemas.HideAnswerBody
) -> schemas.PollOut:
    """Take the words of a free answer off every screen, or bring them back."""
    ctx = read_room(current_actor(), slug)
    return _poll(poll_groups.hide_answer(ctx, session_id, poll_id, group_id, hidden=body.hidden))


@endpoint(bp, f"{SESSION}/polls/export", "GET", result=schemas.PollTable)
def export_polls(slug: str, session_id: int) -> schemas.PollTable:
    """Take the results of every poll of a session away as a table; for who leads it and coordinators."""
    ctx = read_room(current_actor(), slug)
    return _table(ctx, session_id, None)


@endpoint(bp, f"{POLL}/export", "GET", result=schemas.PollTable)
def export_poll(slug: str, session_id: int, poll_id: int) -> schemas.PollTable:
    """Take the results of one poll away as a table."""
    ctx = read_room(current_actor(), slug)
    return _table(ctx, session_id, poll_id)


def _table(ctx: RoomContext, session_id: int, poll_id: int | None) -> schemas.PollTable:
    session = sessions.access_session(ctx, session_id)
    found = read_polls(session.id) if poll_id is None else [access_poll(session, poll_id)]
    header, rows = count_table(ctx, session, found)
    return schemas.PollTable(header=list(header), rows=[list(row) for row in rows])


def _poll(poll: Any) -> schemas.PollOut:
    return schemas.PollOut.of(sheet_of(poll), leads=True)
