"""What the frame of a room's pages reads."""

from __future__ import annotations

from typing import Any

from flask import render_template

from social_cme.rooms.policies import RoomContext, can_manage_room, can_moderate


def room_page(template: str, ctx: RoomContext, **values: Any) -> str:
    """Render a page inside the room's frame."""
    return render_template(
        template,
        room=ctx.room,
        membership=ctx.membership,
        can_moderate=bool(can_moderate(ctx)),
        can_see_participation=ctx.is_mentor or ctx.is_coordinator or ctx.is_administrator,
        can_manage=bool(can_manage_room(ctx)),
        **values,
    )
