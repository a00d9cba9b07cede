"""What the templates of the queue and the chat read beyond the board."""

from __future__ import annotations

from typing import Any

from social_cme.discussions.queries.pseudonyms import list_pseudonyms
from social_cme.discussions.rules.pseudonyms import WHO_SEES_THROUGH, warning
from social_cme.live.enums import REACTION_SIGNS, QuestionState
from social_cme.live.forms import AskForm, OptionsForm
from social_cme.live.queries.board import Board
from social_cme.live.queries.clarifications import count_private
from social_cme.live.queries.options import Options
from social_cme.rooms.policies import RoomContext


def queue_frame(
    ctx: RoomContext, board: Board, *, may_ask: bool, leads: bool, ask_form: AskForm | None
) -> dict[str, Any]:
    """Return what the parts of the queue and the chat read."""
    form = ask_form or AskForm(formdata=None)
    offers = list_pseudonyms(ctx) if may_ask and board.options.allow_pseudonyms else []
    if offers:
        form.offer(ctx.user.display_name, offers)
    return {
        "ask_form": form,
        "offers_pseudonyms": bool(offers),
        "who_sees_through": WHO_SEES_THROUGH,
        "pseudonym_warning": warning(offers),
        "options_form": OptionsForm(formdata=None, **queue_values(board.options)) if leads else None,
        "pending": [one for one in board.unseen.staged if one.state == QuestionState.PENDING],
        "declined": [one for one in board.unseen.staged if one.state == QuestionState.DECLINED],
        "private_count": count_private(ctx.actor_id, board.session.id),
        "reaction_signs": {str(kind): signs for kind, signs in REACTION_SIGNS.items()},
    }


def queue_values(options: Options) -> dict[str, Any]:
    """Return what the fields of the queue show."""
    return {
        "approve_first": options.approve_first,
        "allow_pseudonyms": options.allow_pseudonyms,
        "slow_seconds": options.slow_seconds,
        "labels": ", ".join(options.labels),
    }
