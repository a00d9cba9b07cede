"""What a ballot needs to know, read at once: thousands arrive within seconds, so every statement counts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.live.enums import PollState
from social_cme.live.models import LivePoll, LiveSession, PollRound
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext, can_read

# Built once: to put it together takes longer than to ask it.
_BOOTH = (
    select(LivePoll, PollRound, LiveSession, Room, Membership, User)
    .join(LiveSession, LiveSession.id == LivePoll.session_id)
    .join(Room, Room.id == LiveSession.room_id)
    .join(User, User.id == bindparam("of_user"))
    .outerjoin(Membership, (Membership.room_id == Room.id) & (Membership.user_id == User.id))
    .outerjoin(PollRound, (PollRound.poll_id == LivePoll.id) & (PollRound.number == LivePoll.round))
    .where(
        LivePoll.id == bindparam("of_poll"),
        LivePoll.session_id == bindparam("of_session"),
        LiveSession.room_id == bindparam("of_room"),
    )
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class Booth:
    """A poll with its session and its present round, and who stands before it, all as they are now."""

    session: LiveSession
    poll: LivePoll
    round: PollRound | None


def enter_booth(ctx: RoomContext, *, user_id: int, room_id: int, session_id: int, poll_id: int) -> Booth:
    """Return where somebody votes; raise ``NotFound`` for a poll that is absent, elsewhere or not to be read.

    One statement brings the person, the room and the membership of *ctx* up to date as well: policies decide on the present.
    The ids were read before the transaction began, which forgets everything.
    """
    ids = {"of_user": user_id, "of_room": room_id, "of_session": session_id, "of_poll": poll_id}
    found = db.session.execute(_BOOTH, ids).one_or_none()
    if found is None:
        raise NotFound
    poll, one, session, *_fresh = found
    require(can_read(ctx))
    if poll.state == PollState.DRAFT:
        raise NotFound
    return Booth(session, poll, one)
