"""Planning sessions: who may, what is refused, and what the clocks of a zone do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession
from social_cme.live.queries import sessions as queries
from social_cme.live.services import leading, rsvps, schedule
from social_cme.rooms.enums import Visibility
from tests.live.stage import NOON, Stage


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


def test_a_mentor_puts_a_session_on_the_calendar(stage: Stage) -> None:
    session = schedule.schedule_session(
        stage.ctx(stage.mentor),
        plan=stage.plan(
            starts=datetime(2026, 6, 1, 18, 0),
            ends=datetime(2026, 6, 1, 19, 0),
            time_zone="America/New_York",
            mentor_ids=(stage.mentor.id, stage.coordinator.id),
            capacity=40,
        ),
    )
    assert session.starts_at == datetime(2026, 6, 1, 22, 0, tzinfo=UTC)
    assert session.state == SessionState.SCHEDULED
    assert "<strong>one</strong>" in session.description_html
    assert [one.id for one in queries.list_mentors([session.id])[session.id]] == [stage.mentor.id, stage.coordinator.id]
    assert stage.kinds(session) == ["session.scheduled"]


@pytest.mark.parametrize(
    ("wall", "zone", "utc"),
    [
        # 02:30 does not exist on this night; calendars move it forward by the gap.
        ("2027-03-14T02:30", "America/New_York", "2027-03-14T07:30"),
        # 01:30 comes twice; the first one is meant.
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),
        # Lord Howe moves by half an hour.
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),
    ],
)
def test_nights_on_which_clocks_change_are_the_zones_business(stage: Stage, wall: str, zone: str, utc: str) -> None:
    start = datetime.fromisoformat(wall)
    session = schedule.schedule_session(
        stage.ctx(stage.mentor), plan=stage.plan(starts=start, ends=start + timedelta(hours=3), time_zone=zone)
    )
    assert session.starts_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_session_over_the_night_of_the_change_keeps_its_moments_when_its_title_is_edited(stage: Stage) -> None:
    start = datetime(2026, 11, 1, 0, 30)
    session = stage.session(starts=start, ends=start + timedelta(hours=1), time_zone="America/New_York")
    with clock.at(session.starts_at):
        leading.start_session(stage.ctx(stage.mentor), session.id)
        leading.extend_session(stage.ctx(stage.mentor), session.id, minutes=60)
        end = session.ends_at
        assert end == datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "the second 01:30"
        plan = schedule.current_plan(stage.ctx(stage.mentor), session.id).changed(title="A new title")
        schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=plan)
    assert session.ends_at == end
    assert session.title == "A new title"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 5001}, "description"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"starts": datetime(2026, 5, 12, 11, 0)}, "starts_at"),
        ({"starts": datetime(1, 1, 1, 0, 0), "time_zone": "Asia/Tokyo"}, "starts_at"),
        ({"starts": datetime(2030, 1, 1), "ends": datetime(2030, 1, 1, 1)}, "starts_at"),
        ({"starts": datetime(2026, 5, 12, 13, tzinfo=UTC)}, "starts_at"),
        ({"ends": datetime(2026, 5, 12, 12, 30)}, "ends_at"),
        ({"ends": datetime(2026, 5, 13, 0, 31)}, "ends_at"),
        ({"mentor_ids": ()}, "mentor_ids"),
        ({"mentor_ids": (10**9,)}, "mentor_ids"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10**6}, "capacity"),
    ],
)
def test_what_cannot_be_planned_is_named_by_its_field(stage: Stage, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        schedule.schedule_session(stage.ctx(stage.mentor), plan=stage.plan(**changes))
    assert set(refused.value.fields) == {field}
    assert db.session.scalar(select(func.count(LiveSession.id))) == 0


def test_a_learner_cannot_lead_a_session(stage: Stage) -> None:
    with pytest.raises(Invalid):
        schedule.schedule_session(stage.ctx(stage.mentor), plan=stage.plan(mentor_ids=(stage.learner.id,)))


def test_a_learner_and_a_stranger_cannot_plan_a_session(stage: Stage) -> None:
    for user in (stage.learner, stage.make.user(), None):
        with pytest.raises(Forbidden):
            schedule.schedule_session(stage.ctx(user), plan=stage.plan())


def test_a_repeated_request_plans_one_session(stage: Stage) -> None:
    first, second = (
        schedule.schedule_session(stage.ctx(stage.mentor), plan=stage.plan(), client_id="plan-0001") for _ in range(2)
    )
    assert first.id == second.id
    assert stage.kinds(first) == ["session.scheduled"]


def test_a_change_is_told_and_another_mentor_may_not_make_it(stage: Stage) -> None:
    session = stage.session()
    stranger = stage.make.user()
    stage.make.membership(stage.room, stranger, role="mentor")
    with pytest.raises(Forbidden):
        schedule.edit_session(stage.ctx(stranger), session.id, plan=stage.plan())
    plan = stage.plan(title="Changed", mentor_ids=(stranger.id, stage.mentor.id))
    schedule.edit_session(stage.ctx(stage.coordinator), session.id, plan=plan)
    assert session.title == "Changed"
    assert queries.mentor_ids(session.id) == {stranger.id, stage.mentor.id}
    assert stage.kinds(session) == ["session.scheduled", "session.changed"]


def test_the_start_of_a_running_session_stays(stage: Stage) -> None:
    session = stage.running()
    start = session.starts_at
    schedule.edit_session(
        stage.ctx(stage.mentor),
        session.id,
        plan=stage.plan(starts=datetime(2026, 5, 12, 12, 5), ends=datetime(2026, 5, 12, 15, 0)),
    )
    assert (session.starts_at, session.ends_at) == (start, datetime(2026, 5, 12, 15, 0, tzinfo=UTC))


def test_places_cannot_be_fewer_than_the_people_who_come(stage: Stage) -> None:
    session = stage.session()
    for user in (stage.learner, stage.peer):
        rsvps.set_rsvp(stage.ctx(user), session.id, going=True)
    with pytest.raises(Invalid) as refused:
        schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=stage.plan(capacity=1))
    assert set(refused.value.fields) == {"capacity"}


def test_a_canceled_session_says_why_and_cannot_be_changed(stage: Stage) -> None:
    session = stage.session()
    with pytest.raises(Invalid):
        schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="  ")
    with pytest.raises(Forbidden):
        schedule.cancel_session(stage.ctx(stage.learner), session.id, reason="No")
    for _ in range(2):
        schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="The speaker is ill.")
    assert (session.state, session.cancel_reason) == (SessionState.CANCELLED, "The speaker is ill.")
    assert stage.kinds(session) == ["session.scheduled", "session.cancelled"]
    with pytest.raises(Conflict):
        schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=stage.plan())
    with pytest.raises(Conflict):
        leading.start_session(stage.ctx(stage.mentor), session.id)


def test_a_running_session_cannot_be_canceled(stage: Stage) -> None:
    session = stage.running()
    with pytest.raises(Conflict):
        schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="Too late")


def test_a_session_is_not_found_from_another_room(stage: Stage) -> None:
    session = stage.session()
    elsewhere = stage.ctx(stage.mentor, stage.other_room)
    for act in (
        lambda: queries.access_session(elsewhere, session.id),
        lambda: schedule.edit_session(elsewhere, session.id, plan=stage.plan()),
        lambda: schedule.cancel_session(elsewhere, session.id, reason="No"),
        lambda: leading.start_session(elsewhere, session.id),
        lambda: leading.end_session(elsewhere, session.id),
        lambda: leading.extend_session(elsewhere, session.id, minutes=5),
        lambda: rsvps.set_rsvp(elsewhere, session.id, going=True),
    ):
        with pytest.raises(NotFound):
            act()


def test_lists_show_what_is_ahead_first_and_what_is_over_apart(stage: Stage) -> None:
    later = stage.session(title="Later", starts=datetime(2026, 5, 20, 12), ends=datetime(2026, 5, 20, 13))
    soon = stage.session(title="Soon")
    with clock.at(NOON - timedelta(days=2)):
        missed = stage.session(title="Never held")
    running = stage.running(title="Running")
    ctx = stage.ctx(stage.learner)
    assert [one.id for one in queries.list_upcoming(ctx)] == [running.id, soon.id, later.id]
    assert [one.id for one in queries.list_past(ctx).items] == [missed.id]
    assert queries.list_next_by_room([stage.room.id]) == {stage.room.id: running}
    assert [one.id for one in queries.list_mine(stage.learner)] == [running.id, soon.id, later.id]
    assert queries.list_mine(stage.make.user()) == []
    first = queries.list_sessions(ctx, limit=3)
    rest = queries.list_sessions(ctx, limit=3, cursor=first.next_cursor)
    assert [one.id for one in [*first.items, *rest.items]] == [later.id, running.id, soon.id, missed.id]
    assert rest.next_cursor is None


def test_sessions_of_a_closed_room_are_for_its_members(stage: Stage) -> None:
    closed = stage.make.room(mentor=stage.mentor, visibility=Visibility.REQUEST)
    session = schedule.schedule_session(stage.ctx(stage.mentor, closed), plan=stage.plan())
    with pytest.raises(Forbidden):
        queries.access_session(stage.ctx(stage.learner, closed), session.id)
    with pytest.raises(Forbidden):
        queries.enter_session(stage.learner, session.id)
    hidden = stage.make.room(mentor=stage.mentor, visibility=Visibility.INVITATION)
    session = schedule.schedule_session(stage.ctx(stage.mentor, hidden), plan=stage.plan())
    with pytest.raises(NotFound):
        queries.enter_session(stage.learner, session.id)
    with pytest.raises(NotFound):
        queries.enter_session(stage.learner, 10**9)
    assert queries.list_mine(None) == []
