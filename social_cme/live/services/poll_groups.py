"""Putting free answers of a poll together. Equal ones are together by themselves; this is for those that mean the same."""

from __future__ import annotations

from sqlalchemy import select, update

from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.live import events
from social_cme.live.models import LivePoll, PollGroup, PollRound
from social_cme.live.policies import can_lead
from social_cme.live.queries.polls import access_poll
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def group_answers(ctx: RoomContext, session_id: int, poll_id: int, group_id: int, *, into_id: int | None) -> LivePoll:
    """Put an answer, with all that is in it, into another of the same round; ``None`` takes it out again."""
    with transaction() as tx:
        poll = _lead(ctx, session_id, poll_id)
        group = _access(tx, poll, group_id)
        if into_id is None:
            changed = group.into_id is not None
            group.into_id = None
        else:
            target = _access(tx, poll, into_id)
            if target.id == group.id or target.round_id != group.round_id:
                raise Invalid("Choose another answer of the same vote.", fields={"into_id": ["Choose another answer."]})
            if target.into_id is not None:
                raise Conflict("That answer is in a group itself. Choose the group.")
            changed = group.into_id != target.id
            members = update(PollGroup).where(PollGroup.into_id == group.id).values(into_id=target.id)
            tx.session.execute(members.execution_options(synchronize_session=False))
            group.into_id = target.id
        if changed:
            _tell(tx, ctx, poll, "grouped")
    return poll


def hide_answer(ctx: RoomContext, session_id: int, poll_id: int, group_id: int, *, hidden: bool = True) -> LivePoll:
    """Take the words of a free answer off every screen, or bring them back; the vote stays counted."""
    with transaction() as tx:
        poll = _lead(ctx, session_id, poll_id)
        group = _access(tx, poll, group_id)
        if group.is_hidden != hidden:
            group.is_hidden = hidden
            _tell(tx, ctx, poll, "grouped")
    return poll


def _lead(ctx: RoomContext, session_id: int, poll_id: int) -> LivePoll:
    session = access_session(ctx, session_id, lock=True)
    require(can_lead(ctx, mentor_ids(session.id)))
    return access_poll(session, poll_id)


def _access(tx: Transaction, poll: LivePoll, group_id: int) -> PollGroup:
    group = tx.session.scalar(
        select(PollGroup)
        .join(PollRound, PollRound.id == PollGroup.round_id)
        .where(PollGroup.id == group_id, PollRound.poll_id == poll.id)
        .with_for_update(of=PollGroup)
    )
    if group is None:
        raise NotFound
    return group


def _tell(tx: Transaction, ctx: RoomContext, poll: LivePoll, change: str) -> None:
    about = {"actor_id": ctx.user.id, "room_id": poll.room_id, "session_id": poll.session_id, "poll_id": poll.id}
    tx.record(events.PollChanged(**about, change=change))
    tx.record(events.PollDeskChanged(**about, change=change))
