"""What members are told, and when: each news once, to those it concerns; and what the ledger makes of a tick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.queries.mine import find_standing, list_lines
from social_cme.cohorts import jobs
from social_cme.cohorts.models import Team
from social_cme.cohorts.services import announcing, joining, study, units
from social_cme.extensions import db
from social_cme.jobs.outbox import OutboxMail
from social_cme.notifications.models import Notification
from social_cme.notifications.queries import list_notices
from social_cme.rooms.services.members import remove_member
from social_cme.rooms.services.rooms import archive_room
from tests.cohorts.term import Term, at, later

Deliver = Callable[[], int]


def _told(user: User) -> list[str]:
    return [notice.text for notice in list_notices(user).items]


def _mails(user: User) -> int:
    return len(db.session.scalars(select(OutboxMail.id).where(OutboxMail.user_id == user.id)).all())


def test_members_hear_once_that_a_unit_is_open(term: Term, deliver: Deliver) -> None:
    cohort = term.cohort()
    later_unit = term.unit(cohort, title="Second week", opens=datetime(2026, 6, 8, 9), due=datetime(2026, 6, 14, 9))
    term.join(cohort, term.learner, term.peer)
    joining.leave_cohort(term.ctx(term.peer), cohort.id)
    with at(later_unit.opens_at - timedelta(seconds=1)):
        jobs.tell()
        deliver()
        assert _told(term.learner) == []
    with at(later_unit.opens_at):
        for _ in range(2):
            jobs.tell()
            deliver()
        assert _told(term.learner) == ["The unit “Second week” is open"]
        assert _told(term.peer) == _told(term.mentor) == []
        assert _mails(term.learner) == 1
        notice = list_notices(term.learner).items[0]
        assert (notice.endpoint, notice.values["unit_id"]) == ("cohorts.show_unit", later_unit.id)


def test_nobody_hears_of_a_unit_that_opened_long_before_it_was_published(term: Term, deliver: Deliver) -> None:
    with at(later(days=-1)):
        cohort = term.cohort()
    term.join(cohort, term.learner)
    with at(later(days=3)):
        assert announcing.tell_openings() == 0
        assert announcing.tell_openings() == 0
    assert "unit.opened" not in term.kinds()


def test_plans_and_archived_rooms_tell_nobody(term: Term, deliver: Deliver) -> None:
    term.cohort(published=False)
    term.cohort()
    archive_room(term.lead)
    assert announcing.tell_openings() == 0
    assert announcing.tell_due_soon() == 0


def test_those_who_have_not_handed_in_hear_two_days_before_once(term: Term, deliver: Deliver) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    done, _waiting = term.teams(challenge)
    term.hand_in(done)
    ready = term.people_of(done)
    with at(challenge.due_at - timedelta(hours=48, seconds=1)):
        assert announcing.tell_due_soon() == 0
    with at(challenge.due_at - timedelta(hours=48)):
        for _ in range(2):
            jobs.tell()
            deliver()
    for user in term.learners:
        texts = [text for text in _told(user) if "due in two days" in text]
        assert texts == ([] if user in ready else ["The work for “A plan for day three” is due in two days"])


def test_a_team_hears_once_of_each_feedback(term: Term, deliver: Deliver) -> None:
    cohort = term.cohort()
    term.join(cohort)
    _challenge, groups, reviews = term.reviewed(cohort)
    term.give(reviews[0])
    deliver()
    deliver()
    read = next(team for team in groups if team.id == reviews[0].reviewed_team_id)
    for user in term.learners:
        texts = [text for text in _told(user) if "feedback" in text]
        expected = ["Your team has new feedback on its work for “A plan for day three”"]
        assert texts == (expected if user in term.people_of(read) else [])
    assert db.session.get_one(Team, read.id).name in {"Team 1", "Team 2"}


def test_who_left_the_room_hears_nothing_and_a_removed_unit_is_told_of_no_more(term: Term, deliver: Deliver) -> None:
    cohort = term.cohort()
    term.join(cohort, term.learner, term.peer)
    remove_member(term.lead, user_id=term.peer.id, reason="Moved away.")
    with at(later(minutes=1)):
        jobs.tell()
        deliver()
        assert len(_told(term.learner)) == 1
        assert db.session.scalars(select(Notification.user_id)).all() == [term.learner.id]
        units.remove_unit(term.lead, term.first_unit(cohort).id)
        assert _told(term.learner) == []


def test_work_is_given_out_by_the_clock(term: Term) -> None:
    cohort = term.cohort()
    challenge = term.challenge(cohort)
    term.join(cohort)
    for team in term.teams(challenge):
        term.hand_in(team)
    with at(challenge.due_at):
        jobs.start_feedback()
        jobs.start_feedback()
    assert term.kinds().count("feedback.assigned") == 1


@pytest.mark.parametrize("minutes", [None, 600])
def test_a_tick_is_listed_as_self_reported_and_never_as_time(term: Term, deliver: Deliver, minutes: int | None) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort), minutes=minutes)
    term.join(cohort, term.learner)
    with at(later(hours=1)):
        term.tick(item)
        deliver()
        line = list_lines(term.learner).items[0]
        assert (line.activity, line.title, line.unit_id) == ("self_study_reported", item.title, item.unit_id)
        assert (line.seconds, line.started_at, line.is_counted) == (0, None, True)
        assert find_standing(term.learner).in_year.seconds == 0
        study.untick_item(term.ctx(term.learner), item.id)
        deliver()
        assert not list_lines(term.learner).items[0].is_counted
        term.tick(item)
        deliver()
        assert [each.is_counted for each in list_lines(term.learner).items] == [True, False]
    assert len(db.session.scalars(select(ParticipationEntry)).all()) == 2
