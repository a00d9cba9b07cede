"""The live sessions of the demonstration before they are held: plans, series, prepared polls, a rotation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from social_cme.core import clock
from social_cme.demo.schemas import FollowingText, PollText, QuestionText, SessionText
from social_cme.demo.services.script import Stage
from social_cme.live.queries.series import list_sessions_of
from social_cme.live.queries.sessions import access_session
from social_cme.live.rules import SegmentPlan
from social_cme.live.services.breakouts import Timing, create_breakout, form
from social_cme.live.services.options import OptionsChange
from social_cme.live.services.ordering import label_question
from social_cme.live.services.polls import PollPlan, create_poll
from social_cme.live.services.rsvps import set_rsvp
from social_cme.live.services.schedule import Plan, current_plan, edit_session, schedule_session
from social_cme.live.services.series import schedule_series
from social_cme.live.services.stage import name_captioner, set_video
from social_cme.live.services.stations import StationPlan, add_station


def add_plan(stage: Stage, session: SessionText, key: str, planned: datetime, start: datetime) -> None:
    """Put a session on the calendar with all that its mentor prepares."""
    stage.act(planned, key, partial(_plan, stage, session, start))
    if session.following:
        at = planned + timedelta(minutes=9)
        stage.act(at, f"{key}.following", partial(_tell_subjects, stage, session, key, session.following))
    if session.video_url or session.captioner:
        stage.act(planned + timedelta(minutes=12), f"{key}.stage", partial(_set_stage, stage, session, key))
    for number, poll in enumerate(session.poll, start=1):
        at = planned + timedelta(hours=3, minutes=7 * number)
        stage.act(at, f"{key}.poll.{number}", partial(_prepare_poll, stage, session, key, poll))


def add_rsvps(
    stage: Stage, session: SessionText, key: str, people: Sequence[str], first: datetime, last: datetime
) -> None:
    """Let people say one after the other that they will come."""
    for number, person in enumerate(people, start=1):
        at = first + (last - first) * number / (len(people) + 1)
        stage.act(at, f"{key}.rsvp.{person}", partial(_come, stage, session, key, person))


def add_labels(stage: Stage, session: SessionText, key: str, at: datetime) -> None:
    """Let the mentor say what the questions that came beforehand are about."""
    if any(one.labels for one in session.question):
        stage.act(at, f"{key}.labels", partial(_label, stage, session, key, session.question))


def add_rotation(stage: Stage, session: SessionText, key: str, at: datetime) -> None:
    """Plan who goes to which expert, once people have said that they will come."""
    if session.rotation is not None:
        stage.act(at, f"{key}.rotation", partial(_plan_rotation, stage, session, key))


def _plan(stage: Stage, session: SessionText, start: datetime) -> int:
    ctx = stage.enter(session.mentor, session.room)
    plan = Plan(
        title=session.title,
        description=session.description,
        starts=clock.utc_to_local(start, session.time_zone).replace(tzinfo=None),
        ends=clock.utc_to_local(start + timedelta(minutes=session.minutes), session.time_zone).replace(tzinfo=None),
        time_zone=session.time_zone,
        mentor_ids=(stage.people[session.mentor],),
        co_mentor_ids=tuple(stage.people[one] for one in session.co_mentors),
        capacity=session.capacity,
        segments=tuple(SegmentPlan(**one.model_dump()) for one in session.segment),
        queue=OptionsChange(labels=session.labels) if session.labels else None,
    )
    if session.following:
        return schedule_series(ctx, plan=plan, rule=f"FREQ=WEEKLY;COUNT={len(session.following) + 1}")[0].id
    return schedule_session(ctx, plan=plan).id


def _tell_subjects(stage: Stage, session: SessionText, key: str, following: Sequence[FollowingText]) -> None:
    ctx = stage.enter(session.mentor, session.room)
    later = list_sessions_of(ctx, access_session(ctx, stage.made[key]).series_id or 0)[1:]
    for row, text in zip(later, following, strict=True):
        plan = current_plan(ctx, row.id).changed(title=text.title, description=text.description)
        edit_session(ctx, row.id, plan=plan)


def _set_stage(stage: Stage, session: SessionText, key: str) -> None:
    ctx = stage.enter(session.mentor, session.room)
    if session.video_url:
        set_video(ctx, stage.made[key], url=session.video_url)
    if session.captioner:
        name_captioner(ctx, stage.made[key], user_id=stage.people[session.captioner])


def _prepare_poll(stage: Stage, session: SessionText, key: str, poll: PollText) -> int:
    plan = PollPlan(
        kind=poll.kind,
        question=poll.question,
        options=poll.options,
        correct=poll.correct,
        rationale=poll.rationale,
        label_min=poll.label_min,
        label_max=poll.label_max,
        is_anonymous=poll.anonymous,
        two_rounds=len(poll.round) > 1,
        results_when=poll.results,
    )
    return create_poll(stage.enter(session.mentor, session.room), stage.made[key], plan=plan).id


def _come(stage: Stage, session: SessionText, key: str, person: str) -> None:
    set_rsvp(stage.enter(person, session.room), stage.made[key], going=True)


def _label(stage: Stage, session: SessionText, key: str, questions: Sequence[QuestionText]) -> None:
    ctx = stage.enter(session.mentor, session.room)
    for number, question in enumerate(questions, start=1):
        if question.labels:
            label_question(ctx, stage.made[key], stage.made[f"{key}.question.{number}"], labels=question.labels)


def _plan_rotation(stage: Stage, session: SessionText, key: str) -> int:
    rotation = session.rotation
    assert rotation is not None
    ctx = stage.enter(session.mentor, session.room)
    timing = Timing(
        rounds=len(rotation.station),
        round_seconds=60 * rotation.round_minutes,
        changeover_seconds=rotation.changeover_seconds,
    )
    made = create_breakout(ctx, stage.made[key], kind="rotation", timing=timing).breakout.id
    for one in rotation.station:
        station = StationPlan(name=one.name, topic=one.topic, expert_id=stage.people[one.expert])
        add_station(ctx, stage.made[key], made, station=station)
    form(ctx, stage.made[key], made, count=rotation.groups)
    return made
