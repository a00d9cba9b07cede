"""The live sessions of the demonstration: planned, held with heartbeats and questions, ended; and others to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from social_cme.demo.schemas import QuestionText, RoomText, SessionText
from social_cme.demo.services.holding import add_course, add_summary
from social_cme.demo.services.planning import add_labels, add_plan, add_rotation, add_rsvps
from social_cme.demo.services.script import Stage, draw
from social_cme.live.services.attendance import heartbeat
from social_cme.live.services.leading import end_session, start_session
from social_cme.live.services.questions import ask, vote
from social_cme.live.services.queue import answer, answer_later, mark_answering, merge

PLANNED_DAYS_BEFORE = 11
ANNOUNCED_DAYS_AGO = 5.4
# Beats come closer together than the gap that would end a stretch (90 s).
BEAT_MINUTES = 1.4


def add_sessions(stage: Stage, sessions: Sequence[SessionText], rooms: Sequence[RoomText]) -> None:
    """Put the live sessions on the stage."""
    for number, session in enumerate(sessions, start=1):
        key = f"session.{number}"
        if session.days_ago is not None:
            _add_past(stage, session, key, _start_of(session, stage.present - timedelta(days=session.days_ago)))
        else:
            room = next(one for one in rooms if one.slug == session.room)
            start = _start_of(session, stage.present + timedelta(days=session.days_ahead or 1.0))
            _add_coming(stage, session, key, start, room)


def _start_of(session: SessionText, day: datetime) -> datetime:
    """Return the session's hour on a day, so that people are awake or tired as they say in the chat."""
    return datetime.combine(day.date(), session.starts_utc, tzinfo=UTC)


def _add_past(stage: Stage, session: SessionText, key: str, start: datetime) -> None:
    planned = start - timedelta(days=PLANNED_DAYS_BEFORE)
    end = start + timedelta(minutes=session.minutes, seconds=20)
    add_plan(stage, session, key, planned, start)
    guests = [one.person for one in session.attendance if one.person != session.mentor]
    add_rsvps(stage, session, key, guests, planned, start)
    stage.act(start, f"{key}.started", partial(_start, stage, session, key))
    _add_beats(stage, session, key, start)
    for number, question in enumerate(session.question, start=1):
        _add_held_question(stage, session, key, f"{key}.question.{number}", question, start)
    add_course(stage, session, key, start)
    stage.act(end, f"{key}.ended", partial(_end, stage, session, key))
    add_summary(stage, session, key, end)


def _add_beats(stage: Stage, session: SessionText, key: str, start: datetime) -> None:
    """Every beat that somebody's page sent; those of the same moment are one act."""
    beats: dict[float, list[str]] = {}
    for one in session.attendance:
        for first, last in one.intervals:
            # On a common clock, so that many people's beats fall together; the first and the last are exact.
            between = [BEAT_MINUTES * step for step in range(int(session.minutes / BEAT_MINUTES) + 1)]
            for minute in {first, last, *(beat for beat in between if first < beat < last)}:
                beats.setdefault(minute, []).append(one.person)
    for minute, people in sorted(beats.items()):
        # A second late, for nothing is counted before the start.
        at = start + timedelta(minutes=minute, seconds=1)
        stage.act(at, f"{key}.beat.{minute:g}", partial(_beat, stage, session, key, people))


def _add_held_question(
    stage: Stage, session: SessionText, key: str, question_key: str, question: QuestionText, start: datetime
) -> None:
    minute = question.minute or 0.0
    asked = start + timedelta(minutes=minute, seconds=5)
    present = [
        one.person
        for one in session.attendance
        if one.person != question.author and any(first <= minute for first, _ in one.intervals)
    ]
    voters = draw(present, question.votes, seed=question_key)
    stage.act(asked, question_key, partial(_ask, stage, session, key, question))
    supporting = partial(_support, stage, session, key, question_key, voters)
    stage.act(asked + timedelta(seconds=40), f"{question_key}.votes", supporting)
    if question.status == "answered":
        taking_up = partial(_take_up, stage, session, key, question_key)
        stage.act(asked + timedelta(seconds=60), f"{question_key}.answering", taking_up)
        answering = partial(_answer, stage, session, key, question_key, question)
        stage.act(asked + timedelta(seconds=150), f"{question_key}.answered", answering)
    elif question.status == "later":
        putting_off = partial(_put_off, stage, session, key, question_key, question)
        stage.act(asked + timedelta(seconds=100), f"{question_key}.later", putting_off)
    elif question.status == "merged":
        merging = partial(_merge, stage, session, key, question_key, question)
        stage.act(asked + timedelta(seconds=50), f"{question_key}.merged", merging)


def _add_coming(stage: Stage, session: SessionText, key: str, start: datetime, room: RoomText) -> None:
    planned = stage.present - timedelta(days=ANNOUNCED_DAYS_AGO)
    add_plan(stage, session, key, planned, start)
    add_rsvps(stage, session, key, session.rsvps, planned + timedelta(hours=1), stage.present)
    members = [*room.members, session.mentor]
    for number, question in enumerate(session.question, start=1):
        question_key = f"{key}.question.{number}"
        asked = planned + timedelta(hours=9 + 17 * number)
        voters = draw([one for one in members if one != question.author], question.votes, seed=question_key)
        stage.act(asked, question_key, partial(_ask, stage, session, key, question))
        supporting = partial(_support, stage, session, key, question_key, voters)
        stage.act(asked + timedelta(hours=14), f"{question_key}.votes", supporting)
    last = stage.present - timedelta(hours=2)
    add_labels(stage, session, key, last)
    add_rotation(stage, session, key, last)


def _start(stage: Stage, session: SessionText, key: str) -> None:
    start_session(stage.enter(session.mentor, session.room), stage.made[key])


def _end(stage: Stage, session: SessionText, key: str) -> None:
    end_session(stage.enter(session.mentor, session.room), stage.made[key])


def _beat(stage: Stage, session: SessionText, key: str, people: Sequence[str]) -> None:
    for person in people:
        heartbeat(stage.enter(person, session.room), stage.made[key])


def _ask(stage: Stage, session: SessionText, key: str, question: QuestionText) -> int:
    ctx = stage.enter(question.author, session.room)
    return ask(ctx, stage.made[key], body=question.body, pseudonym=question.pseudonym or None).id


def _support(stage: Stage, session: SessionText, key: str, question_key: str, voters: Sequence[str]) -> None:
    for voter in voters:
        vote(stage.enter(voter, session.room), stage.made[key], stage.made[question_key])


def _take_up(stage: Stage, session: SessionText, key: str, question_key: str) -> None:
    mark_answering(stage.enter(session.mentor, session.room), stage.made[key], stage.made[question_key])


def _answer(stage: Stage, session: SessionText, key: str, question_key: str, question: QuestionText) -> None:
    ctx = stage.enter(session.mentor, session.room)
    answer(ctx, stage.made[key], stage.made[question_key], text=question.answer)


def _put_off(stage: Stage, session: SessionText, key: str, question_key: str, question: QuestionText) -> None:
    ctx = stage.enter(session.mentor, session.room)
    answer_later(ctx, stage.made[key], stage.made[question_key], days=question.later_days)


def _merge(stage: Stage, session: SessionText, key: str, question_key: str, question: QuestionText) -> None:
    into_id = stage.made[f"{key}.question.{question.merged_into}"]
    merge(stage.enter(session.mentor, session.room), stage.made[key], stage.made[question_key], into_id=into_id)
