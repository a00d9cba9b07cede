"""Rooms, threads, people, ledgers and pages of the demonstration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.accounts.passwords import verify_password
from social_cme.accounts.queries import find_user_by_email
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries.mine import find_standing
from social_cme.cohorts.models import Deliverable
from social_cme.cohorts.queries.challenges import list_teams
from social_cme.cohorts.queries.courses import list_cohorts
from social_cme.cohorts.queries.door import open_cohort
from social_cme.cohorts.queries.progress import Outline, find_outline
from social_cme.core import clock
from social_cme.demo.services.people import PASSWORD
from social_cme.discussions.models import Endorsement, Post, Thread, Vote
from social_cme.extensions import db
from social_cme.jobs.outbox import OutboxMail
from social_cme.live.models import (
    LiveSession,
)
from social_cme.moderation.models import Flag, LogEntry
from social_cme.notifications.models import Notification, NotificationPreference
from social_cme.persistence.delivery import pending_count
from social_cme.persistence.facts import Fact
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries import open_room
from tests.demo.loaded.world import ANSWERS, ENDED, WORLD, count, person

pytestmark = pytest.mark.thorough

Login = Callable[[User], FlaskClient]


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
