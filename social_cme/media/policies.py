"""What somebody may do with pictures of a room; whether one may be seen is decided by what shows it."""

from __future__ import annotations

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.media.models import Image
from social_cme.rooms.policies import RoomContext, can_moderate, can_take_part


def can_upload(ctx: RoomContext) -> Decision:
    """Take a picture in: whoever may take part in the room."""
    return can_take_part(ctx)


def can_see_record(ctx: RoomContext, image: Image) -> Decision:
    """Read under which consent a picture is shown: who brought it, and the moderators."""
    if ctx.moderates or is_own(ctx, image):
        return ALLOWED
    return refuse("Only its author and the room's moderators see the consent record of a picture.")


def can_list_records(ctx: RoomContext) -> Decision:
    """Read the consent records of a room: its moderators."""
    return can_moderate(ctx)


def can_erase(ctx: RoomContext, image: Image) -> Decision:
    """Erase a picture for good: who brought it, at any time, for consent can be taken back; and the moderators."""
    if ctx.moderates or is_own(ctx, image):
        return ALLOWED
    return refuse("Only its author and the room's moderators can erase a picture.")


def is_own(ctx: RoomContext, image: Image) -> bool:
    """Tell whether the acting person brought the picture."""
    return ctx.actor_id is not None and ctx.actor_id == image.uploader_id
