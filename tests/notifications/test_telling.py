"""Who hears of what: those concerned, once, and never of what they may not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.models import Thread
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.follows import follow_thread, unfollow_thread
from social_cme.discussions.services.reading import mark_read
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.jobs.outbox import OutboxMail
from social_cme.live.services.leading import extend_session, start_session
from social_cme.live.services.rsvps import set_rsvp
from social_cme.live.services.schedule import Plan, cancel_session, current_plan, edit_session, schedule_session
from social_cme.live.services.series import cancel_following, edit_following, schedule_series
from social_cme.notifications.enums import NoticeKind
from social_cme.notifications.models import Notification
from social_cme.notifications.queries import count_unread, list_notices
from social_cme.notifications.services.inbox import choose_mail, mark_all_read, settle_inboxes
from social_cme.notifications.services.inbox import mark_read as mark_notices_read
from social_cme.notifications.services.telling import tell
from social_cme.persistence.facts import Fact, to_record
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room_by_id
from social_cme.rooms.services.joining import approve_request, decline_request, join_room
from social_cme.rooms.services.members import ban_member, set_role
from tests.factories import Factory

Deliver = Callable[[], int]


@dataclass
class Scene:
    """A room with a thread that Ada asked and Bo answered."""

    room: Room
    ada: User
    bo: User
    mentor: User
    coordinator: User
    thread: Thread

    def door(self, user: User) -> RoomContext:
        return open_room_by_id(user, self.room.id)

    def answer(self, user: User, text: str = "Check the potassium first.") -> int:
        return post_answer(self.door(user), thread_id=self.thread.id, body=text).id


@pytest.fixture
def scene(make: Factory) -> Scene:
    ada, bo, mentor, coordinator = make.user("Ada"), make.user("Bo"), make.user("Mentor Moreno"), make.user("Cora")
    room = make.room(
        mentor=mentor, coordinator=coordinator, members=(ada, bo), visibility=Visibility.REQUEST, name="Heart room"
    )
    thread = post_thread(
        open_room_by_id(ada, room.id), kind="question", title="Which diuretic?", body="With an eGFR of 25."
    )
    return Scene(room, ada, bo, mentor, coordinator, thread)


def told(user: User) -> list[tuple[str, str]]:
    return [(str(one.kind), one.text) for one in list_notices(user).items]


def mails(app: Flask) -> list[str]:
    folder = Path(app.instance_path) / "mail"
    return [path.read_text() for path in sorted(folder.glob("*.eml"))] if folder.exists() else []


def test_followers_hear_of_an_answer_and_its_author_does_not(scene: Scene, deliver: Deliver) -> None:
    follow_thread(scene.door(scene.mentor), thread_id=scene.thread.id)
    scene.answer(scene.bo)
    deliver()
    assert told(scene.ada) == [("answer", "Bo answered “Which diuretic?”")]
    assert told(scene.mentor) == [("answer", "Bo answered “Which diuretic?”")]
    assert told(scene.bo) == []
    assert told(scene.coordinator) == []


def test_who_stopped_following_hears_nothing(scene: Scene, deliver: Deliver) -> None:
    unfollow_thread(scene.door(scene.ada), thread_id=scene.thread.id)
    scene.answer(scene.bo)
    deliver()
    assert told(scene.ada) == []


def test_a_fact_that_is_heard_twice_tells_once(scene: Scene, deliver: Deliver) -> None:
    scene.answer(scene.bo)
    deliver()
    fact = db.session.scalars(select(Fact).where(Fact.kind == "answer.posted")).one()
    tell(to_record(fact))
    assert len(told(scene.ada)) == 1
    assert db.session.scalar(select(func.count(OutboxMail.id))) == 1


def test_a_comment_reaches_the_author_of_what_it_is_about(scene: Scene, deliver: Deliver) -> None:
    answer_id = scene.answer(scene.bo)
    deliver()
    post_comment(scene.door(scene.mentor), thread_id=scene.thread.id, body="Good point.", parent_id=answer_id)
    post_comment(scene.door(scene.mentor), thread_id=scene.thread.id, body="Which drugs?")
    deliver()
    assert told(scene.bo) == [("comment", "Mentor Moreno commented in “Which diuretic?”")]
    assert [kind for kind, _text in told(scene.ada)] == ["comment", "answer"]


def test_the_author_hears_of_an_endorsement_and_of_being_helpful(scene: Scene, deliver: Deliver, app: Flask) -> None:
    answer_id = scene.answer(scene.bo)
    deliver()
    accept_answer(scene.door(scene.ada), post_id=answer_id)
    endorse_answer(scene.door(scene.mentor), post_id=answer_id, evidence_level="moderate")
    deliver()
    assert told(scene.bo) == [
        ("endorsed", "Mentor Moreno endorsed your answer in “Which diuretic?”"),
        ("accepted", "Ada marked your answer in “Which diuretic?” as helpful"),
    ]
    to_bo = [mail for mail in mails(app) if f"To: {scene.bo.email}" in mail]
    assert len(to_bo) == 1, "an endorsement comes by e-mail unless one says otherwise, being helpful does not"
    assert f"http://localhost/rooms/{scene.room.slug}/posts/{answer_id}" in to_bo[0]


def test_what_was_hidden_meanwhile_is_not_told(scene: Scene, deliver: Deliver, app: Flask) -> None:
    answer_id = scene.answer(scene.bo)
    with transaction() as tx:
        from social_cme.discussions.models import Post

        tx.session.execute(update(Post).where(Post.id == answer_id).values(hidden_at=clock.now()))
    deliver()
    assert told(scene.ada) == []
    assert mails(app) == []


def test_what_is_hidden_later_leaves_the_inbox_and_its_number(scene: Scene, deliver: Deliver) -> None:
    scene.answer(scene.bo)
    deliver()
    assert count_unread(scene.ada) == 1
    with transaction() as tx:
        tx.session.execute(update(Thread).where(Thread.id == scene.thread.id).values(hidden_at=clock.now()))
    assert told(scene.ada) == []
    assert count_unread(scene.ada) == 0


@pytest.mark.parametrize("state", [MembershipState.LEFT, MembershipState.REMOVED, MembershipState.BANNED])
def test_who_is_no_longer_in_the_room_hears_nothing_of_it(
    scene: Scene, deliver: Deliver, app: Flask, state: str
) -> None:
    scene.answer(scene.bo)
    deliver()
    before = len(mails(app))
    with transaction() as tx:
        tx.session.execute(
            update(Membership)
            .where(Membership.user_id == scene.ada.id, Membership.room_id == scene.room.id)
            .values(state=state)
        )
    mark_all_read(scene.ada, up_to=10**9)
    scene.answer(scene.bo, "canary-7c1f in a second answer")
    deliver()
    assert told(scene.ada) == []
    assert count_unread(scene.ada) == 0
    assert db.session.scalar(select(func.count(Notification.id)).where(Notification.user_id == scene.ada.id)) == 1
    assert len(mails(app)) == before


def test_a_banned_account_gets_nothing(scene: Scene, deliver: Deliver, app: Flask) -> None:
    with transaction():
        scene.ada.state = "banned"
    scene.answer(scene.bo)
    deliver()
    assert mails(app) == []
    assert db.session.scalar(select(func.count(Notification.id))) == 0


# ------------------------------------------------------------------ sessions and membership


def plan(scene: Scene) -> int:
    begin = (clock.now() + timedelta(days=2)).replace(tzinfo=None, microsecond=0)
    wanted = Plan(
        title="Journal club",
        starts=begin,
        ends=begin + timedelta(hours=1),
        time_zone="UTC",
        mentor_ids=(scene.mentor.id,),
    )
    return schedule_session(scene.door(scene.mentor), plan=wanted).id


def test_a_planned_session_is_told_to_all_members_in_one_statement(
    scene: Scene, deliver: Deliver, make: Factory, count_queries: Any
) -> None:
    with count_queries() as few:
        plan(scene)
        deliver()
    for _ in range(30):
        make.membership(scene.room, make.user())
    outsider = make.user()
    with count_queries() as many:
        plan(scene)
        deliver()
    assert told(scene.ada)[0] == ("session_scheduled", "Mentor Moreno planned the live session “Journal club”")
    assert told(scene.mentor) == []
    assert told(outsider) == []
    assert len([one for one in many if "notification" in one]) == len([one for one in few if "notification" in one])


def test_who_wanted_to_come_hears_of_a_cancellation(scene: Scene, deliver: Deliver, app: Flask) -> None:
    session_id = plan(scene)
    set_rsvp(scene.door(scene.ada), session_id, going=True)
    deliver()
    cancel_session(scene.door(scene.mentor), session_id, reason="The speaker is ill.")
    deliver()
    assert told(scene.ada)[0] == ("session_cancelled", "The live session “Journal club” was cancelled")
    assert [kind for kind, _text in told(scene.bo)] == ["session_scheduled"]
    assert len(mails(app)) == 1


def test_new_times_are_told_and_mailed_in_the_zone_of_the_reader_and_of_the_host(
    scene: Scene, deliver: Deliver, app: Flask
) -> None:
    session_id = plan(scene)
    with transaction():
        scene.ada.time_zone = "America/New_York"
    set_rsvp(scene.door(scene.ada), session_id, going=True)
    deliver()
    ctx = scene.door(scene.mentor)
    moved = current_plan(ctx, session_id).changed(
        starts=datetime(2027, 6, 1, 18), ends=datetime(2027, 6, 1, 19), time_zone="Europe/Berlin"
    )
    edit_session(ctx, session_id, plan=moved)
    deliver()
    assert told(scene.ada)[0] == ("session_moved", "The live session “Journal club” has new times")
    assert [kind for kind, _text in told(scene.bo)] == ["session_scheduled"]
    [mail] = mails(app)
    for kind in ("plain", "html"):
        body = message_from_string(mail, policy=policy.default).get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert "Jun 1, 2027, 12:00 to 13:00 EDT (America/New York), your time" in text
        assert "Jun 1, 2027, 18:00 to 19:00 +0200 (Europe/Berlin), for the host" in text


def test_other_changes_are_told_and_not_mailed_and_five_minutes_more_are_nobodys_news(
    scene: Scene, deliver: Deliver, app: Flask
) -> None:
    session_id = plan(scene)
    set_rsvp(scene.door(scene.ada), session_id, going=True)
    ctx = scene.door(scene.mentor)
    edit_session(ctx, session_id, plan=current_plan(ctx, session_id).changed(description="Bring the paper."))
    deliver()
    assert told(scene.ada)[0] == ("session_changed", "The live session “Journal club” was changed")
    assert mails(app) == []
    with clock.at(clock.now() + timedelta(days=2)):
        start_session(ctx, session_id)
        extend_session(ctx, session_id, minutes=5)
        deliver()
    assert told(scene.ada)[0][0] == "session_started"


def test_a_series_is_told_once_when_it_is_planned_changed_and_called_off(
    scene: Scene, deliver: Deliver, app: Flask
) -> None:
    begin = (clock.now() + timedelta(days=2)).replace(tzinfo=None, hour=18, minute=0, second=0, microsecond=0)
    ctx = scene.door(scene.mentor)
    wanted = Plan(
        title="Journal club",
        starts=begin,
        ends=begin + timedelta(hours=1),
        time_zone="UTC",
        mentor_ids=(scene.mentor.id,),
    )
    found = schedule_series(ctx, plan=wanted, rule="FREQ=WEEKLY;COUNT=5")
    for session in found[:4]:
        set_rsvp(scene.door(scene.ada), session.id, going=True)
    set_rsvp(scene.door(scene.bo), found[0].id, going=True)
    deliver()
    assert [kind for kind, _text in told(scene.bo)] == ["series_scheduled"]
    later = current_plan(ctx, found[1].id)
    edit_following(
        ctx,
        found[1].id,
        plan=later.changed(starts=later.starts + timedelta(hours=1), ends=later.ends + timedelta(hours=1)),
    )
    cancel_following(ctx, found[3].id, reason="The speaker is ill.")
    deliver()
    assert [kind for kind, _text in told(scene.ada)] == ["series_cancelled", "series_changed", "series_scheduled"]
    assert [kind for kind, _text in told(scene.bo)] == ["series_scheduled"], "what changed is not theirs"
    assert len(mails(app)) == 2


def test_whoever_gets_a_place_or_loses_it_is_told(scene: Scene, deliver: Deliver, app: Flask) -> None:
    session_id = plan(scene)
    ctx = scene.door(scene.mentor)
    edit_session(ctx, session_id, plan=current_plan(ctx, session_id).changed(capacity=1))
    for person in (scene.ada, scene.bo):
        set_rsvp(scene.door(person), session_id, going=True)
    set_rsvp(scene.door(scene.ada), session_id, going=False)
    deliver()
    assert told(scene.bo)[0] == ("place_free", "You have a place in the live session “Journal club”")
    assert "place_free" not in [kind for kind, _text in told(scene.ada)]
    with transaction():
        scene.bo.profession = "nurse"
    edit_session(ctx, session_id, plan=current_plan(ctx, session_id).changed(eligible_professions=("dentist",)))
    deliver()
    assert "place_lost" in [kind for kind, _text in told(scene.bo)]
    assert len(mails(app)) == 2


def test_a_request_to_join_reaches_the_coordinators_and_its_answer_the_person(
    scene: Scene, deliver: Deliver, make: Factory
) -> None:
    dana, emil = make.user("Dana"), make.user("Emil")
    for person in (dana, emil):
        join_room(
            scene.door(person), accepted_version=scene.room.ground_rules_version, statement="I work in cardiology."
        )
    deliver()
    assert [text for _kind, text in told(scene.coordinator)] == [
        "Emil asks to join Heart room",
        "Dana asks to join Heart room",
    ]
    approve_request(scene.door(scene.coordinator), user_id=dana.id)
    decline_request(scene.door(scene.coordinator), user_id=emil.id, reason="Not your field.")
    deliver()
    assert told(dana) == [("let_in", "You are now a member of Heart room")]
    assert told(emil) == [("declined", "Your request to join Heart room was declined")]


def test_a_new_role_is_told(scene: Scene, deliver: Deliver) -> None:
    set_role(scene.door(scene.coordinator), user_id=scene.bo.id, role="mentor")
    deliver()
    assert told(scene.bo) == [("role_changed", "Your role in Heart room is now mentor")]


def test_a_ban_takes_the_rooms_notices_away(scene: Scene, deliver: Deliver) -> None:
    scene.answer(scene.bo)
    deliver()
    ban_member(scene.door(scene.coordinator), user_id=scene.ada.id, reason="Advertising.")
    deliver()
    assert told(scene.ada) == []


# ------------------------------------------------------------------ read and unread


def test_reading_the_thread_reads_its_notices(scene: Scene, deliver: Deliver) -> None:
    first = scene.answer(scene.bo)
    deliver()
    mark_read(scene.door(scene.ada), thread_id=scene.thread.id, up_to=first)
    assert count_unread(scene.ada) == 0
    assert [one.is_unread for one in list_notices(scene.ada).items] == [False]
    scene.answer(scene.mentor)
    deliver()
    assert [one.is_unread for one in list_notices(scene.ada).items] == [True, False]


def test_marking_read_touches_ones_own_alone(scene: Scene, deliver: Deliver) -> None:
    follow_thread(scene.door(scene.mentor), thread_id=scene.thread.id)
    scene.answer(scene.bo)
    deliver()
    [of_mentor] = list_notices(scene.mentor).items
    assert mark_notices_read(scene.ada, ids=[of_mentor.id]) == 0
    assert mark_all_read(scene.ada, up_to=10**9) == 1
    assert (count_unread(scene.ada), count_unread(scene.mentor)) == (0, 1)


def test_marking_all_spares_what_came_after_the_page(scene: Scene, deliver: Deliver) -> None:
    scene.answer(scene.bo)
    deliver()
    [shown] = list_notices(scene.ada).items
    scene.answer(scene.mentor)
    deliver()
    mark_all_read(scene.ada, up_to=shown.id)
    assert [one.is_unread for one in list_notices(scene.ada).items] == [True, False]


def test_upkeep_closes_what_was_read_and_deletes_what_is_old(scene: Scene, deliver: Deliver) -> None:
    first = scene.answer(scene.bo)
    deliver()
    mark_read(scene.door(scene.ada), thread_id=scene.thread.id, up_to=first)
    assert settle_inboxes() == 0
    [row] = db.session.scalars(select(Notification).where(Notification.user_id == scene.ada.id))
    assert row.read_at is not None
    with transaction() as tx:
        tx.session.execute(update(Notification).values(created_at=clock.now() - timedelta(days=366)))
    assert settle_inboxes() == 1


# ------------------------------------------------------------------ e-mail


def test_a_busy_thread_sends_one_mail_until_one_has_looked(scene: Scene, deliver: Deliver, app: Flask) -> None:
    for number in range(3):
        scene.answer(scene.bo, f"Answer {number} with some words.")
        deliver()
    assert len(mails(app)) == 1
    last = scene.answer(scene.bo, "One more with some words.")
    deliver()
    mark_read(scene.door(scene.ada), thread_id=scene.thread.id, up_to=last)
    scene.answer(scene.bo, "After she has looked.")
    deliver()
    assert len(mails(app)) == 2


def test_who_does_not_want_mail_gets_none_and_who_does_gets_it(scene: Scene, deliver: Deliver, app: Flask) -> None:
    choose_mail(scene.ada, {"answer": False})
    choose_mail(scene.bo, {"accepted": True})
    answer_id = scene.answer(scene.bo)
    deliver()
    assert mails(app) == []
    accept_answer(scene.door(scene.ada), post_id=answer_id)
    deliver()
    [mail] = mails(app)
    assert f"To: {scene.bo.email}" in mail
    assert "http://localhost/settings/notifications" in mail


def test_a_mail_says_what_happened_and_nothing_of_the_text(scene: Scene, deliver: Deliver, app: Flask) -> None:
    scene.answer(scene.bo, "canary-7c1f: the patient of bed four")
    deliver()
    [mail] = mails(app)
    assert "canary-7c1f" not in mail
    assert "Bo answered" in mail


def test_only_kinds_of_notice_that_come_by_mail_can_be_chosen(scene: Scene) -> None:
    from social_cme.core.errors import Invalid

    with pytest.raises(Invalid):
        choose_mail(scene.ada, {"answer": False, "made_up": True})
    assert NoticeKind.LET_IN not in {"answer"}
