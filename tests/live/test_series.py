"""Series: rules as iCalendar writes them, the host's wall clock kept over every change of clocks, one session or all that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.models import LiveSeries, LiveSession
from social_cme.live.queries import series as queries
from social_cme.live.queries import sessions
from social_cme.live.rules.recurrence import (
    MOST_OCCURRENCES,
    BadRule,
    every_month,
    every_week,
    in_words,
    occurrences,
    parse_rule,
)
from social_cme.live.services import leading, rsvps, schedule, series
from tests.live.stage import NOON, Stage

TUESDAY = datetime(2026, 6, 2, 18, 0)


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


def starts(rule: str, start: datetime = TUESDAY, zone: str = "UTC") -> list[str]:
    return [f"{one:%Y-%m-%dT%H:%M}" for one in occurrences(parse_rule(rule, start=start, zone_name=zone), start)]


def planned(stage: Stage, rule: str = "FREQ=WEEKLY;BYDAY=TU;COUNT=4", **changes: Any) -> list[LiveSession]:
    plan = {"starts": TUESDAY, "ends": TUESDAY + timedelta(hours=1), "time_zone": "Europe/Berlin", **changes}
    return series.schedule_series(stage.ctx(stage.mentor), plan=stage.plan(**plan), rule=rule)


def walls(found: list[LiveSession]) -> list[str]:
    return [f"{schedule.wall_clock(one.starts_at, one.time_zone):%m-%d %H:%M}" for one in found]


# ------------------------------------------------------------------ rules


def test_weekly_biweekly_and_monthly_rules() -> None:
    assert starts("FREQ=WEEKLY;COUNT=3") == ["2026-06-02T18:00", "2026-06-09T18:00", "2026-06-16T18:00"]
    assert starts("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20260630") == [
        "2026-06-02T18:00",
        "2026-06-04T18:00",
        "2026-06-16T18:00",
        "2026-06-18T18:00",
        "2026-06-30T18:00",
    ]
    assert starts("freq=monthly;byday=1tu;count=3") == ["2026-06-02T18:00", "2026-07-07T18:00", "2026-08-04T18:00"]
    assert starts("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", datetime(2026, 6, 26, 12)) == [
        "2026-06-26T12:00",
        "2026-07-31T12:00",
        "2026-08-28T12:00",
    ]
    assert starts("FREQ=MONTHLY;COUNT=2", datetime(2026, 6, 30, 12)) == ["2026-06-30T12:00", "2026-07-28T12:00"]


def test_an_until_in_utc_is_read_in_the_zone_of_the_host() -> None:
    # 22:30 in New York is the next day in UTC; the last session still counts.
    late = datetime(2026, 6, 2, 22, 30)
    assert len(starts("FREQ=WEEKLY;UNTIL=20260610T023000Z", late, "America/New_York")) == 2
    with pytest.raises(BadRule, match="at least two"):
        starts("FREQ=WEEKLY;UNTIL=20260610T022959Z", late, "America/New_York")


@pytest.mark.parametrize(
    "rule",
    [
        "",
        " ",
        "nonsense",
        "FREQ=WEEKLY",
        "FREQ=DAILY;COUNT=3",
        "FREQ=SECONDLY;COUNT=3",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=1",
        "FREQ=WEEKLY;COUNT=105",
        "FREQ=WEEKLY;COUNT=99999999999999999999",
        "FREQ=WEEKLY;COUNT=\u0663",
        "FREQ=WEEKLY;COUNT=-3",
        "FREQ=WEEKLY;COUNT=3;COUNT=4",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20270101",
        "FREQ=WEEKLY;COUNT=3;BYHOUR=1,2,3",
        "FREQ=WEEKLY;COUNT=3;BYDAY=XX",
        "FREQ=WEEKLY;COUNT=3;BYDAY=2TU",
        "FREQ=WEEKLY;COUNT=3;BYDAY=WE",
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU",
        "FREQ=MONTHLY;COUNT=3;BYDAY=9TU",
        "FREQ=MONTHLY;COUNT=60;BYDAY=1TU",
        "FREQ=WEEKLY;INTERVAL=0;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=13;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=12;COUNT=30",
        "FREQ=WEEKLY;WKST=SU;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20261345",
        "FREQ=WEEKLY;UNTIL=20250101",
        "FREQ=WEEKLY;UNTIL=99991231T235959Z",
        "FREQ=WEEKLY;UNTIL=20260709T180000+02:00",
        "FREQ=WEEKLY;COUNT=3\r\nDTSTART:20200101",
        "FREQ=WEEKLY;COUNT=3;" + "BYDAY=MO," * 60 + "TU",
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(rule: str) -> None:
    with pytest.raises(BadRule):
        starts(rule)


def test_a_refused_rule_is_named_by_its_field_and_plans_nothing(stage: Stage) -> None:
    for rule in ("nonsense", "FREQ=WEEKLY;COUNT=105", "FREQ=WEEKLY;UNTIL=99991231T235959Z"):
        with pytest.raises(Invalid) as refused:
            planned(stage, rule)
        assert set(refused.value.fields) == {"recurrence"}
    assert db.session.scalar(select(func.count(LiveSession.id))) == 0
    assert db.session.scalar(select(func.count(LiveSeries.id))) == 0


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),
    st.booleans(),
    st.integers(1, 12),
    st.integers(2, 104),
    st.sets(st.integers(0, 6)),
)
def test_what_a_rule_is_written_as_reads_as_the_same_rule(
    start: datetime, monthly: bool, interval: int, count: int, weekdays: set[int]
) -> None:
    start = start.replace(second=0, microsecond=0)
    base = every_month(start) if monthly else every_week(start, interval=interval, weekdays=weekdays)
    written = str(replace(base, count=count))
    read = parse_rule(written, start=start, zone_name="UTC")
    assert str(read) == written
    try:
        found = occurrences(read, start)
    except BadRule:
        return
    assert found[0] == start
    assert found == sorted(set(found))
    assert 2 <= len(found) == count <= MOST_OCCURRENCES
    assert all((one.hour, one.minute) == (start.hour, start.minute) for one in found)
    assert found[-1] - start <= timedelta(days=730)


def test_rules_are_said_in_words() -> None:
    assert in_words("FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=4") == "every week, on Tuesday"
    assert in_words("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,TH;COUNT=4") == "every 2 weeks, on Monday, Tuesday and Thursday"
    assert in_words("FREQ=MONTHLY;INTERVAL=1;BYDAY=-1FR;COUNT=4") == "every month, on the last Friday"


# ------------------------------------------------------------------ planning


def test_each_occurrence_is_a_session_of_its_own(stage: Stage) -> None:
    found = planned(stage, capacity=5)
    assert walls(found) == ["06-02 18:00", "06-09 18:00", "06-16 18:00", "06-23 18:00"]
    assert [(one.series_place, one.series_length) for one in found] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert {one.capacity for one in found} == {5}
    assert stage.kinds(found[0]) == ["session.scheduled", "series.scheduled"]
    assert stage.kinds(found[1]) == ["session.scheduled"]
    rsvps.set_rsvp(stage.ctx(stage.learner), found[1].id, going=True)
    assert [one.going_count for one in found] == [0, 1, 0, 0]


def test_a_repeated_request_plans_one_series(stage: Stage) -> None:
    plan = stage.plan(starts=TUESDAY, ends=TUESDAY + timedelta(hours=1))
    first, second = (
        series.schedule_series(stage.ctx(stage.mentor), plan=plan, rule="FREQ=WEEKLY;COUNT=3", client_id="series-0001")
        for _ in range(2)
    )
    assert [one.id for one in first] == [one.id for one in second]
    assert db.session.scalar(select(func.count(LiveSession.id))) == 3


def test_learners_and_strangers_plan_no_series(stage: Stage) -> None:
    for user in (stage.learner, stage.make.user(), None):
        with pytest.raises(Forbidden):
            series.schedule_series(stage.ctx(user), plan=stage.plan(), rule="FREQ=WEEKLY;COUNT=3")


@pytest.mark.parametrize(
    ("zone", "start", "moments"),
    [
        # New York leaves summer time on November 1, 2026: 18:00 on the wall is an hour later in UTC.
        ("America/New_York", "2026-10-27T18:00", ["2026-10-27T22:00", "2026-11-03T23:00"]),
        ("Europe/Berlin", "2026-10-20T18:00", ["2026-10-20T16:00", "2026-10-27T17:00"]),
        # Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", "2026-09-27T18:00", ["2026-09-27T07:30", "2026-10-04T07:00"]),
        # On the night itself: 02:30 does not exist on March 14, 2027, and is moved forward by the gap.
        ("America/New_York", "2027-03-07T02:30", ["2027-03-07T07:30", "2027-03-14T07:30"]),
        ("Europe/Berlin", "2027-03-21T02:30", ["2027-03-21T01:30", "2027-03-28T01:30"]),
        ("Australia/Lord_Howe", "2026-09-27T02:15", ["2026-09-26T15:45", "2026-10-03T15:45"]),
        # 01:30 comes twice on November 1, 2026; the first one is meant.
        ("America/New_York", "2026-10-25T01:30", ["2026-10-25T05:30", "2026-11-01T05:30"]),
        ("Europe/Berlin", "2026-10-18T02:30", ["2026-10-18T00:30", "2026-10-25T00:30"]),
        ("Australia/Lord_Howe", "2027-03-28T01:45", ["2027-03-27T14:45", "2027-04-03T14:45"]),
    ],
)
def test_the_wall_clock_is_kept_over_changes_of_clocks(stage: Stage, zone: str, start: str, moments: list[str]) -> None:
    first = datetime.fromisoformat(start)
    found = planned(stage, "FREQ=WEEKLY;COUNT=2", starts=first, ends=first + timedelta(minutes=45), time_zone=zone)
    assert [f"{one.starts_at:%Y-%m-%dT%H:%M}" for one in found] == moments
    assert {one.ends_at - one.starts_at for one in found} == {timedelta(minutes=45)}, "each lasts as long as the first"


def test_a_session_that_would_end_in_the_repeated_hour_lasts_as_long_as_the_others(stage: Stage) -> None:
    first = datetime(2026, 10, 25, 1, 30)
    found = planned(
        stage, "FREQ=WEEKLY;COUNT=2", starts=first, ends=first + timedelta(hours=1), time_zone="America/New_York"
    )
    # 01:30 EDT to 01:30 EST: on the wall it ends when it began.
    assert [(one.starts_at.hour, one.ends_at.hour) for one in found] == [(5, 6), (5, 6)]


def test_a_hundred_and_four_sessions_are_planned_at_once(stage: Stage) -> None:
    soon = datetime(2026, 5, 13, 18)
    found = planned(stage, f"FREQ=WEEKLY;COUNT={MOST_OCCURRENCES}", starts=soon, ends=soon + timedelta(hours=1))
    assert len(found) == MOST_OCCURRENCES
    assert len({one.starts_at for one in found}) == MOST_OCCURRENCES


def test_the_last_session_is_at_most_two_years_ahead_of_today(stage: Stage) -> None:
    far = datetime(2028, 5, 2, 18)
    with pytest.raises(Invalid, match="two years ahead") as refused:
        planned(stage, "FREQ=WEEKLY;COUNT=3", starts=far, ends=far + timedelta(hours=1))
    assert set(refused.value.fields) == {"recurrence"}


def test_lists_show_the_next_session_of_a_series(stage: Stage) -> None:
    found = planned(stage)
    single = stage.session(title="Alone")
    ctx = stage.ctx(stage.learner)
    assert [one.id for one in sessions.list_upcoming(ctx)] == [single.id, found[0].id]
    schedule.cancel_session(stage.ctx(stage.mentor), found[0].id, reason="A holiday")
    assert [one.id for one in sessions.list_mine(stage.learner)] == [single.id, found[1].id]
    assert [one.id for one in queries.list_sessions_of(ctx, found[0].series_id or 0)] == [one.id for one in found]


# ------------------------------------------------------------------ changing


def test_only_this_one_changes(stage: Stage) -> None:
    found = planned(stage)
    plan = schedule.current_plan(stage.ctx(stage.mentor), found[1].id)
    schedule.edit_session(
        stage.ctx(stage.mentor),
        found[1].id,
        plan=plan.changed(
            title="Another", starts=plan.starts + timedelta(hours=1), ends=plan.ends + timedelta(hours=1)
        ),
    )
    assert walls(found) == ["06-02 18:00", "06-09 19:00", "06-16 18:00", "06-23 18:00"]
    assert [one.title == "Another" for one in found] == [False, True, False, False]
    assert [one.sequence for one in found] == [0, 1, 0, 0]


def test_this_and_all_that_follow_take_the_new_time_of_day_and_move_by_as_many_days(stage: Stage) -> None:
    found = planned(
        stage, "FREQ=WEEKLY;BYDAY=TU;COUNT=4", starts=datetime(2026, 10, 13, 18), ends=datetime(2026, 10, 13, 19)
    )
    ctx = stage.ctx(stage.mentor)
    plan = schedule.current_plan(ctx, found[1].id)
    moved = plan.changed(
        title="Later",
        starts=datetime(2026, 10, 21, 20, 30),
        ends=datetime(2026, 10, 21, 22),
        co_mentor_ids=(stage.coordinator.id,),
    )
    changed = series.edit_following(ctx, found[1].id, plan=moved)
    assert [one.id for one in changed] == [one.id for one in found[1:]]
    assert walls(found) == ["10-13 18:00", "10-21 20:30", "10-28 20:30", "11-04 20:30"]
    assert [one.ends_at - one.starts_at for one in found] == [timedelta(hours=1), *[timedelta(minutes=90)] * 3]
    assert [one.title for one in found] == ["Loop diuretics on the ward", "Later", "Later", "Later"]
    assert sessions.mentor_ids(found[3].id) == {stage.mentor.id, stage.coordinator.id}
    assert sessions.mentor_ids(found[0].id) == {stage.mentor.id}
    assert [one.sequence for one in found] == [0, 1, 1, 1]
    assert stage.kinds(found[1])[-2:] == ["session.changed", "series.changed"]


def test_words_change_without_touching_a_session_that_was_moved_alone(stage: Stage) -> None:
    found = planned(stage)
    ctx = stage.ctx(stage.mentor)
    alone = schedule.current_plan(ctx, found[2].id)
    schedule.edit_session(
        ctx,
        found[2].id,
        plan=alone.changed(starts=alone.starts + timedelta(days=1), ends=alone.ends + timedelta(days=1)),
    )
    plan = schedule.current_plan(ctx, found[0].id).changed(description="New words")
    series.edit_following(ctx, found[0].id, plan=plan)
    assert walls(found) == ["06-02 18:00", "06-09 18:00", "06-17 18:00", "06-23 18:00"]
    assert {one.description_md for one in found} == {"New words"}


def test_this_and_all_that_follow_are_called_off(stage: Stage) -> None:
    found = planned(stage)
    ctx = stage.ctx(stage.mentor)
    for _ in range(2):
        gone = series.cancel_following(ctx, found[2].id, reason="The speaker is ill.", client_id="cancel-0001")
        assert [one.id for one in gone] == [found[2].id, found[3].id]
    assert [one.state for one in found] == ["scheduled", "scheduled", "cancelled", "cancelled"]
    assert [one.sequence for one in found] == [0, 0, 1, 1]
    assert found[3].cancel_reason == "The speaker is ill."
    with pytest.raises(Conflict):
        series.cancel_following(ctx, found[2].id, reason="Again")
    with pytest.raises(Invalid):
        series.cancel_following(ctx, found[0].id, reason=" ")


def test_a_change_that_one_of_them_cannot_take_changes_none(stage: Stage) -> None:
    found = planned(stage)
    for user in (stage.learner, stage.peer):
        rsvps.set_rsvp(stage.ctx(user), found[3].id, going=True)
    ctx = stage.ctx(stage.mentor)
    plan = schedule.current_plan(ctx, found[0].id)
    with pytest.raises(Invalid) as refused:
        series.edit_following(ctx, found[0].id, plan=plan.changed(title="Small", capacity=1))
    assert set(refused.value.fields) == {"capacity"}
    db.session.expire_all()
    assert {one.title for one in found} == {"Loop diuretics on the ward"}
    assert stage.kinds(found[0]) == ["session.scheduled", "series.scheduled"]


def test_who_may_not_lead_changes_no_series(stage: Stage) -> None:
    found = planned(stage)
    plan = stage.plan()
    for user in (stage.learner, stage.make.user(), None):
        with pytest.raises(Forbidden):
            series.edit_following(stage.ctx(user), found[0].id, plan=plan)
        with pytest.raises(Forbidden):
            series.cancel_following(stage.ctx(user), found[0].id, reason="No")
    elsewhere = stage.ctx(stage.mentor, stage.other_room)
    for act in (
        lambda: series.edit_following(elsewhere, found[0].id, plan=plan),
        lambda: series.cancel_following(elsewhere, found[0].id, reason="No"),
        lambda: queries.access_series(elsewhere, found[0].series_id or 0),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_single_or_running_session_is_not_changed_with_others(stage: Stage) -> None:
    ctx = stage.ctx(stage.mentor)
    with pytest.raises(Conflict):
        series.cancel_following(ctx, stage.session().id, reason="No")
    found = planned(stage)
    with clock.at(found[0].starts_at):
        leading.start_session(ctx, found[0].id)
        with pytest.raises(Conflict):
            series.edit_following(ctx, found[0].id, plan=stage.plan())
        # What runs is left alone when an earlier one that was never held is changed with all that follow.
        assert [one.series_place for one in queries.lock_following(found[0])] == [2, 3, 4]
    assert found[0].started_at == datetime(2026, 6, 2, 16, 0, tzinfo=UTC)


def test_what_was_changed_before_is_not_changed_again_by_a_repeat(stage: Stage) -> None:
    found = planned(stage)
    ctx = stage.ctx(stage.mentor)
    plan = schedule.current_plan(ctx, found[0].id).changed(title="Once")
    for _ in range(2):
        series.edit_following(ctx, found[0].id, plan=plan, client_id="edit-00001")
    assert [one.sequence for one in found] == [1, 1, 1, 1]
