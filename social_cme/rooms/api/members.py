"""The members of a room: list, roles, removal."""

from __future__ import annotations

from social_cme.rooms.api import bp, shapes
from social_cme.rooms.queries import members as queries
from social_cme.rooms.queries import open_room, read_room
from social_cme.rooms.schemas import MemberList, MembershipOut, MembersQuery, RemovalIn, RoleIn
from social_cme.rooms.services import members as services
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, endpoint

ONE = "/rooms/<slug:slug>/members/<id:user_id>"


@endpoint(bp, "/rooms/<slug:slug>/members", "GET", result=MemberList, query=MembersQuery, public=True, errors=(422,))
def list_members(slug: str, query: MembersQuery) -> MemberList:
    """List the members: coordinators, mentors, then learners, by name."""
    ctx = read_room(current_actor(), slug)
    page = queries.list_members(ctx, words=query.q, cursor=query.cursor, limit=query.limit)
    return MemberList(items=[shapes.member(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(bp, ONE, "PATCH", result=MembershipOut, body=RoleIn, scope=ApiScope.WRITE, errors=(422,))
def change_role(slug: str, user_id: int, body: RoleIn) -> MembershipOut:
    """Give a member another role; for coordinators."""
    return shapes.membership(services.set_role(open_room(require_actor(), slug), user_id=user_id, role=body.role))


@endpoint(bp, f"{ONE}/removal", "POST", result=MembershipOut, body=RemovalIn, scope=ApiScope.WRITE, errors=(422,))
def remove_member(slug: str, user_id: int, body: RemovalIn) -> MembershipOut:
    """End a membership with a reason, or shut the person out; for coordinators."""
    ctx = open_room(require_actor(), slug)
    service = services.ban_member if body.ban else services.remove_member
    return shapes.membership(service(ctx, user_id=user_id, reason=body.reason))


@endpoint(bp, f"{ONE}/removal", "DELETE", result=MembershipOut, scope=ApiScope.WRITE)
def lift_ban(slug: str, user_id: int) -> MembershipOut:
    """Lift a ban; the person may join again."""
    return shapes.membership(services.lift_ban(open_room(require_actor(), slug), user_id=user_id))
