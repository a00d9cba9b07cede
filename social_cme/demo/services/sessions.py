"""The live sessions of the demonstration: planned, held with heartbeats and questions, ended; and one to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from social_cme.core import clock
from social_cme.demo.schemas import ChatText, QuestionText, RoomText, SessionText
from social_cme.demo.services.script import Stage, draw
from social_cme.live.services.attendance import heartbeat
from social_cme.live.services.chat import post_message
from social_cme.live.services.leading import end_session, start_session
from social_cme.live.services.questions import ask, vote
from social_cme.live.services.queue import answer, mark_answering
from social_cme.live.services.rsvps import set_rsvp
from social_cme.live.services.schedule import Plan, schedule_session

PLANNED_DAYS_BEFORE = 11
# Beats come closer together than the gap that would end a stretch (90 s).
BEAT_MINUTES = 1.25


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


def _plan(stage: Stage, session: SessionText, start: datetime) -> int:
    ctx = stage.enter(session.mentor, session.room)
    plan = Plan(
        title=session.title,
        description=session.description,
        starts=clock.utc_to_local(start, session.time_zone).replace(tzinfo=None),
        ends=clock.utc_to_local(start + timedelta(minutes=session.minutes), session.time_zone).replace(tzinfo=None),
        time_zone=session.time_zone,
        mentor_ids=(stage.people[session.mentor],),
    )
    return schedule_session(ctx, plan=plan).id


def _add_past(stage: Stage, session: SessionText, key: str, start: datetime) -> None:
    planned = start - timedelta(days=PLANNED_DAYS_BEFORE)
    end = start + timedelta(minutes=session.minutes, seconds=20)
    stage.act(planned, key, partial(_plan, stage, session, start))
    guests = [one.person for one in session.attendance if one.person != session.mentor]
    _add_rsvps(stage, session, key, guests, planned, start)
    stage.act(start, f"{key}.started", partial(_start, stage, session, key))
    _add_beats(stage, session, key, start)
    for number, question in enumerate(session.question, start=1):
        _add_held_question(stage, session, key, f"{key}.question.{number}", question, start)
    for number, line in enumerate(session.chat, start=1):
        # Lines of the same minute follow one another, in the order of the file.
        at = start + timedelta(minutes=line.minute, seconds=2 + 11 * (number % 5))
        stage.act(at, f"{key}.chat.{number}", partial(_say, stage, session, key, line))
    stage.act(end, f"{key}.ended", partial(_end, stage, session, key))


def _add_rsvps(
    stage: Stage, session: SessionText, key: str, people: Sequence[str], first: datetime, last: datetime
) -> None:
    for number, person in enumerate(people, start=1):
        at = first + (last - first) * number / (len(people) + 1)
        stage.act(at, f"{key}.rsvp.{person}", partial(_come, stage, session, key, person))


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


def _add_coming(stage: Stage, session: SessionText, key: str, start: datetime, room: RoomText) -> None:
    planned = stage.present - timedelta(days=5.4)
    stage.act(planned, key, partial(_plan, stage, session, start))
    _add_rsvps(stage, session, key, session.rsvps, planned, stage.present)
    members = [*room.members, session.mentor]
    for number, question in enumerate(session.question, start=1):
        question_key = f"{key}.question.{number}"
        asked = planned + timedelta(hours=9 + 17 * number)
        voters = draw([one for one in members if one != question.author], question.votes, seed=question_key)
        stage.act(asked, question_key, partial(_ask, stage, session, key, question))
        supporting = partial(_support, stage, session, key, question_key, voters)
        stage.act(asked + timedelta(hours=14), f"{question_key}.votes", supporting)


def _start(stage: Stage, session: SessionText, key: str) -> None:
    start_session(stage.enter(session.mentor, session.room), stage.made[key])


def _end(stage: Stage, session: SessionText, key: str) -> None:
    end_session(stage.enter(session.mentor, session.room), stage.made[key])


def _come(stage: Stage, session: SessionText, key: str, person: str) -> None:
    set_rsvp(stage.enter(person, session.room), stage.made[key], going=True)


def _beat(stage: Stage, session: SessionText, key: str, people: Sequence[str]) -> None:
    for person in people:
        heartbeat(stage.enter(person, session.room), stage.made[key])


def _say(stage: Stage, session: SessionText, key: str, line: ChatText) -> int:
    return post_message(stage.enter(line.author, session.room), stage.made[key], body=line.body).id


def _ask(stage: Stage, session: SessionText, key: str, question: QuestionText) -> int:
    return ask(stage.enter(question.author, session.room), stage.made[key], body=question.body).id


def _support(stage: Stage, session: SessionText, key: str, question_key: str, voters: Sequence[str]) -> None:
    for voter in voters:
        vote(stage.enter(voter, session.room), stage.made[key], stage.made[question_key])


def _take_up(stage: Stage, session: SessionText, key: str, question_key: str) -> None:
    mark_answering(stage.enter(session.mentor, session.room), stage.made[key], stage.made[question_key])


def _answer(stage: Stage, session: SessionText, key: str, question_key: str, question: QuestionText) -> None:
    ctx = stage.enter(session.mentor, session.room)
    answer(ctx, stage.made[key], stage.made[question_key], text=question.answer)
