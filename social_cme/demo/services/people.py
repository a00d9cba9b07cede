"""The people of the demonstration and their rooms."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.events import AccountConfirmed
from social_cme.accounts.models import User
from social_cme.accounts.passwords import hash_password
from social_cme.accounts.queries import find_user_by_email
from social_cme.accounts.services.administration import set_site_role
from social_cme.accounts.services.profile import update_profile
from social_cme.accounts.services.verification import verify_profession
from social_cme.core import clock
from social_cme.core.text import fold_name
from social_cme.demo.schemas import PersonText, RoomText
from social_cme.demo.services.script import Stage
from social_cme.notifications.enums import MAILED
from social_cme.notifications.services.inbox import choose_mail
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import RoomRole, Visibility
from social_cme.rooms.queries.members import lock_room
from social_cme.rooms.services.admission import admit
from social_cme.rooms.services.members import state_disclosure
from social_cme.rooms.services.rooms import create_room

PASSWORD = "demo-social-cme"  # noqa: S105 - shown to every visitor; it opens nothing but the demonstration
OPENED_DAYS_AGO = 120
ROOMS_DAYS_AGO = 110
JOINED_DAYS_AGO = 100
# A joining every few hours, so that everybody is in before the first thread.
JOINED_HOURS_APART = 7


def open_accounts(people: list[PersonText], *, present: datetime) -> dict[str, int]:
    """Open every account that is not there yet, all in one transaction; return their ids by key.

    The password is hashed once for all: what everybody can read here protects nothing.
    """
    password_hash = hash_password(PASSWORD)
    with clock.at(present - timedelta(days=OPENED_DAYS_AGO)), transaction() as tx:
        ids: dict[str, int] = {}
        for one in people:
            user = find_user_by_email(one.email)
            if user is None:
                user = User(
                    email=one.email,
                    display_name=one.display_name,
                    name_key=fold_name(one.display_name),
                    password_hash=password_hash,
                    state=AccountState.ACTIVE,
                    confirmed_at=clock.now(),
                    password_changed_at=clock.now(),
                )
                tx.add(user)
                tx.record(AccountConfirmed(actor_id=user.id, user_id=user.id))
                _describe(user, one)
                # Their addresses lead nowhere, so nothing is mailed to them.
                choose_mail(user, {str(kind): False for kind in MAILED})
            ids[one.key] = user.id
    return ids


def _describe(user: User, one: PersonText) -> None:
    update_profile(
        user,
        changes={
            "profession": one.profession,
            "specialty": one.specialty,
            "career_stage": one.career_stage,
            "training_year": one.training_year,
            "time_zone": one.time_zone,
            "bio": one.bio,
            "interests": one.interests,
        },
    )
    if one.verified:
        verify_profession(
            actor=None, user_id=user.id, evidence="Register of licenses, looked up for the demonstration."
        )
    if one.account == "administrator":
        set_site_role(actor=None, user_id=user.id, role=SiteRole.ADMINISTRATOR)


def add_rooms(stage: Stage, rooms: list[RoomText]) -> None:
    """Put the rooms and everybody's coming into them on the stage."""
    for number, room in enumerate(rooms):
        opened = stage.present - timedelta(days=ROOMS_DAYS_AGO - 0.2 * number)
        stage.act(opened, f"room.{room.slug}", partial(_open_room, stage, room))
        for mentor in room.mentors:
            stage.act(
                opened + timedelta(hours=2),
                f"mentor.{room.slug}.{mentor.person}",
                partial(_bring_mentor, stage, room, mentor.person, mentor.disclosure),
            )
        others = [*room.coordinators[1:], *room.members]
        for place, key in enumerate(others):
            role = RoomRole.COORDINATOR if key in room.coordinators else RoomRole.LEARNER
            at = stage.present - timedelta(days=JOINED_DAYS_AGO, hours=-JOINED_HOURS_APART * place - number)
            stage.act(
                at,
                f"join.{room.slug}.{key}",
                partial(_join, stage, room, key, role),
            )


def _open_room(stage: Stage, room: RoomText) -> int:
    created = create_room(
        stage.person(room.coordinators[0]),
        slug=room.slug,
        name=room.name,
        specialty=room.specialty,
        summary=room.summary,
        description=room.description,
        practice_gap=room.practice_gap,
        agenda=room.agenda,
        objectives=room.objectives,
        ground_rules=room.ground_rules,
        visibility=room.visibility,
        evidence_scale=room.evidence_scale,
    )
    return created.id


def _bring_mentor(stage: Stage, room: RoomText, key: str, disclosure: str) -> None:
    _join(stage, room, key, RoomRole.MENTOR)
    state_disclosure(stage.enter(key, room.slug), disclosure=disclosure)


_WAYS = {Visibility.PUBLIC: "open", Visibility.REQUEST: "request", Visibility.INVITATION: "invitation"}


def _join(stage: Stage, room: RoomText, key: str, role: RoomRole) -> None:
    # As if asked for and approved, or invited and accepted, but without the mails that go with it.
    with transaction() as tx:
        locked = lock_room(stage.made[f"room.{room.slug}"])
        by_oneself = room.visibility == Visibility.PUBLIC and role == RoomRole.LEARNER
        admit(
            tx,
            locked,
            user_id=stage.people[key],
            actor_id=stage.people[key if by_oneself else room.coordinators[0]],
            role=role,
            via=_WAYS[Visibility(room.visibility)],
            rules_version=locked.ground_rules_version,
        )
