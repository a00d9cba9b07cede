"""Reads of the ledger: one's own, a room's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from social_cme.accounts.models import User
from social_cme.cme.enums import EntryGroup, MemberSort
from social_cme.cme.queries import members, mine
from social_cme.cme.queries import rooms as room_ledger
from social_cme.cme.services.ledger import HIDDEN
from social_cme.core import clock
from social_cme.core.errors import BadRequest
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from tests.cme.ward import NOON, Ward, deliver
from tests.factories import Factory

LATER = NOON + timedelta(hours=3)


def door(ward: Ward) -> RoomContext:
    return open_room(ward.mentor, ward.room.slug)


def member(ward: Ward, user: User) -> members.MemberLine:
    lines = members.list_members(door(ward)).items
    return next(line for line in lines if line.user_id == user.id)


def test_overlapping_sessions_count_once_in_ones_own_totals_and_in_the_rooms(ward: Ward) -> None:
    first, second = ward.session(), ward.session("In parallel")
    ward.attend(first, ward.learner, 0, 30)
    ward.attend(first, ward.learner, 31, 40)
    ward.attend(second, ward.learner, 20, 50)
    ward.attend(second, ward.learner, 25, 28)
    ward.attend(first, ward.peer, 5, 15)
    deliver()
    with clock.at(LATER):
        assert mine.find_standing(ward.learner).in_quarter.minutes == 50
    assert member(ward, ward.learner).minutes == 50
    assert member(ward, ward.peer).minutes == 10
    assert member(ward, ward.mentor).minutes == 0


def test_minutes_of_the_room_are_those_of_the_room_alone(ward: Ward, make: Factory) -> None:
    elsewhere = make.room(mentor=ward.mentor, members=(ward.learner,))
    ward.attend(ward.session(), ward.learner, 0, 30)
    ward.attend(ward.session(room_id=elsewhere.id), ward.learner, 20, 60)
    deliver()
    assert member(ward, ward.learner).minutes == 30
    with clock.at(LATER):
        assert mine.find_standing(ward.learner).in_year.minutes == 60


def test_standing_follows_the_calendar_of_the_persons_zone(ward: Ward) -> None:
    # 23:30 on 31 March in UTC is already April, and so the second quarter, in Tokyo.
    with clock.at(datetime(2026, 3, 31, 23, 30, tzinfo=UTC)):
        ward.answer(ward.thread(), ward.learner)
    deliver()
    with transaction():
        ward.learner.time_zone = "Asia/Tokyo"
    with clock.at(datetime(2026, 5, 1, tzinfo=UTC)):
        standing = mine.find_standing(ward.learner)
        assert (standing.quarter.name, standing.in_quarter.answers, standing.in_year.answers) == ("2026 Q2", 1, 1)
    with transaction():
        ward.learner.time_zone = "America/New_York"
    with clock.at(datetime(2026, 5, 1, tzinfo=UTC)):
        standing = mine.find_standing(ward.learner)
        assert (standing.in_quarter.answers, standing.in_year.answers) == (0, 1)


def test_a_stretch_over_new_year_is_shared_between_the_years(ward: Ward) -> None:
    eve = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    ward.attend(ward.session(starts_at=eve, ends_at=eve + timedelta(hours=1)), ward.learner, 0, 45)
    deliver()
    with clock.at(datetime(2026, 1, 2, tzinfo=UTC)):
        assert mine.find_standing(ward.learner).in_year.minutes == 15


def test_what_no_longer_counts_is_listed_but_not_summed(ward: Ward) -> None:
    thread = ward.thread()
    post = ward.answer(thread)
    deliver()
    ward.hide(post)
    deliver()
    [line] = mine.list_lines(ward.peer).items
    assert (line.is_counted, line.void_reason) == (False, HIDDEN)
    assert member(ward, ward.peer).answers == 0
    assert mine.find_standing(ward.peer).in_year.answers == 0


def test_the_ledger_is_read_page_by_page_without_loss_or_repeat(ward: Ward) -> None:
    thread = ward.thread()
    for minute in range(7):
        # Two entries of the same moment stand on both sides of a border between pages.
        with clock.at(NOON + timedelta(minutes=minute // 2)):
            ward.answer(thread)
    deliver()
    whole = [line.id for line in mine.list_lines(ward.peer).items]
    seen: list[int] = []
    cursor = None
    while True:
        page = mine.list_lines(ward.peer, cursor=cursor, limit=3)
        seen += [line.id for line in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == whole
    assert len(set(seen)) == 7


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (EntryGroup.WRITTEN, {"thread_opened", "question_asked"}),
        (EntryGroup.VOTES, {"vote_given"}),
        (EntryGroup.ATTENDED, {"session_attended"}),
        (EntryGroup.RECOGNITION, set()),
    ],
)
def test_the_ledger_can_be_narrowed(ward: Ward, group: EntryGroup, expected: set[str]) -> None:
    ward.vote(ward.thread(), ward.learner)
    session = ward.session()
    ward.ask(session, ward.learner)
    ward.attend(session, ward.learner, 0, 5)
    deliver()
    assert {line.activity for line in mine.list_lines(ward.learner, group=group).items} == expected


@pytest.mark.parametrize(
    "cursor", ["x", "bm90IGpzb24", "WzEsIDJd" * 100, "WyJhIiwxXQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OSwxXQ"]
)
def test_a_made_up_cursor_is_refused_or_leads_nowhere(ward: Ward, cursor: str) -> None:
    try:
        page = mine.list_lines(ward.learner, cursor=cursor)
    except BadRequest:
        return
    assert page.items == []


def test_titles_of_a_room_that_was_left_and_of_hidden_threads_are_not_shown(ward: Ward, make: Factory) -> None:
    closed = make.room(mentor=ward.mentor, visibility=Visibility.INVITATION)
    membership = make.membership(closed, ward.peer)
    secret = ward.thread(ward.mentor, room_id=closed.id, title="Only for members")
    shame = ward.thread(title="With a name in it")
    ward.answer(secret)
    ward.answer(shame)
    deliver()
    assert {line.title for line in mine.list_lines(ward.peer).items} == {"Only for members", "With a name in it"}
    with transaction():
        membership.state = MembershipState.REMOVED
    ward.hide(shame)
    deliver()
    assert {(line.title, line.readable) for line in mine.list_lines(ward.peer).items} == {("", False)}
    assert {line.title for line in mine.list_lines(ward.learner).items} == {"With a name in it"}


def test_a_moved_thread_keeps_its_entries_in_the_room_where_they_were_made(ward: Ward, make: Factory) -> None:
    other = make.room(mentor=ward.mentor)
    thread = ward.thread()
    deliver()
    with transaction():
        thread.room_id = other.id
    [line] = mine.list_lines(ward.learner).items
    assert (line.room_slug, line.place_slug) == (ward.room.slug, other.slug)
    assert member(ward, ward.learner).asked == 1


def test_the_whole_ledger_comes_in_batches_oldest_first(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "CSV_BATCH", 2)
    thread = ward.thread()
    for _ in range(5):
        ward.answer(thread)
    deliver()
    batches = [[line.id for line in batch] for batch in mine.iter_lines(ward.peer)]
    assert [len(batch) for batch in batches] == [2, 2, 1]
    flat = [one for batch in batches for one in batch]
    assert flat == sorted(flat)


def test_attended_sessions_come_with_their_stretches(ward: Ward) -> None:
    older = ward.session(
        "Older", starts_at=NOON - timedelta(days=7), ends_at=NOON - timedelta(days=7) + timedelta(hours=1)
    )
    newer = ward.session("Newer")
    ward.attend(older, ward.learner, 0, 10)
    ward.attend(newer, ward.learner, 30, 40)
    ward.attend(newer, ward.learner, 5, 20)
    ward.attend(newer, ward.peer, 0, 60)
    deliver()
    found = mine.list_attended_sessions(ward.learner)
    assert [one.title for one in found] == ["Newer", "Older"]
    assert [stretch.seconds / 60 for stretch in found[0].stretches] == [15, 10]
    assert mine.list_attended_sessions(ward.mentor) == []


def test_a_rooms_table_lists_members_without_entries_and_leavers_with_some(ward: Ward, make: Factory) -> None:
    left, silent_left = make.user("Left"), make.user("Silent")
    make.membership(ward.room, left, state=MembershipState.LEFT)
    make.membership(ward.room, silent_left, state=MembershipState.LEFT)
    ward.answer(ward.thread(), left)
    deliver()
    names = {line.display_name: line.is_active for line in members.list_members(door(ward)).items}
    assert names == {"Coordinator": True, "Learner": True, "Left": False, "Mentor": True, "Peer": True}


def test_a_rooms_table_counts_each_kind_and_nothing_of_other_rooms(ward: Ward, make: Factory) -> None:
    other = make.room(mentor=ward.mentor, members=(ward.peer,))
    ward.answer(ward.thread(ward.mentor, room_id=other.id))
    thread = ward.thread()
    post = ward.answer(thread)
    ward.answer(thread, kind="comment")
    ward.vote(thread, ward.peer)
    ward.endorse(post)
    session = ward.session()
    ward.ask(session, ward.peer)
    deliver()
    found = member(ward, ward.peer)
    assert (found.asked, found.answers, found.comments, found.votes, found.endorsed) == (1, 1, 1, 1, 1)
    assert member(ward, ward.mentor).endorsements_given == 1


def test_a_rooms_table_can_begin_at_a_moment(ward: Ward) -> None:
    with clock.at(NOON):
        thread = ward.thread()
        ward.answer(thread)
    with clock.at(LATER):
        ward.answer(thread)
    deliver()
    lines = members.list_members(door(ward), since=NOON + timedelta(minutes=1)).items
    assert {line.display_name: line.answers for line in lines}["Peer"] == 1


@pytest.mark.parametrize("sort", list(MemberSort))
def test_a_rooms_table_is_paged_in_every_order_without_loss(ward: Ward, make: Factory, sort: MemberSort) -> None:
    thread = ward.thread()
    for number in range(5):
        person = make.user(f"Twin {number}")
        make.membership(ward.room, person)
        for _ in range(number % 3):
            ward.answer(thread, person)
    session = ward.session()
    ward.attend(session, ward.peer, 0, 10)
    deliver()
    ctx = door(ward)
    whole = [line.user_id for line in members.list_members(ctx, sort=sort).items]
    seen: list[int] = []
    cursor = None
    while True:
        page = members.list_members(ctx, sort=sort, cursor=cursor, limit=2)
        seen += [line.user_id for line in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == whole
    assert len(set(whole)) == 9


def test_a_cursor_of_another_order_is_refused(ward: Ward) -> None:
    cursor = members.list_members(door(ward), limit=1).next_cursor
    with pytest.raises(BadRequest):
        members.list_members(door(ward), sort=MemberSort.ANSWERS, cursor=cursor)


def test_a_rooms_figures_count_weeks_and_people(ward: Ward) -> None:
    with clock.at(NOON - timedelta(days=40)):
        thread = ward.thread()
    with clock.at(NOON):
        ward.answer(thread)
        ward.answer(thread, kind="comment")
        ward.vote(thread, ward.mentor)
    deliver()
    weeks = [
        (NOON - timedelta(days=42), NOON - timedelta(days=35)),
        (NOON - timedelta(days=6), NOON + timedelta(days=1)),
    ]
    found = room_ledger.find_figures(door(ward), since=NOON - timedelta(days=30), weeks=weeks)
    assert (found.people, found.asked, found.answers, found.comments) == (2, 0, 1, 1)
    assert found.per_week == (1, 2)


def test_presence_draws_the_first_people_by_name_and_tells_the_number_of_all(ward: Ward) -> None:
    session = ward.session()
    for user, first, last in ((ward.peer, 0, 20), (ward.learner, 5, 10), (ward.learner, 12, 60), (ward.mentor, -5, 70)):
        ward.attend(session, user, first, last)
    deliver()
    [found] = room_ledger.list_attended(door(ward))
    frame, presence, total = room_ledger.list_presence(found, ward.room.slug, limit=2)
    assert total == 3
    assert [(one.display_name, len(one.stretches)) for one in presence] == [("Learner", 2), ("Mentor", 1)]
    assert frame.start == NOON - timedelta(minutes=5)
    assert frame.end == NOON + timedelta(minutes=70)


CountQueries = Callable[[], Any]


def test_reading_costs_the_same_number_of_statements_however_much_there_is(
    ward: Ward, make: Factory, count_queries: CountQueries
) -> None:
    def cost() -> tuple[int, ...]:
        sizes = []
        ctx = door(ward)
        db.session.refresh(ward.learner)
        for read in (
            lambda: mine.find_standing(ward.learner),
            lambda: mine.list_lines(ward.learner),
            lambda: mine.list_attended_sessions(ward.learner),
            lambda: members.list_members(ctx),
            lambda: room_ledger.list_attended(ctx),
        ):
            with count_queries() as seen:
                read()
            sizes.append(len(seen))
        return tuple(sizes)

    ward.attend(ward.session(), ward.learner, 0, 5)
    deliver()
    little = cost()
    for number in range(6):
        person = make.user()
        make.membership(ward.room, person)
        thread = ward.thread()
        ward.answer(thread, person)
        ward.attend(ward.session(), ward.learner, number, number + 5)
    deliver()
    assert cost() == little == (1, 1, 2, 1, 1)
