"""What those who lead a session see of its polls, and what somebody sees who has just voted."""

from __future__ import annotations

from dataclasses import dataclass

from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.live.events import desk_channel, round_channel
from social_cme.live.models import LivePoll, LiveSession
from social_cme.live.policies import can_lead
from social_cme.live.queries.polls import PollSheet, list_polls, load_sheets, polls_by_id
from social_cme.live.queries.sessions import mentor_ids
from social_cme.persistence.facts import last_seq
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class Desk:
    """Every poll of a session with its results; ``seq`` is the number of the last fact that is certainly in it."""

    seq: int
    sheets: list[PollSheet]


@dataclass(frozen=True, slots=True)
class Seen:
    """A poll as somebody may see it who has voted; ``seq`` is the number of the last fact that is certainly in it."""

    seq: int
    sheet: PollSheet


def load_desk(ctx: RoomContext, session: LiveSession) -> Desk:
    """Return all polls of a session, drafts as well; only for who leads it."""
    require(can_lead(ctx, mentor_ids(session.id)))
    seq = last_seq(db.session(), desk_channel(session.id))
    return Desk(seq, load_sheets(list_polls(session.id, drafts=True)))


def sheet_of(poll: LivePoll) -> PollSheet:
    """Return one poll with its results."""
    return load_sheets([poll])[0]


def load_seen(poll_id: int, round_id: int) -> Seen:
    """Return a poll for somebody whose ballot in this round was just taken."""
    seq = last_seq(db.session(), round_channel(round_id))
    return Seen(seq, load_sheets(list(polls_by_id([poll_id]).values()))[0])
