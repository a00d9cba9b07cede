"""What the API takes and gives about rooms."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from social_cme.accounts.enums import Profession, Specialty
from social_cme.rooms import rules
from social_cme.rooms.enums import EvidenceScale, MembershipState, RoomRole, Visibility
from social_cme.web.api import ClientBody, PageQuery, Schema

Objectives = list[str]
Professions = list[Profession]


class RoomsQuery(PageQuery):
    """Which rooms to list."""

    q: str = Field("", max_length=rules.WORDS_LIMIT, description="Words to look for.")
    specialty: Specialty | None = None


class MembersQuery(PageQuery):
    """Which members to list."""

    q: str = Field("", max_length=rules.WORDS_LIMIT, description="A part of the name.")


class RoomIn(ClientBody):
    """A room to open."""

    name: str = Field(min_length=3, max_length=rules.NAME_LIMIT)
    slug: str | None = Field(None, max_length=rules.SLUG_LIMIT, description="Made from the name when left out.")
    specialty: Specialty
    summary: str = Field("", max_length=rules.SUMMARY_LIMIT)
    description: str = Field("", max_length=rules.DESCRIPTION_LIMIT, description="Markdown.")
    practice_gap: str = Field("", max_length=rules.GAP_LIMIT)
    agenda: str = Field("", max_length=rules.AGENDA_LIMIT, description="Markdown.")
    objectives: Objectives = Field(default_factory=list, max_length=rules.OBJECTIVES_LIMIT)
    ground_rules: str = Field("", max_length=rules.RULES_LIMIT, description="Markdown.")
    visibility: Visibility = Visibility.PUBLIC
    professions: Professions = Field(
        default_factory=list, max_length=len(Profession), description="Who can join by themselves; empty for everybody."
    )
    verified_only: bool = Field(False, description="Only people whose profession was verified can join by themselves.")
    post_first: bool = Field(
        False, description="Others' answers are shown after one's own, unless a thread says otherwise."
    )
    escalation_hours: int = Field(
        rules.ESCALATION_HOURS, ge=0, le=rules.ESCALATION_MOST, description="Until mentors are told; 0 tells nobody."
    )
    evidence_scale: EvidenceScale = Field(EvidenceScale.GRADE, description="How its mentors grade evidence.")


class RoomPatch(Schema):
    """What to change of a room; what is left out stays."""

    name: str | None = Field(None, min_length=3, max_length=rules.NAME_LIMIT)
    specialty: Specialty | None = None
    summary: str | None = Field(None, max_length=rules.SUMMARY_LIMIT)
    description: str | None = Field(None, max_length=rules.DESCRIPTION_LIMIT)
    practice_gap: str | None = Field(None, max_length=rules.GAP_LIMIT)
    agenda: str | None = Field(None, max_length=rules.AGENDA_LIMIT)
    objectives: Objectives | None = Field(None, max_length=rules.OBJECTIVES_LIMIT)
    ground_rules: str | None = Field(None, max_length=rules.RULES_LIMIT)
    visibility: Visibility | None = None
    professions: Professions | None = Field(None, max_length=len(Profession))
    verified_only: bool | None = None
    post_first: bool | None = None
    escalation_hours: int | None = Field(None, ge=0, le=rules.ESCALATION_MOST)
    evidence_scale: EvidenceScale | None = None
    is_archived: bool | None = None
    revision: int | None = Field(
        None, ge=1, lt=2**31, description="The revision you started from; a later one is answered with 409."
    )


class PersonOut(BaseModel):
    """A person as members see them."""

    id: int
    display_name: str
    profession: str | None
    specialty: str | None
    career_stage: str | None


class RoomSummary(BaseModel):
    """A room in a list."""

    slug: str
    name: str
    specialty: str
    summary: str
    visibility: Visibility
    member_count: int
    thread_count: int
    unanswered_count: int
    next_live_at: datetime | None
    last_activity_at: datetime | None
    role: RoomRole | None = Field(description="What the caller is in the room.")


class RoomList(BaseModel):
    """A page of rooms."""

    items: list[RoomSummary]
    next_cursor: str | None


class GuideOut(BaseModel):
    """Somebody who guides or runs a room, with what they disclose; an empty text was not yet stated."""

    person: PersonOut
    role: RoomRole
    disclosure: str


class RoomOut(BaseModel):
    """A room as its page shows it."""

    slug: str
    name: str
    specialty: str
    summary: str
    description: str
    practice_gap: str
    agenda: str
    objectives: Objectives
    ground_rules: str
    ground_rules_version: int
    visibility: Visibility
    professions: Professions
    verified_only: bool
    post_first: bool
    escalation_hours: int
    evidence_scale: EvidenceScale
    is_archived: bool
    revision: int
    member_count: int
    thread_count: int
    guides: list[GuideOut]
    role: RoomRole | None
    membership_state: MembershipState | None


class JoinIn(Schema):
    """The ground rules accepted, and why."""

    accepted_rules_version: int = Field(ge=0, lt=2**31, description="The version that was read and accepted.")
    statement: str = Field("", max_length=rules.STATEMENT_LIMIT)


class OwnMembershipPatch(Schema):
    """What a member changes about their own membership."""

    accepted_rules_version: int | None = Field(None, ge=0, lt=2**31)
    disclosure: str | None = Field(None, min_length=1, max_length=rules.DISCLOSURE_LIMIT)


class MembershipOut(BaseModel):
    """What somebody is in a room."""

    user_id: int
    role: RoomRole
    state: MembershipState
    disclosure: str
    rules_accepted_version: int | None
    joined_at: datetime | None


class MemberOut(BaseModel):
    """A member in a list."""

    person: PersonOut
    role: RoomRole
    disclosure: str
    joined_at: datetime | None


class MemberList(BaseModel):
    """A page of members."""

    items: list[MemberOut]
    next_cursor: str | None


class RoleIn(Schema):
    """A role to give."""

    role: RoomRole


class RemovalIn(Schema):
    """Why a membership ends, and whether the person is shut out for good."""

    reason: str = Field(min_length=1, max_length=rules.REASON_LIMIT)
    ban: bool = False


class RequestOut(BaseModel):
    """Somebody who asks to be let in."""

    person: PersonOut
    statement: str
    asked_at: datetime | None


class RequestList(BaseModel):
    """A page of requests."""

    items: list[RequestOut]
    next_cursor: str | None


class DecisionIn(Schema):
    """What a coordinator decides on a request; a refusal needs a reason."""

    approve: bool
    reason: str = Field("", max_length=rules.REASON_LIMIT)


class InvitationIn(ClientBody):
    """Whom to invite, and as what."""

    email: str = Field(min_length=3, max_length=rules.EMAIL_LIMIT)
    role: RoomRole = RoomRole.LEARNER


class InvitationOut(BaseModel):
    """An open invitation; its secret stands in the mail alone."""

    id: int
    email: str
    role: RoomRole
    created_at: datetime
    expires_at: datetime


class InvitationList(BaseModel):
    """The open invitations of a room."""

    items: list[InvitationOut]


class RedemptionIn(Schema):
    """A mailed secret and the ground rules accepted."""

    token: str = Field(min_length=10, max_length=100)
    accepted_rules_version: int = Field(ge=0, lt=2**31)


class RedemptionOut(MembershipOut):
    """What somebody became, and where."""

    room_slug: str
