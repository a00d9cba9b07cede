"""What the home page says, and what it never says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from social_cme.accounts.enums import SiteRole, Specialty
from social_cme.accounts.models import User
from social_cme.cme.models import ParticipationEntry
from social_cme.core import clock
from social_cme.discussions.models import Post, ReadMark, Thread
from social_cme.home.queries import find_next_session, list_news, list_waiting, load_home, room_notes
from social_cme.live.models import LiveSession, SessionMentor
from social_cme.moderation.models import Flag
from social_cme.persistence.base import Model
from social_cme.persistence.transaction import transaction
from social_cme.rooms.models import Room
from tests.factories import Factory


def add(row: Model) -> Any:
    with transaction() as tx:
        tx.add(row)
    return row


def thread(room: Room, author: User, *, hours: float = 1, **values: Any) -> Any:
    moment = clock.now() - timedelta(hours=hours)
    given = {"kind": "case", "title": f"Thread {hours}", "created_at": moment, "last_activity_at": moment, **values}
    return add(Thread(room_id=room.id, author_id=author.id, **given))


def session(room: Room, owner: User, *, hours: float = 1, **values: Any) -> Any:
    start = clock.now() + timedelta(hours=hours)
    given = {
        "title": "Session",
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "time_zone": "UTC",
        **values,
    }
    return add(LiveSession(room_id=room.id, created_by_id=owner.id, **given))


def titles(found: Any) -> list[str]:
    return [one.title for one in found]


def test_the_longest_waiting_question_comes_first(make: Factory) -> None:
    me, author = make.user(), make.user()
    room = make.room(members=(me,))
    for hours in (2, 9, 5):
        thread(room, author, hours=hours)
    assert titles(list_waiting(me)) == ["Thread 9", "Thread 5", "Thread 2"]


@pytest.mark.parametrize(
    "values",
    [
        {"answer_count": 1},
        {"kind": "discussion"},
        {"status": "closed"},
        {"status": "answered"},
        {"hidden_at": clock.now()},
        {"locked_at": clock.now()},
        {"hours": 24 * 91},
    ],
)
def test_what_needs_nobody_is_left_out(make: Factory, values: dict[str, Any]) -> None:
    me = make.user()
    thread(make.room(members=(me,)), make.user(), **values)
    assert list_waiting(me) == []


def test_ones_own_questions_do_not_wait_for_oneself(make: Factory) -> None:
    me = make.user()
    thread(make.room(members=(me,)), me)
    assert list_waiting(me) == []


@pytest.mark.parametrize(
    ("visibility", "specialty", "state", "expected"),
    [
        ("public", Specialty.NEUROLOGY, None, True),
        ("public", Specialty.CARDIOLOGY, None, False),
        ("public", Specialty.CARDIOLOGY, "active", True),
        ("public", Specialty.NEUROLOGY, "banned", False),
        ("request", Specialty.NEUROLOGY, None, False),
        ("request", Specialty.NEUROLOGY, "requested", False),
        ("invitation", Specialty.NEUROLOGY, "removed", False),
        ("invitation", Specialty.NEUROLOGY, "active", True),
    ],
)
def test_questions_come_from_ones_rooms_and_specialty_where_one_may_read(
    make: Factory, visibility: str, specialty: str, state: str | None, expected: bool
) -> None:
    me = make.user(specialty=Specialty.NEUROLOGY)
    room = make.room(visibility=visibility, specialty=specialty)
    if state is not None:
        make.membership(room, me, state=state)
    thread(room, make.user())
    assert bool(list_waiting(me)) == expected
    assert bool(load_home(me).needs.waiting) == expected


def test_an_archived_room_asks_for_nothing(make: Factory) -> None:
    me = make.user()
    thread(make.room(members=(me,), is_archived=True), make.user())
    assert list_waiting(me) == []


def test_somebody_without_a_specialty_sees_their_rooms_alone(make: Factory) -> None:
    me = make.user(specialty=None)
    thread(make.room(), make.user())
    assert list_waiting(me) == []


def test_news_are_unread_threads_since_joining(make: Factory) -> None:
    me, author = make.user(), make.user()
    room = make.room(members=(me,))
    elsewhere = make.room()
    thread(room, author, hours=2, title="Before I came")
    with clock.at(clock.now() + timedelta(minutes=1)):
        fresh = thread(room, author, hours=0, title="Fresh")
        read = thread(room, author, hours=0, title="Read")
        thread(room, author, hours=0, title="Hidden", hidden_at=clock.now())
        thread(room, me, hours=0, title="Mine")
        thread(elsewhere, author, hours=0, title="Elsewhere")
    add(ReadMark(user_id=me.id, thread_id=read.id, last_post_id=0, read_at=clock.now()))
    assert titles(list_news(me)) == ["Fresh"]
    post = add(Post(room_id=room.id, thread_id=read.id, author_id=author.id, kind="answer", body_md="x", body_html="x"))
    with transaction():
        read.last_post_id = post.id
        read.last_activity_at = fresh.last_activity_at + timedelta(minutes=1)
    assert titles(list_news(me)) == ["Read", "Fresh"]


def test_the_running_session_comes_before_the_next(make: Factory) -> None:
    me, mentor = make.user(), make.user()
    room = make.room(mentor=mentor, members=(me,))
    session(room, mentor, hours=5, title="Later")
    session(room, mentor, hours=1, title="Soon")
    session(make.room(), mentor, hours=0.5, title="Elsewhere")
    found = find_next_session(me)
    assert found is not None
    assert (found.session.title, found.is_live) == ("Soon", False)
    running = session(room, mentor, hours=-0.5, state="live", title="Running")
    add(SessionMentor(session_id=running.id, user_id=mentor.id))
    found = find_next_session(me)
    assert found is not None
    assert (found.session.title, found.is_live, [one.id for one in found.mentors]) == ("Running", True, [mentor.id])


def test_a_stranger_sees_public_sessions_alone(make: Factory) -> None:
    owner = make.user()
    session(make.room(visibility="request"), owner)
    session(make.room(visibility="invitation"), owner)
    assert find_next_session(None) is None
    session(make.room(), owner, title="Public")
    found = find_next_session(None)
    assert found is not None
    assert found.session.title == "Public"


def test_requests_wait_for_coordinators_of_their_room(make: Factory) -> None:
    coordinator, mentor = make.user(), make.user()
    room = make.room(coordinator=coordinator, mentor=mentor)
    make.room(coordinator=coordinator)
    for _ in range(2):
        make.membership(room, make.user(), state="requested")
    [task] = load_home(coordinator).needs.requests
    assert (task.room_slug, task.count) == (room.slug, 2)
    assert load_home(mentor).needs.requests == []


def test_flags_wait_for_those_who_moderate(make: Factory) -> None:
    mentor, learner, other = make.user(), make.user(), make.user()
    room = make.room(mentor=mentor, members=(learner,))
    make.room(mentor=other)
    for resolved_at in (None, None, clock.now()):
        add(
            Flag(
                room_id=room.id,
                reporter_id=make.user().id,
                target="thread",
                target_id=1,
                reason="other",
                resolved_at=resolved_at,
            )
        )
    for person, count in [
        (mentor, 2),
        (make.user(role=SiteRole.MODERATOR), 2),
        (make.user(role=SiteRole.ADMINISTRATOR), 2),
    ]:
        assert [task.count for task in load_home(person).needs.flags] == [count]
    for person in (learner, other, make.user(role=SiteRole.AUDITOR)):
        assert load_home(person).needs.flags == []


def test_a_mentor_without_a_disclosure_is_reminded(make: Factory) -> None:
    mentor = make.user()
    room = make.room(mentor=mentor)
    assert [row.room.id for row in load_home(mentor).needs.undisclosed] == [room.id]


def test_standing_counts_this_quarter_and_what_is_not_voided(make: Factory) -> None:
    me = make.user(time_zone="America/New_York")
    room = make.room(members=(me,))
    now = clock.now().replace(month=5, day=15)

    def entry(number: int, **values: Any) -> None:
        given: dict[str, Any] = {"activity": "answer_written", "occurred_at": now, "recorded_at": now, **values}
        add(ParticipationEntry(user_id=me.id, room_id=room.id, fact_id=number, **given))

    start = now - timedelta(hours=3)
    entry(1)
    entry(2, activity="endorsement_received")
    entry(3, activity="session_attended", started_at=start, seconds=45 * 60)
    entry(4, voided_at=now, void_reason="Hidden")
    # One o'clock in the night of April 1 in UTC is still March in New York.
    entry(5, occurred_at=now.replace(month=4, day=1, hour=1))
    entry(6, occurred_at=now.replace(month=4, day=1, hour=5))
    with clock.at(now):
        done = load_home(me).standing.done
    assert (done.minutes, done.answers, done.endorsed) == (45, 2, 1)


def test_notes_beside_rooms_count_what_waits_and_name_the_next_session(make: Factory) -> None:
    owner = make.user()
    busy, quiet = make.room(), make.room()
    thread(busy, owner)
    thread(busy, owner, hidden_at=clock.now())
    thread(busy, owner, answer_count=1)
    coming = session(busy, owner)
    notes = room_notes([busy.id, quiet.id])
    assert (notes[busy.id].unanswered, notes[busy.id].live_at) == (1, coming.starts_at)
    assert (notes[quiet.id].unanswered, notes[quiet.id].live_at) == (0, None)


def test_home_costs_the_same_with_5_and_with_50(make: Factory, count_queries: Callable[[], Any]) -> None:
    me, author = make.user(), make.user()
    costs = []
    for amount in (5, 45):
        for _ in range(amount):
            room = make.room(mentor=author, coordinator=me)
            thread(room, author)
            session(room, author)
            make.membership(room, make.user(), state="requested")
        with count_queries() as seen:
            assert load_home(me).needs
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 15
