"""Invitations: one address, once, for fourteen days."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.core.ids import token_hash
from social_cme.extensions import db
from social_cme.persistence.facts import facts_since
from social_cme.rooms.enums import RoomRole, Visibility
from social_cme.rooms.models import Invitation, Membership
from social_cme.rooms.queries import open_room
from social_cme.rooms.queries.members import list_open_invitations
from social_cme.rooms.services.invitations import invite, redeem_invitation, revoke_invitation
from social_cme.rooms.services.members import ban_member
from social_cme.rooms.services.rooms import archive_room
from tests.factories import Factory
from tests.rooms.conftest import Mailbox

Token = Callable[[], str]


def test_an_invitation_is_mailed_and_only_its_hash_is_kept(
    make: Factory, mailbox: Mailbox, newest_token: Token
) -> None:
    coordinator = make.user(name="Helen Marsh")
    room = make.room(coordinator=coordinator, visibility="invitation", name="Quiet room")
    invitation = invite(open_room(coordinator, room.slug), email=" Maya@Example.ORG ", role="mentor")
    assert (invitation.email, invitation.role) == ("maya@example.org", "mentor")
    [mail] = mailbox("room_invitation")
    assert (mail["To"], mail["Subject"]) == ("maya@example.org", "Helen Marsh invites you to Quiet room")
    assert invitation.token_hash == token_hash(newest_token())
    assert newest_token() not in str(facts_since(db.session(), f"room:{room.id}", since=0, limit=9))


def test_a_name_cannot_add_a_header_to_the_mail(make: Factory, mailbox: Mailbox) -> None:
    coordinator = make.user(name="Eve\r\nBcc: all@example.org")
    room = make.room(coordinator=coordinator, name="{{ 7*7 }}")
    invite(open_room(coordinator, room.slug), email="maya@example.org")
    [mail] = mailbox("room_invitation")
    assert mail["Bcc"] is None
    assert "{{ 7*7 }}" in mail["Subject"]


def test_the_addressee_comes_in_with_the_role_of_the_invitation(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="invitation")
    invite(open_room(coordinator, room.slug), email=user.email, role="mentor")
    membership = redeem_invitation(user, token=newest_token(), accepted_version=1)
    assert (membership.room_id, membership.role, membership.state) == (room.id, "mentor", "active")
    assert open_room(user, room.slug).is_member
    with pytest.raises(Conflict):
        redeem_invitation(user, token=newest_token(), accepted_version=1)
    assert room.member_count == 1


def test_a_hundred_uses_at_once_let_one_in(app: Flask, make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="invitation")
    invite(open_room(coordinator, room.slug), email=user.email)
    token, user_id = newest_token(), user.id
    start = threading.Barrier(100)
    outcomes: list[str] = []

    def use() -> None:
        with app.app_context():
            actor = db.session.get_one(User, user_id)
            db.session.rollback()
            start.wait()
            try:
                redeem_invitation(actor, token=token, accepted_version=1)
                outcomes.append("in")
            except Conflict:
                outcomes.append("conflict")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=use) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("in"), outcomes.count("conflict")) == (1, 99)
    db.session.rollback()
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).where(Membership.user_id == user_id)) == 1
    joined = [one for one in facts_since(db.session(), f"room:{room.id}", since=0, limit=300) if "joined" in one.kind]
    assert (len(joined), room.member_count) == (1, 1)


def test_another_address_is_refused_and_the_link_stays_good(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility="invitation")
    invite(open_room(coordinator, room.slug), email=user.email)
    with pytest.raises(Forbidden):
        redeem_invitation(make.user(), token=newest_token(), accepted_version=1)
    assert redeem_invitation(user, token=newest_token(), accepted_version=1).state == "active"


def test_an_unconfirmed_addressee_is_refused(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user(state=AccountState.UNCONFIRMED)
    room = make.room(coordinator=coordinator)
    invite(open_room(coordinator, room.slug), email=user.email)
    with pytest.raises(Forbidden):
        redeem_invitation(user, token=newest_token(), accepted_version=1)


def test_rules_must_be_accepted_and_a_refusal_does_not_use_the_link(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    invite(open_room(coordinator, room.slug), email=user.email)
    with pytest.raises(Invalid):
        redeem_invitation(user, token=newest_token(), accepted_version=None)
    with pytest.raises(Conflict):
        redeem_invitation(user, token=newest_token(), accepted_version=7)
    assert redeem_invitation(user, token=newest_token(), accepted_version=1).state == "active"


def test_a_link_ends_after_fourteen_days(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    invitation = invite(open_room(coordinator, room.slug), email=user.email)
    with clock.at(invitation.expires_at), pytest.raises(Conflict):
        redeem_invitation(user, token=newest_token(), accepted_version=1)
    with clock.at(invitation.expires_at - timedelta(seconds=1)):
        assert redeem_invitation(user, token=newest_token(), accepted_version=1).state == "active"
    assert invitation.expires_at - invitation.created_at == pytest.approx(timedelta(days=14), abs=timedelta(seconds=5))


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\x00", "'; --", "%00", "ä" * 43])
def test_a_link_that_never_was_is_not_found(make: Factory, token: str) -> None:
    with pytest.raises(NotFound):
        redeem_invitation(make.user(), token=token, accepted_version=1)


def test_a_withdrawn_link_does_not_work(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    invitation = invite(open_room(coordinator, room.slug), email=user.email)
    ctx = open_room(coordinator, room.slug)
    revoke_invitation(ctx, invitation_id=invitation.id)
    with pytest.raises(Conflict):
        redeem_invitation(user, token=newest_token(), accepted_version=1)
    with pytest.raises(NotFound):
        revoke_invitation(ctx, invitation_id=invitation.id)


def test_a_second_invitation_replaces_the_first(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    ctx = open_room(coordinator, room.slug)
    invite(ctx, email=user.email)
    first = newest_token()
    invite(ctx, email=user.email)
    assert len(list_open_invitations(ctx)) == 1
    with pytest.raises(Conflict):
        redeem_invitation(user, token=first, accepted_version=1)
    assert redeem_invitation(user, token=newest_token(), accepted_version=1).state == "active"


def test_a_repeated_request_sends_one_invitation(make: Factory, mailbox: Mailbox) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    ctx = open_room(coordinator, room.slug)
    first = invite(ctx, email="maya@example.org", client_id="client-0001")
    assert invite(ctx, email="maya@example.org", client_id="client-0001").id == first.id
    assert len(mailbox("room_invitation")) == 1


def test_a_banned_person_does_not_come_back_with_a_link(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    invite(open_room(coordinator, room.slug), email=user.email)
    ban_member(open_room(coordinator, room.slug), user_id=user.id, reason="Threats")
    with pytest.raises(Forbidden):
        redeem_invitation(user, token=newest_token(), accepted_version=1)
    assert db.session.scalar(select(Invitation.used_at)) is None


def test_a_member_who_is_invited_gets_the_higher_role(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator, members=(user,))
    ctx = open_room(coordinator, room.slug)
    invite(ctx, email=user.email, role="mentor")
    assert redeem_invitation(user, token=newest_token(), accepted_version=1).role == "mentor"
    invite(ctx, email=user.email, role="learner")
    assert redeem_invitation(user, token=newest_token(), accepted_version=1).role == "mentor"
    assert room.member_count == 0


@pytest.mark.parametrize("email", ["", "x", "a@b", "a b@example.org", "a@b@example.org", "a@example.org,b@example.org"])
def test_an_address_nothing_can_be_sent_to_is_refused(make: Factory, email: str, mailbox: Mailbox) -> None:
    coordinator = make.user()
    room = make.room(coordinator=coordinator)
    with pytest.raises(Invalid) as caught:
        invite(open_room(coordinator, room.slug), email=email)
    assert list(caught.value.fields) == ["email"]
    assert mailbox("room_invitation") == []


@pytest.mark.parametrize("role", [RoomRole.LEARNER, RoomRole.MENTOR])
def test_only_coordinators_invite_and_withdraw(make: Factory, role: str) -> None:
    coordinator, actor = make.user(), make.user()
    room = make.room(coordinator=coordinator, visibility=Visibility.INVITATION)
    make.membership(room, actor, role=role)
    invitation = invite(open_room(coordinator, room.slug), email="maya@example.org")
    ctx = open_room(actor, room.slug)
    for act in (
        lambda: invite(ctx, email="eve@example.org"),
        lambda: revoke_invitation(ctx, invitation_id=invitation.id),
        lambda: list_open_invitations(ctx),
    ):
        with pytest.raises(Forbidden):
            act()


def test_an_invitation_of_another_room_cannot_be_withdrawn_here(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    here, there = make.room(coordinator=coordinator), make.room(coordinator=make.user())
    owner = open_room(db.session.get_one(User, there.created_by_id), there.slug)
    invitation = invite(owner, email=user.email)
    with pytest.raises(NotFound):
        revoke_invitation(open_room(coordinator, here.slug), invitation_id=invitation.id)
    assert redeem_invitation(user, token=newest_token(), accepted_version=1).room_id == there.id


def test_an_archived_room_invites_nobody(make: Factory, newest_token: Token) -> None:
    coordinator, user = make.user(), make.user()
    room = make.room(coordinator=coordinator)
    ctx = open_room(coordinator, room.slug)
    invite(ctx, email=user.email)
    archive_room(ctx)
    with pytest.raises(Conflict):
        invite(ctx, email="maya@example.org")
    with pytest.raises(Conflict):
        redeem_invitation(user, token=newest_token(), accepted_version=1)
