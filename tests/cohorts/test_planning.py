"""Planning cohorts, units and lists: who may, what is refused, and what the clocks of a zone do to it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from social_cme.accounts.enums import SiteRole
from social_cme.cohorts.enums import ItemKind
from social_cme.cohorts.models import Cohort, StudyItem, Unit
from social_cme.cohorts.queries.courses import item_lines, list_cohorts, list_items, list_units
from social_cme.cohorts.queries.door import open_cohort, open_item, open_unit
from social_cme.cohorts.services import cohorts, items, units
from social_cme.cohorts.services.plans import ItemPlan
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.rooms.enums import Visibility
from social_cme.rooms.services.rooms import archive_room
from tests.cohorts.term import Term, at, later
from tests.live.stage import Stage


def test_a_coordinator_plans_a_cohort_that_others_see_once_it_is_published(term: Term) -> None:
    cohort = cohorts.create_cohort(term.lead, plan=term.plan(summary="For **everybody**."))
    assert "<strong>everybody</strong>" in cohort.summary_html
    assert list_cohorts(term.ctx(term.learner)) == []
    with pytest.raises(NotFound):
        open_cohort(term.ctx(term.learner), cohort.id)
    with pytest.raises(Conflict, match="first unit"):
        cohorts.publish_cohort(term.lead, cohort.id)
    term.unit(cohort)
    for _ in range(2):
        cohorts.publish_cohort(term.lead, cohort.id)
    assert [one.id for one in list_cohorts(term.ctx(term.learner))] == [cohort.id]
    db.session.refresh(term.room)
    assert term.room.cohort_count == 1
    assert term.kinds() == ["cohort.created", "unit.changed", "cohort.changed"]


def test_only_coordinators_and_administrators_plan(term: Term) -> None:
    cohort = term.cohort()
    for user in (term.learner, term.mentor, term.make.user()):
        with pytest.raises(Forbidden):
            cohorts.create_cohort(term.ctx(user), plan=term.plan())
        with pytest.raises(Forbidden):
            cohorts.edit_cohort(term.ctx(user), cohort.id, plan=term.plan(name="Mine"))
        with pytest.raises(Forbidden):
            units.add_unit(term.ctx(user), cohort.id, plan=term.unit_plan())
    administrator = term.make.user(role=SiteRole.ADMINISTRATOR)
    assert cohorts.create_cohort(term.ctx(administrator), plan=term.plan()).id
    archive_room(term.lead)
    with pytest.raises(Forbidden, match="archived"):
        cohorts.create_cohort(term.lead, plan=term.plan())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " \u200b"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"summary": "x" * 4001}, "summary"),
        ({"weeks": 0}, "weeks"),
        ({"weeks": 53}, "weeks"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"starts_on": date(1, 1, 1)}, "starts_on"),
        ({"starts_on": date(9999, 12, 31)}, "starts_on"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10**9}, "capacity"),
        ({"join_until": date(2026, 6, 29)}, "join_until"),
    ],
)
def test_what_cannot_be_planned_is_named_by_its_field(term: Term, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        cohorts.create_cohort(term.lead, plan=term.plan(**changes))
    assert set(refused.value.fields) == {field}
    assert db.session.scalar(select(func.count(Cohort.id))) == 0


def test_a_second_window_cannot_overwrite_the_plan_unseen(term: Term) -> None:
    cohort = term.cohort()
    cohorts.edit_cohort(term.lead, cohort.id, plan=term.plan(name="First"), revision=1)
    with pytest.raises(Conflict):
        cohorts.edit_cohort(term.lead, cohort.id, plan=term.plan(name="Second"), revision=1)
    unit = term.first_unit(cohort)
    units.edit_unit(term.lead, unit.id, plan=term.unit_plan(title="First"), revision=1)
    with pytest.raises(Conflict):
        units.edit_unit(term.lead, unit.id, plan=term.unit_plan(title="Second"), revision=1)
    assert (cohort.name, unit.title) == ("First", "First")


def test_a_repeated_request_plans_once(term: Term) -> None:
    first, second = (cohorts.create_cohort(term.lead, plan=term.plan(), client_id="plan-0001") for _ in range(2))
    assert first.id == second.id
    one, two = (units.add_unit(term.lead, first.id, plan=term.unit_plan(), client_id="unit-0001") for _ in range(2))
    assert one.id == two.id
    assert term.kinds() == ["cohort.created", "unit.changed"]


@pytest.mark.parametrize(
    ("wall", "zone", "utc"),
    [
        # The same wall clock before and after the night on which clocks change.
        ("2026-10-23T09:00", "Europe/Berlin", "2026-10-23T07:00"),
        ("2026-10-26T09:00", "Europe/Berlin", "2026-10-26T08:00"),
        # 02:30 comes twice that night and the first is meant; in spring it does not exist and moves forward.
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),
    ],
)
def test_units_open_by_the_wall_clock_of_the_cohort(term: Term, wall: str, zone: str, utc: str) -> None:
    cohort = cohorts.create_cohort(term.lead, plan=term.plan(starts_on=date(2026, 10, 1), weeks=8, time_zone=zone))
    unit = term.unit(cohort, opens=datetime.fromisoformat(wall), due=datetime(2026, 11, 20, 9, 0))
    assert unit.opens_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"body": "x" * 20_001}, "body"),
        ({"objectives": ["x" * 201]}, "objectives"),
        ({"objectives": ["x"] * 9}, "objectives"),
        ({"opens": datetime(2026, 5, 31, 9, 0)}, "opens_at"),
        ({"due": datetime(2027, 5, 31, 9, 0)}, "due_at"),
        ({"due": datetime(2026, 6, 1, 9, 0)}, "due_at"),
        ({"opens": datetime(2026, 6, 1, 9, 0, tzinfo=UTC)}, "opens_at"),
    ],
)
def test_what_is_wrong_with_a_unit_is_named_by_its_field(term: Term, changes: dict[str, Any], field: str) -> None:
    cohort = cohorts.create_cohort(term.lead, plan=term.plan())
    with pytest.raises(Invalid) as refused:
        term.unit(cohort, **changes)
    assert set(refused.value.fields) == {field}
    assert list_units(cohort.id) == []


def test_units_and_entries_are_ordered_by_buttons(term: Term) -> None:
    cohort = term.cohort()
    first, second = term.first_unit(cohort), term.unit(cohort, title="Second")
    units.move_unit(term.lead, second.id, direction="up")
    units.move_unit(term.lead, second.id, direction="up")
    assert [one.id for one in list_units(cohort.id)] == [second.id, first.id]
    one, two, three = (term.item(first, title=name) for name in ("One", "Two", "Three"))
    items.move_item(term.lead, one.id, direction="down")
    items.move_item(term.lead, three.id, direction="down")
    assert [each.id for each in list_items([first.id])] == [two.id, one.id, three.id]
    with pytest.raises(Invalid):
        items.move_item(term.lead, one.id, direction="sideways")


def test_what_somebody_ticked_off_is_not_removed(term: Term) -> None:
    cohort = term.cohort()
    unit, spare = term.first_unit(cohort), term.unit(cohort, title="Spare")
    done, loose = term.item(unit), term.item(unit, title="Never opened")
    term.item(spare)
    term.join(cohort, term.learner)
    with at(later(hours=1)):
        term.tick(done)
    with pytest.raises(Conflict):
        units.remove_unit(term.lead, unit.id)
    with pytest.raises(Conflict):
        items.remove_item(term.lead, done.id)
    items.remove_item(term.lead, loose.id)
    units.remove_unit(term.lead, spare.id)
    assert db.session.scalars(select(Unit.id)).all() == [unit.id]
    assert db.session.scalars(select(StudyItem.id)).all() == [done.id]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "podcast"}, "kind"),
        ({"kind": "reading", "citation": "", "url": ""}, "citation"),
        ({"kind": "reading", "title": ""}, "title"),
        ({"kind": "reading", "url": "javascript:alert(1)"}, "url"),
        ({"kind": "reading", "url": "https://user:secret@example.org/"}, "url"),
        ({"kind": "video", "url": ""}, "url"),
        ({"kind": "video", "url": 'https://example.org/" onclick'}, "url"),
        ({"kind": "thread", "thread_id": 10**9}, "thread_id"),
        ({"kind": "session", "session_id": 10**9}, "session_id"),
        ({"kind": "session", "session_id": 10**40}, "session_id"),
        ({"kind": "reading", "minutes": 0}, "minutes"),
        ({"kind": "reading", "minutes": 10**6}, "minutes"),
    ],
)
def test_what_is_wrong_with_an_entry_is_named_by_its_field(term: Term, changes: dict[str, Any], field: str) -> None:
    unit = term.first_unit(term.cohort())
    with pytest.raises(Invalid) as refused:
        term.item(unit, **changes)
    assert field in refused.value.fields
    assert list_items([unit.id]) == []


def test_an_entry_leads_to_a_thread_or_a_session_of_this_room_alone(term: Term) -> None:
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    here = post_thread(term.ctx(term.learner), kind="question", title="Which loop?", body="Which one?")
    elsewhere = post_thread(term.ctx(term.learner, term.other_room), kind="question", title="Which?", body="Which?")
    stage = Stage(term.make, term.room, term.other_room, term.learner, term.peer, term.mentor, term.coordinator)
    session = stage.session()
    thread_item = items.add_item(term.lead, unit.id, plan=ItemPlan(kind=ItemKind.THREAD, thread_id=here.id))
    session_item = items.add_item(term.lead, unit.id, plan=ItemPlan(kind=ItemKind.SESSION, session_id=session.id))
    planned = items.add_item(term.lead, unit.id, plan=ItemPlan(kind=ItemKind.SESSION, title="The last evening"))
    assert (thread_item.title, session_item.title) == ("Which loop?", "Loop diuretics on the ward")
    with pytest.raises(Invalid):
        items.add_item(term.lead, unit.id, plan=ItemPlan(kind=ItemKind.THREAD, thread_id=elsewhere.id))
    lines = item_lines(open_cohort(term.lead, cohort.id), [unit.id], user_id=None)[unit.id]
    assert {line.item.id: line.is_there for line in lines} == {
        thread_item.id: True,
        session_item.id: True,
        planned.id: False,
    }


def test_nothing_is_found_from_another_room(term: Term) -> None:
    cohort = term.cohort()
    unit = term.first_unit(cohort)
    item = term.item(unit)
    elsewhere = term.ctx(term.coordinator, term.other_room)
    for act in (
        lambda: open_cohort(elsewhere, cohort.id),
        lambda: open_unit(elsewhere, unit.id),
        lambda: open_item(elsewhere, item.id),
        lambda: cohorts.edit_cohort(elsewhere, cohort.id, plan=term.plan()),
        lambda: cohorts.publish_cohort(elsewhere, cohort.id),
        lambda: units.edit_unit(elsewhere, unit.id, plan=term.unit_plan()),
        lambda: units.move_unit(elsewhere, unit.id, direction="up"),
        lambda: units.remove_unit(elsewhere, unit.id),
        lambda: items.edit_item(elsewhere, item.id, plan=ItemPlan(kind="reading", title="No", citation="No")),
        lambda: items.remove_item(elsewhere, item.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_cohort_of_a_closed_room_is_for_its_members(term: Term) -> None:
    cohort = term.cohort()
    term.room.visibility = Visibility.REQUEST
    db.session.commit()
    with pytest.raises(Forbidden):
        open_cohort(term.ctx(term.make.user()), cohort.id)
    with pytest.raises(Forbidden):
        list_cohorts(term.ctx(None))
