"""Recall cards, one at a time: the question, a thought, the other side, and how well one knew it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, NotFound
from social_cme.discussions.forms import CASE_WORDS
from social_cme.discussions.queries import recall
from social_cme.discussions.services.recall import answer_card as lay_back
from social_cme.discussions.services.recall import choose_cards
from social_cme.discussions.views import bp
from social_cme.extensions import limiter
from social_cme.web.actor import require_actor


@bp.get("/recall")
@login_required
def recall_cards() -> str:
    """Show the card that waits longest."""
    actor = require_actor()
    due = recall.list_due(actor, limit=1)
    return render_template(
        "discussions/recall.html",
        card=due[0] if due else None,
        turned=None,
        count=recall.count_due(actor),
        next_due_at=recall.next_due_at(actor),
        is_off=recall.is_off(actor),
        case_words=CASE_WORDS,
    )


@bp.get("/recall/<id:card_id>")
@login_required
def turn_card(card_id: int) -> str:
    """Show a card's other side."""
    actor = require_actor()
    card = recall.find_card(actor, card_id)
    if card is None:
        raise NotFound
    return render_template(
        "discussions/recall.html",
        card=card,
        turned=recall.turn_card(actor, card),
        count=recall.count_due(actor),
        next_due_at=None,
        is_off=recall.is_off(actor),
        case_words=CASE_WORDS,
    )


@bp.post("/recall/<id:card_id>")
@login_required
@limiter.limit("60 per minute")
def answer_card(card_id: int) -> Response:
    """Say how well one knew it, and go on to the next card."""
    told = request.form.get("repetition", "")
    repetition = int(told) if told.isascii() and told.isdigit() and len(told) < 9 else None
    try:
        lay_back(require_actor(), card_id=card_id, result=request.form.get("result", ""), repetition=repetition)
    except Conflict as error:
        flash(error.message, "error")
    return redirect(url_for(".recall_cards"), code=303)


@bp.post("/recall/settings")
@login_required
@limiter.limit("30 per minute")
def choose_recall() -> Response:
    """Get recall cards, or none."""
    wanted = request.form.get("wanted") == "1"
    choose_cards(require_actor(), wanted=wanted)
    flash("You get recall cards." if wanted else "You get no more recall cards.", "success")
    return redirect(url_for(".recall_cards"), code=303)
