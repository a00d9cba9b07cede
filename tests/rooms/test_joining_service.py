"""Joining, asking, being let in, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from social_cme.accounts.enums import AccountState, Profession, SiteRole
from social_cme.accounts.models import User
from social_cme.accounts.services.verification import verify_profession
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.persistence.facts import facts_since, last_seq
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.invitations import invite, redeem_invitation
from social_cme.rooms.services.joining import (
    accept_rules,
    approve_request,
    decline_request,
    join_room,
    leave_room,
    withdraw_request,
)
from social_cme.rooms.services.members import ban_member
from social_cme.rooms.services.rooms import archive_room, edit_room
from tests.factories import Factory
from tests.rooms.conftest import Mailbox


def row(room: Room, user: User) -> Membership | None:
    return db.session.scalar(select(Membership).where(Membership.room_id == room.id, Membership.user_id == user.id))


def kinds(room: Room) -> list[str]:
    return [fact.kind for fact in facts_since(db.session(), f"room:{room.id}", since=0, limit=50)]


def test_a_public_room_is_joined_at_once(make: Factory) -> None:
    room, user = make.room(), make.user()
    membership = join_room(open_room(user, room.slug), accepted_version=1)
    assert (membership.state, membership.role) == (MembershipState.ACTIVE, RoomRole.LEARNER)
    assert (membership.rules_accepted_version, room.member_count) == (1, 1)
    assert membership.rules_accepted_at is not None
    assert kinds(room) == ["membership.joined"]


def test_a_room_for_some_professions_takes_them_alone(make: Factory) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    edit_room(open_room(coordinator, room.slug), professions=["pharmacist", "nurse", "nurse"])
    assert room.professions == ["nurse", "pharmacist"]
    doctor, unsaid = make.user(), make.user(profession=None)
    for person, words in ((doctor, "Your profile says: Physician."), (unsaid, "Say yours in your profile first.")):
        with pytest.raises(Forbidden, match=re.escape(f"This room is for: Nurse · Pharmacist. {words}")):
            join_room(open_room(person, room.slug), accepted_version=1)
        assert row(room, person) is None
    nurse = make.user(profession=Profession.NURSE)
    assert join_room(open_room(nurse, room.slug), accepted_version=1).state == MembershipState.ACTIVE
    # Who is a member stays one, and a choice that is emptied lets everybody in.
    edit_room(open_room(coordinator, room.slug), professions=["dentist"])
    assert open_room(nurse, room.slug).is_member
    edit_room(open_room(coordinator, room.slug), professions=[])
    assert join_room(open_room(doctor, room.slug), accepted_version=1).state == MembershipState.ACTIVE
    with pytest.raises(Invalid) as caught:
        edit_room(open_room(coordinator, room.slug), professions=["astrologer"])
    assert set(caught.value.fields) == {"professions"}


def test_a_room_for_verified_professions_waits_for_the_proof(make: Factory) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator, visibility=Visibility.REQUEST)
    edit_room(open_room(coordinator, room.slug), professions=["physician"], verified_only=True)
    person = make.user()
    with pytest.raises(Forbidden, match="whose profession was verified"):
        join_room(open_room(person, room.slug), accepted_version=1)
    verify_profession(actor=make.user(role=SiteRole.ADMINISTRATOR), user_id=person.id, evidence="The register.")
    assert join_room(open_room(person, room.slug), accepted_version=1).state == MembershipState.REQUESTED
    # The proof was of another profession than the profile says now.
    changed = make.user(verified_profession=Profession.NURSE)
    with pytest.raises(Forbidden, match="whose profession was verified"):
        join_room(open_room(changed, room.slug), accepted_version=1)


def test_an_invitation_is_not_bound_to_a_profession(make: Factory, newest_token: Callable[[], str]) -> None:
    coordinator, guest = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    edit_room(open_room(coordinator, room.slug), professions=["nurse"], verified_only=True)
    invite(open_room(coordinator, room.slug), email=guest.email)
    assert redeem_invitation(guest, token=newest_token(), accepted_version=1).state == MembershipState.ACTIVE


def test_joining_again_changes_nothing(make: Factory) -> None:
    room, user = make.room(), make.user()
    first = join_room(open_room(user, room.slug), accepted_version=1)
    again = join_room(open_room(user, room.slug), accepted_version=None)
    assert first.id == again.id
    assert (room.member_count, kinds(room)) == (1, ["membership.joined"])


def test_nobody_joins_without_accepting_the_ground_rules(make: Factory) -> None:
    room, user = make.room(), make.user()
    with pytest.raises(Invalid) as caught:
        join_room(open_room(user, room.slug), accepted_version=None)
    assert list(caught.value.fields) == ["accept"]
    assert row(room, user) is None


def test_rules_that_changed_while_reading_are_read_again(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    edit_room(open_room(coordinator, room.slug), ground_rules="Be kind.")
    with pytest.raises(Conflict):
        join_room(open_room(user, room.slug), accepted_version=1)
    assert row(room, user) is None
    assert join_room(open_room(user, room.slug), accepted_version=2).rules_accepted_version == 2


def test_an_unconfirmed_person_cannot_join(make: Factory) -> None:
    room, user = make.room(), make.user(state=AccountState.UNCONFIRMED)
    with pytest.raises(Forbidden):
        join_room(open_room(user, room.slug), accepted_version=1)
    assert last_seq(db.session(), f"room:{room.id}") == 0


def test_a_stranger_cannot_join(make: Factory) -> None:
    room = make.room()
    with pytest.raises(Forbidden):
        join_room(open_room(None, room.slug), accepted_version=1)


def test_an_archived_room_takes_nobody(make: Factory) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    archive_room(open_room(coordinator, room.slug))
    with pytest.raises(Forbidden):
        join_room(open_room(make.user(), room.slug), accepted_version=1)


def test_a_room_by_invitation_does_not_exist_for_others(make: Factory) -> None:
    room = make.room(visibility="invitation")
    with pytest.raises(NotFound):
        open_room(make.user(), room.slug)


def test_an_administrator_sees_a_room_by_invitation_but_joins_by_invitation_too(make: Factory) -> None:
    room = make.room(visibility="invitation")
    with pytest.raises(Forbidden):
        join_room(open_room(make.user(role=SiteRole.ADMINISTRATOR), room.slug), accepted_version=1)


def test_a_banned_person_with_an_old_door_cannot_join(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    leave_room(open_room(user, room.slug))
    old = open_room(user, room.slug)
    ban_member(open_room(coordinator, room.slug), user_id=user.id, reason="Spam")
    with pytest.raises(NotFound):
        join_room(old, accepted_version=1)
    with pytest.raises(NotFound):
        open_room(user, room.slug)


def test_a_request_waits_for_a_coordinator_and_tells_them(make: Factory, mailbox: Mailbox) -> None:
    coordinator, mentor, user = make.user(), make.user(), make.user(name="Maya Lindqvist")
    room = make.room(coordinator=coordinator, mentor=mentor, visibility="request")
    membership = join_room(open_room(user, room.slug), accepted_version=1, statement="I see this weekly.\x00")
    assert (membership.state, membership.statement) == (MembershipState.REQUESTED, "I see this weekly.")
    assert kinds(room) == ["membership.requested"]
    [mail] = mailbox("join_request")
    assert (mail["To"], mail["Subject"]) == (coordinator.email, f"Maya Lindqvist asks to join {room.name}")
    assert "I see this weekly." in mail.as_string()
    with pytest.raises(Conflict):
        join_room(open_room(user, room.slug), accepted_version=1)


def test_a_statement_that_is_too_long_is_refused(make: Factory) -> None:
    room, user = make.room(visibility="request"), make.user()
    with pytest.raises(Invalid) as caught:
        join_room(open_room(user, room.slug), accepted_version=1, statement="x" * 1001)
    assert list(caught.value.fields) == ["statement"]


def test_an_approved_person_is_a_member_and_gets_a_mail(make: Factory, mailbox: Mailbox) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="request")
    join_room(open_room(user, room.slug), accepted_version=1)
    before = room.member_count
    membership = approve_request(open_room(coordinator, room.slug), user_id=user.id)
    assert (membership.state, membership.role, room.member_count) == ("active", "learner", before + 1)
    assert membership.rules_accepted_version == 1
    assert kinds(room) == ["membership.requested", "membership.joined"]
    assert [mail["To"] for mail in mailbox("join_approved")] == [user.email]


def test_a_request_is_decided_once(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="request")
    join_room(open_room(user, room.slug), accepted_version=1)
    ctx = open_room(coordinator, room.slug)
    approve_request(ctx, user_id=user.id)
    with pytest.raises(Conflict):
        approve_request(ctx, user_id=user.id)
    with pytest.raises(Conflict):
        decline_request(ctx, user_id=user.id, reason="Late")
    assert room.member_count == 1


def test_a_declined_person_reads_why_and_may_ask_again_after_a_week(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="request")
    join_room(open_room(user, room.slug), accepted_version=1)
    declined = decline_request(open_room(coordinator, room.slug), user_id=user.id, reason="Only for residents.")
    assert (declined.state, declined.state_reason) == ("declined", "Only for residents.")
    with pytest.raises(Conflict):
        join_room(open_room(user, room.slug), accepted_version=1)
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert join_room(open_room(user, room.slug), accepted_version=1).state == "requested"


def test_a_refusal_needs_a_reason(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="request")
    join_room(open_room(user, room.slug), accepted_version=1)
    for reason in ("", "  \u200b", "x" * 501):
        with pytest.raises(Invalid):
            decline_request(open_room(coordinator, room.slug), user_id=user.id, reason=reason)


@pytest.mark.parametrize("role", ["learner", "mentor"])
def test_only_coordinators_decide_on_requests(make: Factory, role: str) -> None:
    actor, user = make.user(), make.user()
    room = make.room(coordinator=make.user(), visibility="request")
    make.membership(room, actor, role=role)
    join_room(open_room(user, room.slug), accepted_version=1)
    for decide in (approve_request, lambda ctx, user_id: decline_request(ctx, user_id=user_id, reason="No")):
        with pytest.raises(Forbidden):
            decide(open_room(actor, room.slug), user_id=user.id)
    found = row(room, user)
    assert found is not None
    assert found.state == "requested"


def test_a_request_of_another_room_cannot_be_decided_here(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    here = make.room(coordinator=coordinator, visibility="request")
    there = make.room(coordinator=make.user(), visibility="request")
    join_room(open_room(user, there.slug), accepted_version=1)
    with pytest.raises(NotFound):
        approve_request(open_room(coordinator, here.slug), user_id=user.id)


@pytest.mark.parametrize("state", [AccountState.BANNED, AccountState.CLOSED])
def test_an_account_that_is_gone_is_not_let_in(make: Factory, state: str) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="request")
    join_room(open_room(user, room.slug), accepted_version=1)
    _set(user, state=state)
    with pytest.raises(Conflict):
        approve_request(open_room(coordinator, room.slug), user_id=user.id)


def test_a_request_can_be_taken_back(make: Factory) -> None:
    room, user = make.room(visibility="request"), make.user()
    join_room(open_room(user, room.slug), accepted_version=1)
    withdraw_request(open_room(user, room.slug))
    found = row(room, user)
    assert found is not None
    assert (found.state, room.member_count) == ("left", 0)
    with pytest.raises(Conflict):
        withdraw_request(open_room(user, room.slug))


def test_leaving_keeps_the_row_and_coming_back_starts_as_a_learner(make: Factory) -> None:
    user = make.user()
    room = make.room(coordinator=make.user())
    join_room(open_room(user, room.slug), accepted_version=1)
    leave_room(open_room(user, room.slug))
    found = row(room, user)
    assert found is not None
    assert (found.state, room.member_count) == ("left", 0)
    assert join_room(open_room(user, room.slug), accepted_version=1).id == found.id
    assert kinds(room) == ["membership.joined", "membership.left", "membership.joined"]


def test_whoever_is_no_member_cannot_leave(make: Factory) -> None:
    room = make.room()
    with pytest.raises(Forbidden):
        leave_room(open_room(make.user(), room.slug))


def test_the_last_coordinator_cannot_leave(make: Factory) -> None:
    first, second = make.user(), make.user()
    room = make.room(coordinator=first)
    with pytest.raises(Conflict):
        leave_room(open_room(first, room.slug))
    make.membership(room, second, role=RoomRole.COORDINATOR)
    leave_room(open_room(first, room.slug))
    with pytest.raises(Conflict):
        leave_room(open_room(second, room.slug))


def test_a_coordinator_whose_account_is_closed_does_not_count(make: Factory) -> None:
    first, second = make.user(), make.user()
    room = make.room(coordinator=first)
    make.membership(room, second, role=RoomRole.COORDINATOR)
    _set(second, state=AccountState.CLOSED)
    with pytest.raises(Conflict):
        leave_room(open_room(first, room.slug))


def test_changed_rules_are_accepted_again(make: Factory) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    edit_room(open_room(coordinator, room.slug), ground_rules="Be kind.")
    with pytest.raises(Conflict):
        accept_rules(open_room(user, room.slug), version=1)
    with pytest.raises(Invalid):
        accept_rules(open_room(user, room.slug), version=None)
    assert accept_rules(open_room(user, room.slug), version=2).rules_accepted_version == 2
    accept_rules(open_room(user, room.slug), version=2)
    assert kinds(room) == ["room.changed", "membership.rules_accepted"]
    with pytest.raises(Forbidden):
        accept_rules(open_room(make.user(), room.slug), version=2)


def _set(user: User, **values: Any) -> None:
    from social_cme.persistence.transaction import transaction

    with transaction():
        for name, value in values.items():
            setattr(user, name, value)
