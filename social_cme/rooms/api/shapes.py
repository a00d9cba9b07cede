"""Turns rows into what the API gives; field by field, so that a new column never leaves by itself."""

from __future__ import annotations

from social_cme.accounts.enums import Profession
from social_cme.accounts.models import User
from social_cme.rooms.enums import EvidenceScale, MembershipState, RoomRole, Visibility
from social_cme.rooms.models import Invitation, Membership
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.directory import RoomRow
from social_cme.rooms.queries.members import list_guides
from social_cme.rooms.schemas import GuideOut, InvitationOut, MemberOut, MembershipOut, PersonOut, RoomOut, RoomSummary


def person(user: User) -> PersonOut:
    """Show a person to other members."""
    return PersonOut(
        id=user.id,
        display_name=user.display_name,
        profession=user.profession,
        specialty=user.specialty,
        career_stage=user.career_stage,
    )


def summary(row: RoomRow) -> RoomSummary:
    """Show a room in a list."""
    room, own = row.room, row.membership
    return RoomSummary(
        slug=room.slug,
        name=room.name,
        specialty=room.specialty,
        summary=room.summary,
        visibility=Visibility(room.visibility),
        member_count=room.member_count,
        thread_count=room.thread_count,
        unanswered_count=row.note.unanswered,
        next_live_at=row.note.live_at,
        last_activity_at=room.last_activity_at,
        role=RoomRole(own.role) if own is not None and own.state == MembershipState.ACTIVE else None,
    )


def whole_room(ctx: RoomContext) -> RoomOut:
    """Show a room as its own page does."""
    room, own = ctx.room, ctx.membership
    guides = [
        GuideOut(person=person(one.user), role=RoomRole(one.role), disclosure=one.disclosure)
        for one in list_guides(ctx)
    ]
    return RoomOut(
        slug=room.slug,
        name=room.name,
        specialty=room.specialty,
        summary=room.summary,
        description=room.description_md,
        practice_gap=room.practice_gap,
        agenda=room.agenda_md,
        objectives=list(room.objectives),
        ground_rules=room.ground_rules_md,
        ground_rules_version=room.ground_rules_version,
        visibility=Visibility(room.visibility),
        professions=[Profession(one) for one in room.professions],
        verified_only=room.verified_only,
        post_first=room.post_first,
        escalation_hours=room.escalation_hours,
        evidence_scale=EvidenceScale(room.evidence_scale),
        is_archived=room.is_archived,
        revision=room.revision,
        member_count=room.member_count,
        thread_count=room.thread_count,
        guides=guides,
        role=RoomRole(ctx.role) if ctx.role is not None else None,
        membership_state=MembershipState(own.state) if own is not None else None,
    )


def membership(row: Membership) -> MembershipOut:
    """Show somebody's own membership, or one that its coordinator changed."""
    return MembershipOut(
        user_id=row.user_id,
        role=RoomRole(row.role),
        state=MembershipState(row.state),
        disclosure=row.disclosure,
        rules_accepted_version=row.rules_accepted_version,
        joined_at=row.joined_at,
    )


def member(row: Membership) -> MemberOut:
    """Show a member in a list."""
    return MemberOut(
        person=person(row.user), role=RoomRole(row.role), disclosure=row.disclosure, joined_at=row.joined_at
    )


def invitation(row: Invitation) -> InvitationOut:
    """Show an invitation to those who may send one."""
    return InvitationOut(
        id=row.id, email=row.email, role=RoomRole(row.role), created_at=row.created_at, expires_at=row.expires_at
    )
