"""Coming in and leaving: join, requests, invitations."""

from __future__ import annotations

from social_cme.rooms.api import bp, shapes
from social_cme.rooms.queries import members as queries
from social_cme.rooms.queries import open_room, open_room_by_id
from social_cme.rooms.schemas import (
    DecisionIn,
    InvitationIn,
    InvitationList,
    InvitationOut,
    JoinIn,
    MembershipOut,
    OwnMembershipPatch,
    RedemptionIn,
    RedemptionOut,
    RequestList,
    RequestOut,
)
from social_cme.rooms.services import invitations, joining, members
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

OWN = "/rooms/<slug:slug>/membership"


@endpoint(bp, OWN, "POST", result=MembershipOut, body=JoinIn, scope=ApiScope.WRITE, errors=(422,))
def join_room(slug: str, body: JoinIn) -> MembershipOut:
    """Join a public room, or ask to join one that decides by request."""
    ctx = open_room(require_actor(), slug)
    row = joining.join_room(ctx, accepted_version=body.accepted_rules_version, statement=body.statement)
    return shapes.membership(row)


@endpoint(bp, OWN, "PATCH", result=MembershipOut, body=OwnMembershipPatch, scope=ApiScope.WRITE, errors=(422,))
def change_own_membership(slug: str, body: OwnMembershipPatch) -> MembershipOut:
    """Accept changed ground rules, or state your disclosure."""
    ctx = open_room(require_actor(), slug)
    if body.accepted_rules_version is not None:
        joining.accept_rules(ctx, version=body.accepted_rules_version)
    if body.disclosure is not None:
        members.state_disclosure(ctx, disclosure=body.disclosure)
    return shapes.membership(queries.access_member(ctx, ctx.user.id))


@endpoint(bp, OWN, "DELETE", result=None, status=204, scope=ApiScope.WRITE)
def leave_room(slug: str) -> None:
    """Leave a room; what you wrote stays."""
    joining.leave_room(open_room(require_actor(), slug))


@endpoint(bp, "/rooms/<slug:slug>/requests", "GET", result=RequestList, query=PageQuery, errors=(422,))
def list_requests(slug: str, query: PageQuery) -> RequestList:
    """List who asks to be let in, the longest waiting first; for coordinators."""
    page = queries.list_requests(open_room(require_actor(), slug), cursor=query.cursor, limit=query.limit)
    items = [
        RequestOut(person=shapes.person(one.user), statement=one.statement, asked_at=one.rules_accepted_at)
        for one in page.items
    ]
    return RequestList(items=items, next_cursor=page.next_cursor)


@endpoint(
    bp,
    "/rooms/<slug:slug>/requests/<id:user_id>",
    "POST",
    result=MembershipOut,
    body=DecisionIn,
    scope=ApiScope.WRITE,
    errors=(422,),
)
def decide_request(slug: str, user_id: int, body: DecisionIn) -> MembershipOut:
    """Let somebody in, or decline with a reason."""
    ctx = open_room(require_actor(), slug)
    if body.approve:
        return shapes.membership(joining.approve_request(ctx, user_id=user_id))
    return shapes.membership(joining.decline_request(ctx, user_id=user_id, reason=body.reason))


@endpoint(bp, "/rooms/<slug:slug>/invitations", "GET", result=InvitationList)
def list_invitations(slug: str) -> InvitationList:
    """List the invitations that can still be used; for coordinators."""
    found = queries.list_open_invitations(open_room(require_actor(), slug))
    return InvitationList(items=[shapes.invitation(one) for one in found])


@endpoint(
    bp,
    "/rooms/<slug:slug>/invitations",
    "POST",
    result=InvitationOut,
    body=InvitationIn,
    status=201,
    scope=ApiScope.WRITE,
    errors=(422,),
)
def send_invitation(slug: str, body: InvitationIn) -> InvitationOut:
    """Mail a link into the room to one address."""
    ctx = open_room(require_actor(), slug)
    return shapes.invitation(invitations.invite(ctx, email=body.email, role=body.role, client_id=body.client_id))


@endpoint(
    bp,
    "/rooms/<slug:slug>/invitations/<id:invitation_id>",
    "DELETE",
    result=None,
    status=204,
    scope=ApiScope.WRITE,
)
def withdraw_invitation(slug: str, invitation_id: int) -> None:
    """Make a mailed link useless."""
    invitations.revoke_invitation(open_room(require_actor(), slug), invitation_id=invitation_id)


@endpoint(
    bp, "/invitations/redeem", "POST", result=RedemptionOut, body=RedemptionIn, scope=ApiScope.WRITE, errors=(422,)
)
def redeem_invitation(body: RedemptionIn) -> RedemptionOut:
    """Come into a room with the secret that was mailed to you."""
    actor = require_actor()
    row = invitations.redeem_invitation(actor, token=body.token, accepted_version=body.accepted_rules_version)
    room = open_room_by_id(actor, row.room_id).room
    return RedemptionOut(**shapes.membership(row).model_dump(), room_slug=room.slug)
