"""The whole demonstration as ``flask demo load`` leaves it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.accounts.passwords import verify_password
from social_cme.accounts.queries import find_user_by_email
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries.members import list_members
from social_cme.cme.queries.mine import find_standing
from social_cme.cohorts.models import Deliverable
from social_cme.cohorts.queries.challenges import list_teams
from social_cme.cohorts.queries.courses import list_cohorts
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.queries.progress import Outline, find_outline
from social_cme.core import clock
from social_cme.demo.queries import read_world
from social_cme.demo.schemas import SessionText
from social_cme.demo.services.people import PASSWORD
from social_cme.discussions.models import Endorsement, Post, Thread, Vote
from social_cme.extensions import db
from social_cme.jobs.outbox import OutboxMail
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
from social_cme.moderation.models import Flag, LogEntry
from social_cme.notifications.models import Notification, NotificationPreference
from social_cme.persistence.delivery import pending_count
from social_cme.persistence.facts import Fact
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries import open_room
from tests import postgres
from tests.conftest import build_app, build_settings

pytestmark = pytest.mark.thorough

WORLD = read_world()
ANSWERS = [answer for thread in WORLD.threads for answer in thread.answer]
ENDED, COMING, ROTATING = WORLD.sessions
Login = Callable[[User], FlaskClient]


@pytest.fixture(scope="session")
def template_database(
    request: pytest.FixtureRequest, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A database with the demonstration, loaded once from the command line."""
    folder: Path = tmp_path_factory.mktemp("demo")
    if request.config.getoption("--database") == "sqlite":
        name = str(folder / "demo.sqlite3")
        shutil.copyfile(template_database, name)
        url = f"sqlite:///{name}"
    else:
        name = "template_demo"
        server = request.getfixturevalue("postgres_server")
        url = postgres.create_database(server, name, template=template_database)
    app = build_app(build_settings(folder, database_url=url))
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    assert "learner@demo.example" in result.output
    assert PASSWORD in result.output
    again = app.test_cli_runner().invoke(args=["demo", "load"])
    assert again.exit_code == 0
    assert "there already" in again.output
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return name


def count(model: type, **values: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**values)) or 0


def person(key: str) -> User:
    text = next(one for one in WORLD.people if one.key == key)
    user = find_user_by_email(text.email)
    assert user is not None
    return user


def test_everything_that_was_written_is_there_once(app: Flask) -> None:
    assert count(User) == len(WORLD.people)
    assert count(Room) == len(WORLD.rooms)
    # The questions of the session that has ended became threads, those with an answer with it.
    carried = len([one for one in ENDED.question if one.status != "merged"])
    answered = len([one for one in ENDED.question if one.answer])
    assert count(Thread) == len(WORLD.threads) + carried
    assert count(Post, kind="answer") == len(ANSWERS) + answered
    assert count(Post, kind="comment") == sum(len(one.comment) for one in ANSWERS)
    assert count(Vote) == sum(one.votes for one in ANSWERS)
    assert count(Endorsement) == len([one for one in ANSWERS if one.endorsed_by])
    assert count(Post, is_accepted=True) == len([one for one in ANSWERS if one.accepted])


def test_counts_on_rows_are_the_numbers_of_what_they_count(app: Flask) -> None:
    for room in db.session.scalars(select(Room)):
        assert room.member_count == count(Membership, room_id=room.id)
        assert room.thread_count == count(Thread, room_id=room.id)
    for post in db.session.scalars(select(Post)):
        assert post.score == count(Vote, target="post", target_id=post.id)


def test_what_moderators_did_stands_in_the_log_and_a_report_waits(app: Flask) -> None:
    assert count(Flag, resolved_at=None) == len([one for one in ANSWERS if one.flag])
    done = Counter(db.session.scalars(select(LogEntry.action)))
    assert done == {"pinned": 1, "locked": 1, "hidden": 1, "answered": 2, "closed": 1, "disputed": 1}


def test_facts_follow_one_another_in_time_and_none_lies_ahead(app: Flask) -> None:
    newest: dict[int, tuple[int, object]] = {}
    for fact in db.session.scalars(select(Fact).order_by(Fact.channel_id, Fact.seq)):
        seq, moment = newest.get(fact.channel_id, (0, fact.occurred_at))
        assert fact.seq == seq + 1
        assert moment <= fact.occurred_at <= clock.now()
        newest[fact.channel_id] = (fact.seq, fact.occurred_at)
    assert count(Fact) > 1000


def test_every_fact_was_heard_and_the_ledger_is_filled(app: Flask) -> None:
    assert pending_count() == 0
    written = Counter(db.session.scalars(select(ParticipationEntry.activity)))
    assert written["vote_given"] == sum(one.votes for one in ANSWERS)
    assert written["thread_opened"] == len(WORLD.threads)
    assert written["answer_written"] == count(Post, kind="answer")
    assert written["question_asked"] == sum(len(one.question) for one in WORLD.sessions)
    [voided] = db.session.scalars(select(ParticipationEntry).where(ParticipationEntry.voided_at.is_not(None)))
    assert (voided.activity, voided.user_id) == ("answer_written", person("bruno").id)


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
    assert count(PollBallot, poll_id=secret.id) == 0
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
        thread = db.session.get(Thread, rows[text.body].thread_id or 0)
        assert (thread is None) == (text.status == "merged"), text.body
        if thread is not None:
            assert (thread.due_at is not None) == (text.status in {"open", "later"}), text.body
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


def test_one_cohort_is_running_with_work_handed_in_and_feedback_to_give(app: Flask) -> None:
    text = WORLD.cohorts[0]
    learner = find_user_by_email("learner@demo.example")
    assert learner is not None
    c = open_cohort(open_room(learner, text.room), list_cohorts(open_room(learner, text.room))[0].id)
    outline = find_outline(c, learner.id)
    assert c.is_in
    assert c.cohort.member_count == len(text.members)
    assert [line.share.done for line in outline.units][:3] == next(t.done for t in text.tick if t.person == "maya")
    assert len(outline.units) == 4
    assert [line.is_late for line in list_teams_of(outline)] == [False, False, True]
    assert any(step.key.startswith("feedback:") for step in outline.steps)
    assert any(step.is_overdue for step in outline.steps)


def list_teams_of(outline: Outline) -> list[Deliverable]:
    lines = sorted(list_teams(outline.challenges[0].challenge.id), key=lambda line: line.team.id)
    return [line.work for line in lines if line.work is not None]


def test_the_accounts_open_with_the_shared_password_and_have_their_roles(app: Flask) -> None:
    for one in WORLD.people:
        assert person(one.key).is_confirmed
    assert len({person(one.key).password_hash for one in WORLD.people}) == 1
    assert verify_password(person("maya").password_hash, PASSWORD)
    assert person("tomasz").site_role == SiteRole.ADMINISTRATOR
    assert open_room(person("adaeze"), WORLD.rooms[0].slug).is_mentor
    assert open_room(person("helen"), WORLD.rooms[3].slug).is_coordinator


def test_the_learner_finds_a_quarter_or_a_year_with_something_in_it(app: Flask) -> None:
    standing = find_standing(person("maya"))
    assert standing.in_year.minutes in {0, 42}
    assert find_standing(person("yuki")).in_year.votes <= sum(one.votes for one in ANSWERS)


def test_nobody_of_the_demonstration_is_written_to(app: Flask) -> None:
    assert count(OutboxMail) == 0
    assert count(NotificationPreference, by_email=False) > 0


def test_notices_are_as_old_as_what_they_tell_of(app: Flask) -> None:
    ages = db.session.execute(
        select(Notification.created_at, Fact.occurred_at).join(Fact, Fact.id == Notification.fact_id)
    ).all()
    assert len(ages) > 300
    assert all(timedelta() <= told - done < timedelta(hours=4) for told, done in ages)
    assert count(Notification, user_id=person("maya").id, read_at=None) in range(1, 40)


@pytest.mark.parametrize("account", [one.key for one in WORLD.people if one.account] + ["bruno"])
def test_every_page_of_the_demonstration_opens(app: Flask, login: Login, account: str) -> None:
    user = person(account)
    browser = login(user)
    with app.test_request_context():
        addresses = [
            url_for(name)
            for name in ("home.index", "rooms.directory", "live.index", "search.index", "cme.my_participation")
        ]
        addresses += [url_for("accounts.show_profile", user_id=one.id) for one in db.session.scalars(select(User))]
        inside = [
            one for one in WORLD.rooms if user.site_role == SiteRole.ADMINISTRATOR or account in _people_of(one.slug)
        ]
        for room in inside:
            addresses += [
                url_for(name, slug=room.slug)
                for name in ("discussions.room_threads", "rooms.about", "rooms.members", "live.room_index")
            ]
        slugs = {
            row.id: row.slug for row in db.session.scalars(select(Room)) if row.slug in {one.slug for one in inside}
        }
        addresses += [
            url_for("discussions.show_thread", slug=slugs[one.room_id], thread_id=one.id)
            for one in db.session.scalars(select(Thread))
            if one.room_id in slugs
        ]
        addresses += [
            url_for("live.show", slug=slugs[one.room_id], session_id=one.id)
            for one in db.session.scalars(select(LiveSession))
            if one.room_id in slugs
        ]
    statuses = {address: browser.get(address).status_code for address in addresses}
    assert {address: status for address, status in statuses.items() if status != 200} == {}


def _people_of(slug: str) -> set[str]:
    room = next(one for one in WORLD.rooms if one.slug == slug)
    return {*room.members, *room.coordinators, *(one.person for one in room.mentors)}
