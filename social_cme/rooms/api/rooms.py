"""Rooms themselves: list, open, read, change."""

from __future__ import annotations

from social_cme.rooms.api import bp, shapes
from social_cme.rooms.queries import open_room
from social_cme.rooms.queries.directory import list_rooms as find_rooms
from social_cme.rooms.schemas import RoomIn, RoomList, RoomOut, RoomPatch, RoomsQuery
from social_cme.rooms.services import rooms as services
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, endpoint


@endpoint(bp, "/rooms", "GET", result=RoomList, query=RoomsQuery, public=True, errors=(422,))
def list_rooms(query: RoomsQuery) -> RoomList:
    """List the rooms you may see, the largest first."""
    page = find_rooms(current_actor(), words=query.q, specialty=query.specialty, cursor=query.cursor, limit=query.limit)
    return RoomList(items=[shapes.summary(row) for row in page.items], next_cursor=page.next_cursor)


@endpoint(bp, "/rooms", "POST", result=RoomOut, body=RoomIn, status=201, scope=ApiScope.WRITE, errors=(422,))
def create_room(body: RoomIn) -> RoomOut:
    """Open a room; you become its coordinator."""
    actor = require_actor()
    room = services.create_room(
        actor,
        name=body.name,
        slug=body.slug,
        specialty=body.specialty,
        summary=body.summary,
        description=body.description,
        practice_gap=body.practice_gap,
        agenda=body.agenda,
        objectives=body.objectives,
        ground_rules=body.ground_rules,
        visibility=body.visibility,
        professions=body.professions,
        verified_only=body.verified_only,
        post_first=body.post_first,
        escalation_hours=body.escalation_hours,
        evidence_scale=body.evidence_scale,
        client_id=body.client_id,
    )
    return shapes.whole_room(open_room(actor, room.slug))


@endpoint(bp, "/rooms/<slug:slug>", "GET", result=RoomOut, public=True)
def get_room(slug: str) -> RoomOut:
    """Read what a room is for, who guides it, and its ground rules."""
    return shapes.whole_room(open_room(current_actor(), slug))


@endpoint(bp, "/rooms/<slug:slug>", "PATCH", result=RoomOut, body=RoomPatch, scope=ApiScope.WRITE, errors=(422,))
def change_room(slug: str, body: RoomPatch) -> RoomOut:
    """Change a room you coordinate, archive it or reopen it."""
    ctx = open_room(require_actor(), slug)
    services.edit_room(
        ctx,
        name=body.name,
        specialty=body.specialty,
        summary=body.summary,
        description=body.description,
        practice_gap=body.practice_gap,
        agenda=body.agenda,
        objectives=body.objectives,
        ground_rules=body.ground_rules,
        visibility=body.visibility,
        professions=body.professions,
        verified_only=body.verified_only,
        post_first=body.post_first,
        escalation_hours=body.escalation_hours,
        evidence_scale=body.evidence_scale,
        revision=body.revision,
    )
    if body.is_archived is not None:
        change = services.archive_room if body.is_archived else services.reopen_room
        change(ctx)
    return shapes.whole_room(open_room(ctx.user, slug))
