"""Joining, leaving and ticking off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from social_cme.cohorts.enums import UnitState
from social_cme.cohorts.models import CohortMember, StudyTick
from social_cme.cohorts.policies import can_read_unit
from social_cme.cohorts.queries.door import open_cohort, open_unit
from social_cme.cohorts.queries.progress import find_member, find_outline, find_reflections, find_table
from social_cme.cohorts.services import joining, study
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.persistence.facts import Fact
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.services.members import set_role
from tests.cohorts.term import Term, at, later


def test_a_learner_joins_leaves_and_finds_everything_again(term: Term) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    for _ in range(2):
        term.join(cohort, term.learner)
    assert open_cohort(term.ctx(term.learner), cohort.id).is_in
    with at(later(hours=3)):
        term.tick(item, reflection="I looked at the neck veins again.")
        for _ in range(2):
            joining.leave_cohort(term.ctx(term.learner), cohort.id)
        assert cohort.member_count == 0
        with pytest.raises(Forbidden):
            term.tick(item)
    seat = db.session.scalars(select(CohortMember)).one()
    assert seat.left_at == later(hours=3)
    assert find_table(open_cohort(term.lead, cohort.id)).page.items[0].total.done == 1
    with at(later(hours=4)):
        term.join(cohort, term.learner)
    outline = find_outline(open_cohort(term.ctx(term.learner), cohort.id), term.learner.id)
    assert outline.total.done == 1
    assert cohort.member_count == 1
    assert [kind for kind in term.kinds() if kind.startswith("cohort.")] == [
        "cohort.created",
        "cohort.changed",
        "cohort.joined",
        "cohort.left",
        "cohort.joined",
    ]


def test_the_last_place_is_given_away_once(term: Term) -> None:
    cohort = term.cohort(capacity=1)
    term.join(cohort, term.learner)
    with pytest.raises(Conflict, match="place"):
        term.join(cohort, term.peer)
    joining.leave_cohort(term.ctx(term.learner), cohort.id)
    term.join(cohort, term.peer)
    assert cohort.member_count == 1


def test_the_last_day_to_join_is_open_all_day_in_the_zone_of_the_cohort(term: Term) -> None:
    cohort = term.cohort(join_until=date(2026, 6, 3))
    with at(datetime.fromisoformat("2026-06-03T21:59+00:00")):
        term.join(cohort, term.learner)
    with at(datetime.fromisoformat("2026-06-03T22:00+00:00")), pytest.raises(Forbidden, match="takes no new members"):
        term.join(cohort, term.peer)


def test_mentors_coordinators_and_strangers_do_not_join(term: Term) -> None:
    cohort = term.cohort()
    for user in (term.mentor, term.coordinator, term.make.user()):
        with pytest.raises(Forbidden):
            term.join(cohort, user)
    plan = term.cohort(published=False)
    with pytest.raises(NotFound):
        term.join(plan, term.learner)


def test_a_unit_is_for_members_from_the_time_it_opens(term: Term) -> None:
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    item = term.item(unit)
    term.join(cohort, term.learner)
    before = unit.opens_at - timedelta(microseconds=1)
    for user, moment, may in (
        (term.learner, before, False),
        (term.learner, unit.opens_at, True),
        (term.peer, unit.opens_at, False),
        (term.mentor, before, True),
        (term.coordinator, before, True),
        (None, unit.opens_at, False),
    ):
        c, found = open_unit(term.ctx(user), unit.id)
        assert bool(can_read_unit(c, found, moment)) is may, (user, moment)
    with at(before), pytest.raises(Forbidden, match="not open yet"):
        term.tick(item)


def test_ticking_a_whole_unit_off_completes_it_once(term: Term) -> None:
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    one, two = term.item(unit), term.item(unit, title="Two")
    term.join(cohort, term.learner)
    with at(later(hours=1)):
        term.tick(one)
        term.tick(one, reflection="Again.")
        assert "unit.completed" not in term.kinds()
        term.tick(two)
        study.untick_item(term.ctx(term.learner), two.id)
        study.untick_item(term.ctx(term.learner), two.id)
        term.tick(two)
    ticked = [fact for fact in db.session.scalars(select(Fact).order_by(Fact.id)) if fact.kind == "study_item.ticked"]
    assert [(fact.data["item_id"], fact.data["first"]) for fact in ticked] == [
        (one.id, True),
        (two.id, True),
        (two.id, False),
    ]
    assert term.kinds().count("study_item.unticked") == 1
    assert term.kinds().count("unit.completed") == 1


def test_a_fact_carries_no_word_of_a_reflection(term: Term) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    term.join(cohort, term.learner)
    with at(later(hours=1)):
        term.tick(item, reflection="canary-reflection")
    assert not [fact for fact in db.session.scalars(select(Fact)) if "canary" in str(fact.data)]
    assert db.session.scalars(select(StudyTick)).one().reflection == "canary-reflection"


def test_a_reflection_is_one_sentence_and_a_refusal_leaves_no_tick(term: Term) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    term.join(cohort, term.learner)
    with at(later(hours=1)):
        with pytest.raises(Invalid) as refused:
            term.tick(item, reflection="x" * 301)
        assert set(refused.value.fields) == {"reflection"}
        assert db.session.scalars(select(StudyTick)).all() == []
        term.tick(item, reflection="First\nline. ")
        term.tick(item)
    assert db.session.scalars(select(StudyTick)).one().reflection == "First line."


def test_a_learner_who_becomes_a_mentor_takes_part_no_more(term: Term) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    term.join(cohort, term.learner)
    set_role(term.lead, user_id=term.learner.id, role=RoomRole.MENTOR)
    with at(later(hours=1)), pytest.raises(Forbidden, match="accompany"):
        term.tick(item)


def test_progress_tells_what_is_done_what_is_next_and_what_is_overdue(term: Term) -> None:
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    done, open_item = term.item(unit), term.item(unit, title="Open")
    second = term.unit(cohort, title="Second", opens=datetime(2026, 6, 8, 9), due=datetime(2026, 6, 14, 9))
    term.item(second)
    third = term.unit(cohort, title="Third", opens=datetime(2026, 6, 15, 9), due=datetime(2026, 6, 21, 9))
    term.item(third)
    term.join(cohort, term.learner)
    with at(later(hours=1)):
        term.tick(done)
    with at(later(days=8)):
        c = open_cohort(term.ctx(term.learner), cohort.id)
        outline = find_outline(c, term.learner.id)
        assert [line.state for line in outline.units] == [UnitState.OVERDUE, UnitState.OPEN, UnitState.LOCKED]
        assert [(step.key, step.is_overdue) for step in outline.steps] == [
            (f"unit:{unit.id}", True),
            (f"unit:{second.id}", False),
        ]
        term.tick(open_item)
        outline = find_outline(open_cohort(term.ctx(term.learner), cohort.id), term.learner.id)
        assert outline.units[0].state == UnitState.DONE
        assert [step.key for step in outline.steps] == [f"unit:{second.id}"]


def test_mentors_see_what_is_done_and_not_what_was_reflected(term: Term) -> None:
    cohort = term.cohort()
    item = term.item(term.first_unit(cohort))
    term.join(cohort, term.learner, term.peer)
    with at(later(hours=1)):
        term.tick(item, reflection="I was wrong about the dose.")
    for user, reads in ((term.learner, True), (term.coordinator, True), (term.mentor, False)):
        c = open_cohort(term.ctx(user), cohort.id)
        assert find_member(c, term.learner.id)[1].id == term.learner.id
        assert find_outline(c, term.learner.id).total.done == 1
        found = find_reflections(c, term.learner.id)
        assert ([line.reflection for line in found] if found is not None else None) == (
            ["I was wrong about the dose."] if reads else None
        )
    c = open_cohort(term.ctx(term.peer), cohort.id)
    assert find_reflections(c, term.learner.id) is None
    with pytest.raises(Forbidden):
        find_member(c, term.learner.id)
    with pytest.raises(Forbidden):
        find_table(c)
    with pytest.raises(NotFound):
        find_member(open_cohort(term.lead, cohort.id), term.mentor.id)


def test_the_table_costs_the_same_for_two_members_and_for_forty(term: Term, count_queries) -> None:  # type: ignore[no-untyped-def]
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    item = term.item(unit)
    challenge = term.challenge(cohort)
    term.join(cohort, term.learner, term.peer)
    term.teams(challenge, 2)
    c = open_cohort(term.lead, cohort.id)
    with count_queries() as few:
        assert len(find_table(c).page.items) == 2
    crowd = [term.make.user() for _ in range(38)]
    for user in crowd:
        term.make.membership(term.room, user)
    term.join(cohort, *crowd)
    for user in crowd:
        with clock.at(later(hours=1)):
            term.tick(item, user)
    c = open_cohort(term.lead, cohort.id)
    with count_queries() as many:
        assert len(find_table(c).page.items) == 40
    assert len(many) == len(few) <= 7
    with count_queries() as own:
        find_outline(open_cohort(term.ctx(term.learner), cohort.id), term.learner.id)
    assert len(own) <= 10


def test_the_table_pages_by_name(term: Term) -> None:
    cohort = term.cohort()
    term.join(cohort)
    c = open_cohort(term.lead, cohort.id)
    first = find_table(c, limit=3).page
    rest = find_table(c, limit=3, cursor=first.next_cursor).page
    found = [line.person for line in [*first.items, *rest.items]]
    assert found == sorted(term.learners, key=lambda person: person.name_key)
    assert len(first.items) == 3
    assert rest.next_cursor is None
