"""Who may look at a room's ledger."""

from __future__ import annotations

import pytest

from social_cme.accounts.enums import SiteRole
from social_cme.cme.policies import can_see_participation
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.queries import open_room
from tests.cme.ward import Ward
from tests.factories import Factory


def test_mentors_and_coordinators_see_the_rooms_ledger(ward: Ward) -> None:
    for guide in (ward.mentor, ward.coordinator):
        assert can_see_participation(open_room(guide, ward.room.slug))


def test_a_learner_does_not_and_is_told_where_the_own_one_is(ward: Ward) -> None:
    decision = can_see_participation(open_room(ward.learner, ward.room.slug))
    assert not decision
    assert "My participation" in decision.reason


def test_a_stranger_does_not(ward: Ward) -> None:
    assert not can_see_participation(open_room(None, ward.room.slug))


@pytest.mark.parametrize("state", [MembershipState.LEFT, MembershipState.REMOVED, MembershipState.REQUESTED])
def test_a_mentor_who_is_no_longer_in_the_room_does_not(ward: Ward, make: Factory, state: MembershipState) -> None:
    former = make.user()
    make.membership(ward.room, former, role=RoomRole.MENTOR, state=state)
    assert not can_see_participation(open_room(former, ward.room.slug))


def test_a_mentor_of_another_room_does_not(ward: Ward, make: Factory) -> None:
    other = make.user()
    make.room(mentor=other)
    assert not can_see_participation(open_room(other, ward.room.slug))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(SiteRole.ADMINISTRATOR, True), (SiteRole.AUDITOR, True), (SiteRole.MODERATOR, False), (SiteRole.MEMBER, False)],
)
def test_of_the_servers_roles_administrators_and_auditors_do(
    ward: Ward, make: Factory, role: SiteRole, allowed: bool
) -> None:
    person = make.user(role=role)
    assert bool(can_see_participation(open_room(person, ward.room.slug))) is allowed
