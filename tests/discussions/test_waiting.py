"""What waits for an answer: who sees it where, whom it is brought to and when, and how long people waited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import BadRequest, Forbidden, Invalid
from social_cme.discussions.enums import EscalationLevel
from social_cme.discussions.models import Escalation
from social_cme.discussions.queries.response_times import list_months_of_waits
from social_cme.discussions.queries.waiting import list_waiting, list_waiting_rooms
from social_cme.discussions.rules.durations import age_in_words, hours_in_words
from social_cme.discussions.rules.escalation import due_levels
from social_cme.discussions.rules.response_times import Wait, by_month, last_months, spread_of
from social_cme.discussions.services import moderating
from social_cme.discussions.services.escalating import escalate_overdue
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.jobs.queue import JOBS
from social_cme.notifications.models import Notification
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.rooms import archive_room, edit_room
from tests.discussions.journal_club import Club, count, facts, reload
from tests.factories import Factory

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


def after(hours: float) -> Any:
    return clock.at(NOON + timedelta(hours=hours))


# ------------------------------------------------------------------ the queue


def test_the_longest_waiting_come_first_and_pages_follow_each_other(club: Club) -> None:
    asked = []
    for hour in (5, 1, 3):
        with after(hour):
            asked.append(club.question(title=f"Asked at {hour}").id)
    first = list_waiting(club.peer, limit=2)
    second = list_waiting(club.peer, limit=2, cursor=first.next_cursor)
    assert [one.id for one in (*first.items, *second.items)] == [asked[1], asked[2], asked[0]]
    assert second.next_cursor is None


def test_what_cannot_get_a_first_answer_does_not_wait(club: Club) -> None:
    kept = club.question()
    club.answer(club.question())
    club.question(kind="discussion")
    ctx = club.ctx(club.mentor)
    moderating.hide_thread(ctx, thread_id=club.question().id, reason="r")
    moderating.lock_thread(ctx, thread_id=club.question().id, reason="r")
    assert [one.id for one in list_waiting(club.peer).items] == [kept.id]


def test_nobody_sees_what_waits_in_a_room_that_they_may_not_read(club: Club, make: Factory) -> None:
    inside, banned = make.user(), make.user()
    secret = make.room(members=(inside,), visibility="invitation", name="CANARY room")
    with transaction():
        club.room.visibility = "public"
    make.membership(club.room, banned, state=MembershipState.BANNED)
    asked = post_thread(open_room(inside, secret.slug), kind="question", title="CANARY", body="In there.")
    open_one = club.question()
    assert [one.id for one in list_waiting(inside).items] == [asked.id, open_one.id]
    assert [room.id for room in list_waiting_rooms(inside)] == [secret.id, club.room.id]
    for reader in (club.stranger, None):
        assert [one.id for one in list_waiting(reader).items] == [open_one.id]
        assert [room.id for room in list_waiting_rooms(reader)] == [club.room.id]
        assert list_waiting(reader, room=secret.slug).items == []
    assert list_waiting(banned).items == []


def test_the_queue_narrows_to_a_room_and_a_specialty(club: Club, make: Factory) -> None:
    heart = club.question()
    kidney_room = make.room(members=(club.author,), specialty="nephrology")
    kidney = post_thread(club.ctx(club.author, kidney_room), kind="question", title="Dialysis?", body="When?")
    assert [one.id for one in list_waiting(None, room=kidney_room.slug).items] == [kidney.id]
    assert [one.id for one in list_waiting(None, specialty="cardiology").items] == [heart.id]
    archive_room(club.ctx(make.user(role="administrator"), kidney_room))
    assert list_waiting(None, room=kidney_room.slug).items == []


def test_a_made_up_cursor_is_refused(club: Club) -> None:
    with pytest.raises(BadRequest):
        list_waiting(None, cursor="W10")


def test_the_queue_costs_one_statement(club: Club, make: Factory, count_queries: Callable[[], Any]) -> None:
    for _ in range(3):
        make.room()
        club.question()
    with count_queries() as seen:
        list_waiting(club.peer)
    assert len([one for one in seen if "FROM thread" in one]) == 1


def test_the_page_says_what_waits_and_for_how_long(club: Club, login: Callable[[User], FlaskClient]) -> None:
    with after(0):
        club.question(title="Which <b>dose</b>?")
    with after(53):
        page = login(club.peer).get("/unanswered?room=&specialty=cardiology").text
        nothing = login(club.peer).get("/unanswered?specialty=nephrology").text
        odd = login(club.peer).get("/unanswered?specialty=%00&room=%27--&cursor=zzz")
    assert "Waiting for 2 days" in page
    assert "Which &lt;b&gt;dose" in page
    assert "Nothing unanswered fits" in nothing
    assert odd.status_code == 400


# ------------------------------------------------------------------ escalation


def test_mentors_then_coordinators_are_due_once_each() -> None:
    def due(hours: float, *, limit: int = 24, mentors: bool = False, coordinators: bool = False) -> Any:
        return due_levels(timedelta(hours=hours), limit, mentors_told=mentors, coordinators_told=coordinators)

    assert due(23.99) == ()
    assert due(24) == (EscalationLevel.MENTORS,)
    assert due(47.99, mentors=True) == ()
    assert due(48, mentors=True) == (EscalationLevel.COORDINATORS,)
    assert due(48) == (EscalationLevel.MENTORS, EscalationLevel.COORDINATORS)
    assert due(999, mentors=True, coordinators=True) == ()
    assert due(999, limit=0) == ()


def test_what_waits_is_brought_to_the_mentors_once_and_later_to_the_coordinators(
    club: Club, make: Factory, deliver: Callable[[], int]
) -> None:
    coordinator, gone = make.user("Cora"), make.user("Gone", state=AccountState.CLOSED)
    make.membership(club.room, coordinator, role="coordinator")
    make.membership(club.room, gone, role="mentor")
    with after(0):
        thread = club.question()
        discussion = club.question(kind="discussion")

    def told_at(hours: float) -> list[int]:
        with after(hours):
            escalate_overdue()
            while deliver():
                pass
        return [
            one.user_id
            for one in db.session.scalars(select(Notification).filter_by(kind="waiting").order_by(Notification.id))
        ]

    assert told_at(23.9) == []
    assert told_at(24) == told_at(24.1) == told_at(47.9) == [club.mentor.id]
    assert told_at(48) == told_at(500) == [club.mentor.id, coordinator.id]
    assert [(one["thread_id"], one["level"], one["actor_id"]) for one in facts("thread.escalated")] == [
        (thread.id, "mentors", None),
        (thread.id, "coordinators", None),
    ]
    assert discussion.id != thread.id


def test_an_answer_in_time_tells_nobody(club: Club) -> None:
    with after(0):
        thread = club.question()
    with after(20):
        club.answer(thread)
    with after(100):
        assert escalate_overdue() == 0
    assert count(Escalation) == 0


def test_the_room_decides_how_long_is_too_long_and_zero_tells_nobody(club: Club, make: Factory) -> None:
    coordinator = make.user()
    make.membership(club.room, coordinator, role="coordinator")
    ctx = club.ctx(coordinator)
    for wrong in (-1, 721, True, "24"):
        with pytest.raises(Invalid) as refused:
            edit_room(ctx, escalation_hours=wrong)  # type: ignore[arg-type]
        assert "escalation_hours" in refused.value.fields
    with pytest.raises(Forbidden):
        edit_room(club.ctx(club.mentor), escalation_hours=3)
    with after(0):
        club.question()
    edit_room(ctx, escalation_hours=0)
    with after(400):
        assert escalate_overdue() == 0
    edit_room(club.ctx(coordinator), escalation_hours=3)
    with after(3):
        assert escalate_overdue() == 1
    with after(91 * 24):
        club_room = reload(club.room)
        assert (club_room.escalation_hours, escalate_overdue()) == (3, 0)


def test_a_mentor_who_asked_is_not_told_of_it(club: Club, deliver: Callable[[], int]) -> None:
    with after(0):
        club.question(club.mentor)
    with after(30):
        assert escalate_overdue() == 1
        while deliver():
            pass
    assert count(Notification) == 0


def test_the_job_is_on_the_schedule(club: Club) -> None:
    with after(0):
        club.question()
    with after(30):
        JOBS["discussions.escalate"].function()
    assert count(Escalation) == 1
    assert JOBS["discussions.escalate"].every_seconds == 300


# ------------------------------------------------------------------ response times


def test_spread_is_the_middle_and_the_slow_tenth() -> None:
    assert spread_of([]) == spread_of([None]) == spread_of(iter(()))
    one = spread_of([4.0, None])
    assert (one.count, one.median, one.ninetieth) == (1, 4.0, 4.0)
    ten = spread_of([float(hours) for hours in range(1, 11)])
    assert (ten.count, ten.median, ten.ninetieth) == (10, 5.5, 9.0)


@given(st.lists(st.floats(min_value=0, max_value=1e5), min_size=1, max_size=40))
def test_at_least_nine_of_ten_wait_no_longer_than_the_ninetieth(hours: list[float]) -> None:
    spread = spread_of(hours)
    assert spread.ninetieth is not None
    assert spread.median is not None
    assert sum(one <= spread.ninetieth for one in hours) >= 0.9 * len(hours)
    assert min(hours) <= spread.median <= max(hours)


def test_a_wait_belongs_to_the_month_of_the_readers_zone() -> None:
    midnight = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
    waits = [Wait(midnight, midnight + timedelta(hours=2), None), Wait(midnight, midnight - timedelta(hours=1), None)]
    months = last_months(date(2026, 5, 20), count=2)
    assert months == [date(2026, 4, 1), date(2026, 5, 1)]
    assert last_months(date(2026, 1, 31), count=2) == [date(2025, 12, 1), date(2026, 1, 1)]
    april, may = by_month(waits, months, ZoneInfo("America/New_York"))
    assert (april.asked, may.asked) == (2, 0)
    assert (april.answer.count, april.answer.median, april.unanswered) == (2, 1.0, 0)
    assert by_month(waits, months, ZoneInfo("UTC"))[1].asked == 2


def test_times_run_to_the_first_answer_of_another_and_of_a_mentor(club: Club, count_queries: Callable[[], Any]) -> None:
    with after(0):
        thread, _open_one = club.question(), club.question()
        imported = club.question()
    with transaction():
        imported.source_ref = "x"
    with after(1):
        club.answer(thread, club.author)
    with after(2):
        club.comment(thread)
        hidden = club.answer(thread)
        moderating.hide_post(club.ctx(club.mentor), post_id=hidden.id, reason="r")
    with after(4):
        club.answer(thread)
        club.answer(imported)
    with after(10):
        club.answer(thread, club.mentor)
    with count_queries() as seen:
        months = list_months_of_waits(
            club.ctx(club.mentor), months=last_months(NOON.date(), count=12), zone=ZoneInfo("UTC")
        )
    assert len([one for one in seen if "FROM thread" in one]) == 1
    may = months[-1]
    assert (may.asked, may.unanswered) == (2, 1)
    assert (may.answer.count, may.answer.median, may.mentor.median) == (1, 4.0, 10.0)
    assert sum(one.asked for one in months) == 2


def test_the_pages_of_response_times_are_for_moderators_and_safe_as_csv(
    club: Club, login: Callable[[User], FlaskClient]
) -> None:
    with transaction():
        club.room.name = "=cmd|' /C calc'!A0"
    address = f"/rooms/{club.room.slug}/response-times"
    with after(0):
        thread = club.question()
    with after(6):
        club.answer(thread)
        browser = login(club.mentor)
        page, table = browser.get(address), browser.get(f"{address}.csv")
        api = browser.get(f"/api/v1{address}").json
        for path in (address, f"{address}.csv", f"/api/v1{address}"):
            assert login(club.peer).get(path).status_code == 403
    assert "6.0 h" in page.text
    assert "May 2026" in page.text
    last = table.text.strip().splitlines()[-1]
    assert last.startswith("2026-05,1,0,1,6.0,6.0,0,,")
    assert last.endswith("'=cmd|' /C calc'!A0")
    assert api["items"][-1]["answer"] == {"count": 1, "median": 6.0, "ninetieth": 6.0}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "less than a minute"), (60, "1 minute"), (3599, "59 minutes"), (3600, "1 hour"), (47 * 3600, "47 hours"),
     (48 * 3600, "2 days"), (20 * 86400, "2 weeks"), (90 * 86400, "3 months"), (1000 * 86400, "2 years")],
)  # fmt: skip
def test_ages_read_as_people_say_them(seconds: int, words: str) -> None:
    assert age_in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("hours", "words"), [(0.4, "24 min"), (3.5, "3.5 h"), (50.4, "2.1 d")])
def test_hours_read_short_in_tables(hours: float, words: str) -> None:
    assert hours_in_words(hours) == words


def test_the_api_lists_what_waits(club: Club, client: FlaskClient) -> None:
    thread = club.question()
    found = client.get("/api/v1/unanswered?specialty=cardiology").json
    assert [(one["id"], one["room_slug"]) for one in found["items"]] == [(thread.id, club.room.slug)]
    assert client.get("/api/v1/unanswered?specialty=x").status_code == 422
