"""The live sessions of the demonstration."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

import pytest
from flask import Flask
from sqlalchemy import select

from social_cme.cme.queries.members import list_members
from social_cme.core import clock
from social_cme.demo.schemas import SessionText
from social_cme.discussions.models import Thread
from social_cme.extensions import db
from social_cme.live.enums import HandState, MentorRole, PollState, SessionState
from social_cme.live.models import (
    CaptionLine,
    ChatMessage,
    ChatReaction,
    LivePoll,
    LiveQuestion,
    LiveSession,
    LiveStage,
    PollBallot,
    PollRound,
    RaisedHand,
    Rsvp,
    Segment,
    SegmentRun,
    SessionArchive,
    SessionMentor,
    SessionOptions,
    SharedLink,
)
from social_cme.live.queries.breakouts import find_layout
from social_cme.rooms.queries import open_room
from tests.demo.loaded.world import COMING, ENDED, ROTATING, WORLD, count, person

pytestmark = pytest.mark.thorough


def test_attended_minutes_are_those_of_the_content(app: Flask) -> None:
    ctx = open_room(person(ENDED.mentor), ENDED.room)
    minutes = {line.user_id: line.minutes for line in list_members(ctx, limit=100).items}
    [pause] = breaks_of(ENDED)
    for one in ENDED.attendance:
        # A gap of a minute is closed, a longer one is not; the break counts for nobody.
        gaps = [later[0] - earlier[1] for earlier, later in zip(one.intervals, one.intervals[1:], strict=False)]
        expected = sum(last - first for first, last in one.intervals) + sum(gap for gap in gaps if gap < 1.5)
        expected -= sum(max(0, min(last, pause[1]) - max(first, pause[0])) for first, last in one.intervals)
        assert minutes[person(one.person).id] == expected, one.person


def breaks_of(session: SessionText) -> list[tuple[int, int]]:
    ends = list(accumulate(one.minutes for one in session.segment))
    return [(end - one.minutes, end) for end, one in zip(ends, session.segment, strict=True) if not one.countable]


def session_of(text: SessionText) -> LiveSession:
    return db.session.scalars(select(LiveSession).filter_by(title=text.title)).one()


def test_one_session_has_ended_and_others_are_to_come(app: Flask) -> None:
    ended, coming, rotating = (session_of(one) for one in WORLD.sessions)
    assert [one.state for one in (ended, coming, rotating)] == [
        SessionState.ENDED,
        SessionState.SCHEDULED,
        SessionState.SCHEDULED,
    ]
    assert ended.ended_at is not None
    assert ended.ended_at < clock.now() < coming.starts_at
    assert count(ChatMessage, session_id=ended.id) == len(ENDED.chat)
    assert count(Rsvp, session_id=coming.id) == len(COMING.rsvps)
    assert coming.going_count == coming.capacity == COMING.capacity
    assert coming.waiting_count == len(COMING.rsvps) - coming.capacity


def test_votes_on_questions_are_those_of_the_content_and_merged_ones_count_where_they_went(app: Flask) -> None:
    rows = {one.body: one for one in db.session.scalars(select(LiveQuestion))}
    texts = [one for session in WORLD.sessions for one in session.question]
    [merged] = [one for one in texts if one.merged_into is not None]
    target = ENDED.question[(merged.merged_into or 0) - 1]
    assert rows[merged.body].merged_into_id == rows[target.body].id
    assert rows[target.body].score > target.votes
    others = [one for one in texts if one is not target]
    assert {one.body: rows[one.body].score for one in others} == {one.body: one.votes for one in others}


def test_the_session_that_was_held_went_through_its_agenda_and_polls(app: Flask) -> None:
    ended = session_of(ENDED)
    ran = select(Segment.title).join(SegmentRun).where(Segment.session_id == ended.id).order_by(SegmentRun.started_at)
    assert db.session.scalars(ran).all() == [one.title for one in ENDED.segment]
    assert count(SegmentRun, session_id=ended.id, ended_at=None) == 0
    asked, secret = db.session.scalars(select(LivePoll).filter_by(session_id=ended.id).order_by(LivePoll.id))
    assert (asked.state, asked.round, secret.state, secret.is_anonymous) == (
        PollState.CLOSED,
        2,
        PollState.CLOSED,
        True,
    )
    voters = [
        list(db.session.scalars(select(PollRound.voters).filter_by(poll_id=one.id).order_by(PollRound.number)))
        for one in (asked, secret)
    ]
    assert voters == [[len(one.votes) for one in poll.round] for poll in ENDED.poll]
    named = select(PollRound.poll_id).join(PollBallot, PollBallot.round_id == PollRound.id)
    assert set(db.session.scalars(named)) == {asked.id}
    assert Counter(db.session.scalars(select(RaisedHand.state).filter_by(session_id=ended.id))) == {
        HandState.DONE: 1,
        HandState.LOWERED: 1,
    }
    assert count(CaptionLine, session_id=ended.id) == len(ENDED.caption)
    assert count(SharedLink, session_id=ended.id) == len(ENDED.link)
    reacted = [len(people) for line in ENDED.chat for people in line.reactions.values()]
    assert count(ChatReaction) == sum(reacted)
    pinned = db.session.scalars(
        select(ChatMessage.body).join(SessionOptions, SessionOptions.pinned_message_id == ChatMessage.id)
    ).all()
    assert pinned == [one.body for one in ENDED.chat if one.pinned]
    assert ENDED.summary is not None
    assert db.session.scalars(select(SessionArchive.summary_md)).one() == ENDED.summary.body.strip()


def test_questions_without_an_answer_are_threads_with_a_date_and_the_pseudonym_stays_on(app: Flask) -> None:
    rows = {one.body: one for one in db.session.scalars(select(LiveQuestion))}
    for text in ENDED.question:
        if text.merged_into is not None:
            target = ENDED.question[text.merged_into - 1]
            assert rows[text.body].thread_id == rows[target.body].thread_id
            continue
        thread = db.session.get_one(Thread, rows[text.body].thread_id)
        assert (thread.answer_due_at is not None) == (text.status in {"open", "later"}), text.body
        assert bool(thread.pseudonym) == bool(text.pseudonym)


def test_the_coming_session_is_prepared_and_the_first_of_a_series(app: Flask) -> None:
    coming = session_of(COMING)
    series = db.session.scalars(
        select(LiveSession).filter_by(series_id=coming.series_id).order_by(LiveSession.series_place)
    ).all()
    assert [one.title for one in series] == [COMING.title, *(one.title for one in COMING.following)]
    assert [(later.starts_at - coming.starts_at).days for later in series[1:]] in ([7, 14], [6, 13], [7, 13])
    drafts = list(db.session.scalars(select(LivePoll.state).filter_by(session_id=coming.id)))
    assert drafts == [PollState.DRAFT] * len(COMING.poll)
    assert db.session.scalars(select(LiveStage.video_url).filter_by(session_id=coming.id)).one() == COMING.video_url
    roles = {one.user_id: one.role for one in db.session.scalars(select(SessionMentor).filter_by(session_id=coming.id))}
    assert roles == {person("ravi").id: MentorRole.LEAD, person("hanneke").id: MentorRole.CO_MENTOR}


def test_the_rotation_lets_every_group_meet_every_expert_once(app: Flask) -> None:
    layout = find_layout(session_of(ROTATING).id)
    assert layout is not None
    assert ROTATING.rotation is not None
    pairs = [(one.group_id, one.station_id) for one in layout.meetings]
    assert len(pairs) == len(set(pairs)) == len(layout.groups) * len(layout.stations) == 16
    assert Counter(Counter(one.group_id for one in layout.members).values()) == {3: 4}
    assert {one.expert_id for one in layout.stations} == {person(one.expert).id for one in ROTATING.rotation.station}
