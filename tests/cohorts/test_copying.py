"""Copying for the next term: the plan without the people, on the same weekdays at the same hours."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from social_cme.cohorts.enums import ItemKind
from social_cme.cohorts.models import Cohort, CohortMember, Criterion, Deliverable, Team
from social_cme.cohorts.queries.challenges import list_challenges, list_criteria
from social_cme.cohorts.queries.courses import list_items, list_units
from social_cme.cohorts.rules.dates import wall
from social_cme.cohorts.services import copying, items
from social_cme.cohorts.services.plans import ItemPlan
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from tests.cohorts.term import ZONE, Term
from tests.live.stage import Stage


def _full(term: Term) -> Cohort:
    cohort = term.cohort(join_until=date(2026, 6, 10), capacity=20)
    unit = term.first_unit(cohort)
    term.unit(cohort, title="Second", opens=datetime(2026, 6, 8, 9), due=datetime(2026, 6, 14, 23, 59))
    term.item(unit)
    thread = post_thread(term.ctx(term.learner), kind="question", title="Which loop?", body="Which one?")
    items.add_item(term.lead, unit.id, plan=ItemPlan(kind=ItemKind.THREAD, thread_id=thread.id))
    stage = Stage(term.make, term.room, term.other_room, term.learner, term.peer, term.mentor, term.coordinator)
    items.add_item(term.lead, unit.id, plan=ItemPlan(kind=ItemKind.SESSION, session_id=stage.session().id))
    term.join(cohort)
    challenge = term.challenge(cohort)
    term.hand_in(term.teams(challenge)[0])
    return cohort


def test_the_plan_is_copied_and_nobody_with_it(term: Term) -> None:
    old = _full(term)
    people = db.session.scalar(select(func.count(CohortMember.id)))
    works = db.session.scalar(select(func.count(Deliverable.id)))
    new = copying.copy_cohort(term.lead, old.id, name="Winter 2026", starts_on=date(2026, 11, 2))
    assert (new.name, new.weeks, new.time_zone, new.capacity, new.member_count) == ("Winter 2026", 4, ZONE, 20, 0)
    assert (new.published_at, new.copied_from_id, new.join_until) == (None, old.id, date(2026, 11, 11))
    assert [unit.title for unit in list_units(new.id)] == ["Read the patient first", "Second"]
    assert db.session.scalar(select(func.count(CohortMember.id))) == people
    assert db.session.scalar(select(func.count(Deliverable.id))) == works
    copied = list_challenges(new.id)[0]
    assert db.session.scalars(select(Team).where(Team.challenge_id == copied.id)).all() == []
    assert [one.name for one in list_criteria(copied.id)] == ["Clarity"]
    assert db.session.scalar(select(func.count(Criterion.id))) == 2
    assert (copied.assigned_at, copied.due_told_at, copied.reviews_each) == (None, None, 1)
    assert db.session.get_one(type(term.room), term.room.id).cohort_count == 1


def test_threads_stay_and_sessions_are_to_be_scheduled(term: Term) -> None:
    old = _full(term)
    new = copying.copy_cohort(term.lead, old.id, name="Winter", starts_on=date(2026, 11, 2))
    before, after = (list_items([list_units(each.id)[0].id]) for each in (old, new))
    assert [item.kind for item in after] == [item.kind for item in before] == ["reading", "thread", "session"]
    assert after[1].thread_id == before[1].thread_id
    assert before[2].session_id is not None
    assert (after[2].session_id, after[2].title) == (None, before[2].title)


def test_a_monday_at_nine_stays_a_monday_at_nine_over_a_change_of_clocks(term: Term) -> None:
    old = _full(term)
    new = copying.copy_cohort(term.lead, old.id, name="Winter", starts_on=date(2026, 11, 2))
    assert list_units(old.id)[0].opens_at == datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
    assert list_units(new.id)[0].opens_at == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    for one, two in zip(list_units(old.id), list_units(new.id), strict=True):
        for name in ("opens_at", "due_at"):
            earlier, later = wall(getattr(one, name), ZONE), wall(getattr(two, name), ZONE)
            assert (later - earlier).days == 22 * 7
            assert (earlier.weekday(), earlier.time()) == (later.weekday(), later.time())
    for name in ("opens_at", "due_at", "feedback_at"):
        earlier = wall(getattr(list_challenges(old.id)[0], name), ZONE)
        later = wall(getattr(list_challenges(new.id)[0], name), ZONE)
        assert (earlier.weekday(), earlier.time()) == (later.weekday(), later.time())


def test_with_a_start_on_another_weekday_nothing_begins_before_it(term: Term) -> None:
    old = _full(term)
    new = copying.copy_cohort(term.lead, old.id, name="Winter", starts_on=date(2026, 11, 4))
    opens = wall(list_units(new.id)[0].opens_at, ZONE)
    assert (opens.date(), opens.weekday()) == (date(2026, 11, 9), 0)


def test_copying_is_for_coordinators_of_this_room_and_happens_once(term: Term) -> None:
    old = term.cohort()
    for user in (term.learner, term.mentor):
        with pytest.raises(Forbidden):
            copying.copy_cohort(term.ctx(user), old.id, name="Mine", starts_on=date(2026, 11, 2))
    with pytest.raises(NotFound):
        copying.copy_cohort(
            term.ctx(term.coordinator, term.other_room), old.id, name="Mine", starts_on=date(2026, 11, 2)
        )
    with pytest.raises(Invalid):
        copying.copy_cohort(term.lead, old.id, name=" ", starts_on=date(2026, 11, 2))
    first, second = (
        copying.copy_cohort(term.lead, old.id, name="W", starts_on=date(2026, 11, 2), client_id="copy-0001")
        for _ in range(2)
    )
    assert first.id == second.id
    assert db.session.scalar(select(func.count(Cohort.id))) == 2
