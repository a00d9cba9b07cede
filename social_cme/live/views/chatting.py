"""What can be done with one line of the chat, without any script: answer it, react to it, pin it."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.extensions import limiter
from social_cme.live.enums import REACTION_SIGNS
from social_cme.live.forms import ChatForm
from social_cme.live.policies import can_chat, can_hide, can_lead
from social_cme.live.queries.board import messages_by_id
from social_cme.live.queries.options import find_options
from social_cme.live.queries.reactions import my_reactions
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services import chat, reactions
from social_cme.live.services.joining import decide_to_join
from social_cme.live.views import bp, person
from social_cme.live.views.acting import SESSION, back_to
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

LIMIT = "120 per minute"


@bp.get(f"{SESSION}/chat/<id:message_id>")
@login_required
def message(slug: str, session_id: int, message_id: int) -> str:
    """Show one line with what can be done with it."""
    ctx = read_room(require_actor(), slug)
    session = access_session(ctx, session_id)
    line = messages_by_id([message_id]).get(message_id)
    if line is None or line.session_id != session.id:
        raise NotFound
    require(decide_to_join(ctx, session))
    return render_template(
        "live/message.html",
        room=ctx.room,
        session=session,
        message=line,
        mine=my_reactions(ctx.actor_id, [line.id]).get(line.id, []),
        may_chat=bool(can_chat(session)) and line.hidden_at is None,
        leads=bool(can_lead(ctx, mentor_ids(session.id))),
        moderates=bool(can_hide(ctx)),
        is_pinned=find_options(session.id).pinned_message_id == line.id,
        chat_form=ChatForm(formdata=None),
        reaction_signs={str(kind): signs for kind, signs in REACTION_SIGNS.items()},
    )


@bp.post(f"{SESSION}/chat/<id:message_id>/react")
@login_required
@limiter.limit(LIMIT, key_func=person)
def react(slug: str, session_id: int, message_id: int) -> Response:
    """React to a line, or take that back."""
    ctx = read_room(require_actor(), slug)
    kind, on = request.form.get("kind", "")[:20], request.form.get("on", "1") == "1"
    try:
        reactions.react(ctx, session_id, message_id, kind=kind, on=on)
    except (Conflict, Forbidden) as error:
        flash(error.message, "error")
    except Invalid as error:
        raise Invalid("This page sent something that is not known here. Reload it and try again.") from error
    return back_to(slug, session_id, anchor=f"message-{message_id}")


@bp.post(f"{SESSION}/chat/<id:message_id>/pin")
@login_required
@limiter.limit(LIMIT, key_func=person)
def pin(slug: str, session_id: int, message_id: int) -> Response:
    """Pin a line to the top of the chat, or take it off there."""
    ctx = read_room(require_actor(), slug)
    try:
        chat.pin_message(ctx, session_id, message_id, pinned=request.form.get("pinned", "1") == "1")
    except AppError as error:
        if isinstance(error, NotFound):
            raise
        flash(error.message, "error")
    return back_to(slug, session_id, anchor=f"message-{message_id}")
