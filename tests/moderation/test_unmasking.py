"""Lifting a pseudonym: two different moderators, a reason, a limit of time, and an author who is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.models import Thread
from social_cme.discussions.services.threads import post_thread
from social_cme.extensions import db
from social_cme.moderation.models import LogEntry, UnmaskRequest
from social_cme.moderation.queries.unmasking import find_state, list_open_requests
from social_cme.moderation.services import measures
from social_cme.moderation.services.unmasking import confirm_unmasking, decline_unmasking, request_unmasking
from social_cme.notifications.queries import list_notices
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import RoomRole
from social_cme.rooms.models import Membership
from social_cme.rooms.queries import open_room
from tests.moderation.conftest import Scene

REASON = "The case describes a colleague, not a patient."


@pytest.fixture
def second(scene: Scene) -> User:
    """Another mentor of the room."""
    user = scene.make.user("Second Mentor")
    scene.make.membership(scene.room, user, role=RoomRole.MENTOR)
    return user


@pytest.fixture
def masked(scene: Scene) -> Thread:
    """A thread of the asker under a pseudonym."""
    return post_thread(
        scene.ctx(scene.asker), kind="question", title="Whom to tell?", body="What now?", pseudonym="profession"
    )


def ask(scene: Scene, masked: Thread, user: User | None = None) -> UnmaskRequest:
    return request_unmasking(scene.ctx(user or scene.mentor), thread_id=masked.id, reason=REASON)


def sees(scene: Scene, masked: Thread, user: User) -> str | None:
    identity = find_state(scene.ctx(user), masked.id).identity
    return identity.display_name if identity is not None else None


def test_two_moderators_lift_it_together_and_only_they_see_who_it_is(
    scene: Scene, masked: Thread, second: User
) -> None:
    third = scene.make.user("Third", role=SiteRole.ADMINISTRATOR)
    ask(scene, masked)
    assert [sees(scene, masked, one) for one in (scene.mentor, second, third)] == [None, None, None]
    confirm_unmasking(scene.ctx(second), thread_id=masked.id)
    name = scene.asker.display_name
    assert [sees(scene, masked, one) for one in (scene.mentor, second, third)] == [name, name, None]


def test_the_log_tells_who_did_what_and_why_and_not_who_the_author_is(
    scene: Scene, masked: Thread, second: User
) -> None:
    ask(scene, masked)
    confirm_unmasking(scene.ctx(second), thread_id=masked.id)
    entries = db.session.scalars(select(LogEntry).order_by(LogEntry.id)).all()
    assert [(one.action, one.actor_id, one.subject_id, one.reason) for one in entries] == [
        ("unmask_requested", scene.mentor.id, None, REASON),
        ("unmasked", second.id, None, REASON),
    ]
    facts = scene.facts("unmask.")
    assert [kind for kind, _ in facts] == ["unmask.requested", "unmask.confirmed"]
    assert {name for _, data in facts for name in data} == {"room_id", "thread_id", "request_id"}


def test_the_author_is_told_with_the_reason_even_when_the_thread_is_hidden(
    scene: Scene, masked: Thread, second: User, deliver: Callable[[], int]
) -> None:
    ask(scene, masked)
    measures.hide(scene.ctx(scene.mentor), target="thread", target_id=masked.id, reason="Wait.")
    confirm_unmasking(scene.ctx(second), thread_id=masked.id)
    deliver()
    [told] = [one for one in list_notices(scene.asker).items if one.kind == "unmasked"]
    assert told.text == f"Two moderators lifted your pseudonym in “Whom to tell?”. Their reason: {REASON}"
    assert told.person is None
    asked = [one.text for one in list_notices(second).items]
    assert asked == []  # The thread was hidden before anybody read of the request.


def test_the_other_moderators_hear_of_a_request_and_the_author_does_not(
    scene: Scene, second: User, deliver: Callable[[], int]
) -> None:
    own = post_thread(scene.ctx(second), kind="question", title="Mine", body="?", pseudonym="profession")
    third = scene.make.user()
    scene.make.membership(scene.room, third, role=RoomRole.COORDINATOR)
    request_unmasking(scene.ctx(scene.mentor), thread_id=own.id, reason=REASON)
    deliver()
    assert "asks to lift the pseudonym of “Mine”" in list_notices(third).items[0].text
    for user in (second, scene.mentor):
        assert not [one for one in list_notices(user).items if one.kind == "unmask_requested"]


def test_nobody_confirms_the_own_request(scene: Scene, masked: Thread) -> None:
    ask(scene, masked)
    with pytest.raises(Forbidden):
        confirm_unmasking(scene.ctx(scene.mentor), thread_id=masked.id)
    assert sees(scene, masked, scene.mentor) is None


def test_the_database_refuses_one_person_twice_and_two_open_requests(scene: Scene, masked: Thread) -> None:
    row = ask(scene, masked)

    def alone() -> None:
        with transaction() as tx:
            tx.session.execute(
                update(UnmaskRequest)
                .where(UnmaskRequest.id == row.id)
                .values(confirmed_by_id=scene.mentor.id, confirmed_at=clock.now())
            )

    def another() -> None:
        with transaction() as tx:
            tx.add(
                UnmaskRequest(
                    room_id=scene.room.id,
                    thread_id=masked.id,
                    requested_by_id=scene.mentor.id,
                    reason="x",
                    expires_at=clock.now(),
                )
            )

    for wrong in (alone, another):
        with pytest.raises(IntegrityError):
            wrong()
        db.session.rollback()


def test_an_author_who_moderates_takes_no_part_in_it(scene: Scene, second: User) -> None:
    own = post_thread(scene.ctx(second), kind="question", title="Mine", body="?", pseudonym="profession")
    with pytest.raises(Forbidden):
        ask(scene, own, second)
    ask(scene, own)
    for step in (confirm_unmasking, decline_unmasking):
        with pytest.raises(Forbidden):
            step(scene.ctx(second), thread_id=own.id)
    state = find_state(scene.ctx(second), own.id)
    assert (state.is_author, state.waiting, state.identity) == (True, None, None)


def test_members_strangers_and_other_rooms_find_nothing(scene: Scene, masked: Thread) -> None:
    other = scene.make.room(mentor=scene.mentor)
    for user in (scene.author, scene.make.user()):
        for step in (confirm_unmasking, decline_unmasking):
            with pytest.raises(NotFound):
                step(scene.ctx(user), thread_id=masked.id)
        with pytest.raises(NotFound):
            ask(scene, masked, user)
        with pytest.raises(NotFound):
            find_state(scene.ctx(user), masked.id)
    with pytest.raises(NotFound):
        request_unmasking(scene.ctx(scene.mentor, other), thread_id=masked.id, reason=REASON)
    with pytest.raises(NotFound):
        ask(scene, scene.thread)
    assert db.session.query(UnmaskRequest).count() == 0


@pytest.mark.parametrize("reason", ["", " \n", "x" * 501])
def test_a_request_needs_a_reason(scene: Scene, masked: Thread, reason: str) -> None:
    with pytest.raises(Invalid):
        request_unmasking(scene.ctx(scene.mentor), thread_id=masked.id, reason=reason)
    assert scene.log() == []


def test_one_request_at_a_time_and_a_declined_one_makes_room(scene: Scene, masked: Thread, second: User) -> None:
    ask(scene, masked)
    with pytest.raises(Conflict):
        ask(scene, masked, second)
    decline_unmasking(scene.ctx(second), thread_id=masked.id)
    for step in (confirm_unmasking, decline_unmasking):
        with pytest.raises(Conflict):
            step(scene.ctx(second), thread_id=masked.id)
    ask(scene, masked, second)
    decline_unmasking(scene.ctx(second), thread_id=masked.id)
    assert scene.log() == ["unmask_requested", "unmask_declined", "unmask_requested", "unmask_declined"]
    assert sees(scene, masked, second) is None


def test_a_request_ends_after_seven_days(scene: Scene, masked: Thread, second: User) -> None:
    row = ask(scene, masked)
    assert list_open_requests(scene.ctx(second))[0][1] == "Whom to tell?"
    with clock.at(row.created_at + timedelta(days=7)):
        assert list_open_requests(scene.ctx(second)) == []
        with pytest.raises(Conflict):
            confirm_unmasking(scene.ctx(second), thread_id=masked.id)
        ask(scene, masked, second)
        confirm_unmasking(scene.ctx(scene.mentor), thread_id=masked.id)
    assert db.session.query(UnmaskRequest).count() == 2


def test_what_was_lifted_is_hidden_again_after_thirty_days(scene: Scene, masked: Thread, second: User) -> None:
    ask(scene, masked)
    row = confirm_unmasking(scene.ctx(second), thread_id=masked.id)
    assert row.confirmed_at is not None
    with clock.at(row.confirmed_at + timedelta(days=29, hours=23)):
        assert sees(scene, masked, second) == scene.asker.display_name
    with clock.at(row.confirmed_at + timedelta(days=30)):
        assert sees(scene, masked, second) is None


def test_who_moderates_no_longer_neither_sees_nor_counts(scene: Scene, masked: Thread, second: User) -> None:
    def demote(user: User) -> None:
        with transaction() as tx:
            tx.session.execute(update(Membership).where(Membership.user_id == user.id).values(role=RoomRole.LEARNER))

    ask(scene, masked)
    third = scene.make.user()
    scene.make.membership(scene.room, third, role=RoomRole.COORDINATOR)
    demote(scene.mentor)
    with pytest.raises(Conflict):
        confirm_unmasking(scene.ctx(second), thread_id=masked.id)
    decline_unmasking(scene.ctx(second), thread_id=masked.id)
    ask(scene, masked, second)
    confirm_unmasking(scene.ctx(third), thread_id=masked.id)
    assert sees(scene, masked, second) == scene.asker.display_name
    demote(second)
    with pytest.raises(NotFound):
        find_state(scene.ctx(second), masked.id)


def test_a_moved_thread_takes_no_open_request_along(scene: Scene, masked: Thread, second: User) -> None:
    ask(scene, masked)
    other = scene.make.room(mentor=scene.mentor)
    scene.make.membership(other, second, role=RoomRole.MENTOR)
    measures.move(scene.ctx(scene.mentor), thread_id=masked.id, to=scene.ctx(scene.mentor, other))
    with pytest.raises(Conflict):
        confirm_unmasking(scene.ctx(second, other), thread_id=masked.id)
    request_unmasking(scene.ctx(second, other), thread_id=masked.id, reason=REASON)


def test_of_two_who_confirm_at_once_one_lifts_it(app: Flask, scene: Scene, masked: Thread, second: User) -> None:
    third = scene.make.user()
    scene.make.membership(scene.room, third, role=RoomRole.COORDINATOR)
    ask(scene, masked)
    slug, thread_id, start = scene.room.slug, masked.id, threading.Barrier(2)
    outcomes: list[str] = []

    def confirm(user_id: int) -> None:
        with app.app_context():
            try:
                user = db.session.get(User, user_id)
                start.wait(timeout=10)
                confirm_unmasking(open_room(user, slug), thread_id=thread_id)
                outcomes.append("lifted")
            except AppError as error:
                outcomes.append(error.code)
            finally:
                db.session.remove()

    workers = [threading.Thread(target=confirm, args=(one.id,)) for one in (second, third)]
    db.session.commit()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert sorted(outcomes) == ["conflict", "lifted"]
    assert scene.log() == ["unmask_requested", "unmasked"]
    assert [sees(scene, masked, one) is not None for one in (second, third)].count(True) == 1


def test_a_failure_afterwards_leaves_nothing(scene: Scene, masked: Thread, second: User) -> None:
    ask(scene, masked)

    def interrupted() -> None:
        with transaction():
            confirm_unmasking(scene.ctx(second), thread_id=masked.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    db.session.rollback()
    assert sees(scene, masked, second) is None
    assert scene.log() == ["unmask_requested"]
    assert [kind for kind, _ in scene.facts("unmask.")] == ["unmask.requested"]


def token_of(browser: FlaskClient) -> str:
    return browser.get("/about").text.split('name="csrf-token" content="')[1].split('"')[0]


def test_the_pages_lead_two_moderators_through_it(
    scene: Scene, masked: Thread, second: User, login: Callable[[User], FlaskClient]
) -> None:
    one, two, author = login(scene.mentor), login(second), login(scene.asker)
    thread = f"/rooms/{scene.room.slug}/threads/{masked.id}"
    assert "Lift the pseudonym" in one.get(thread).text
    assert one.post(f"{thread}/unmask", data={"csrf_token": token_of(one), "reason": ""}).status_code == 422
    assert one.post(f"{thread}/unmask", data={"csrf_token": token_of(one), "reason": REASON}).status_code == 303
    assert "Take it back" in one.get(f"{thread}/unmask").text
    assert "Pseudonyms to decide about" in two.get(f"/rooms/{scene.room.slug}/moderation").text
    assert REASON in two.get(f"{thread}/unmask").text
    assert one.post(f"{thread}/unmask/confirm", data={"csrf_token": token_of(one)}).status_code == 403
    assert two.post(f"{thread}/unmask/confirm", data={"csrf_token": token_of(two)}).status_code == 303
    for browser in (one, two):
        assert scene.asker.display_name in browser.get(f"{thread}/unmask").text
        assert scene.asker.display_name not in browser.get(thread).text.partition("<main")[2]
    mine = author.get(f"{thread}/unmask").text
    assert REASON in mine
    assert "Second Mentor" not in mine
    assert author.post(f"{thread}/unmask/confirm", data={"csrf_token": token_of(author)}).status_code in {403, 404}
    again = two.post(f"{thread}/unmask/decline", data={"csrf_token": token_of(two)}, follow_redirects=True)
    assert "There is no open request" in again.text


def test_the_api_leads_two_moderators_through_it(
    scene: Scene, masked: Thread, second: User, login: Callable[[User], FlaskClient]
) -> None:
    one, two = login(scene.mentor), login(second)
    address = f"/api/v1/rooms/{scene.room.slug}/threads/{masked.id}/unmasking"

    def post(browser: FlaskClient, path: str = "", **body: str) -> int:
        headers = {"X-CSRFToken": token_of(browser)}
        sent = (
            browser.post(f"{address}{path}", json=body, headers=headers)
            if not path
            else browser.post(f"{address}{path}", headers=headers)
        )
        return sent.status_code

    assert post(one, reason="") == 422
    assert post(one, reason=REASON) == 201
    assert post(two, reason=REASON) == 409
    assert post(one, "/confirm") == 403
    assert (two.get(address).json or {})["waiting"]["reason"] == REASON
    assert post(two, "/confirm") == 200
    assert post(two, "/decline") == 409
    state = two.get(address).json or {}
    assert state["identity"]["display_name"] == scene.asker.display_name
    assert set(state["identity"]) == {"id", "display_name", "shown_until"}
    own = login(scene.asker).get(address).json or {}
    assert (own["identity"], own["waiting"], own["lifted"][0]["reason"]) == (None, None, REASON)
    assert login(scene.author).get(address).status_code == 404
