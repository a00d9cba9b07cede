"""What the pages of discussions have in common: the room's frame, the words of vocabularies, and where to go back to."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug import Response

from social_cme.discussions.enums import CLOSE_WORDS, StateChange, ThreadKind
from social_cme.discussions.forms import AGE_WORDS, CASE_WORDS, SETTING_WORDS, THINK_ALOUD_WORDS
from social_cme.discussions.models import Draft
from social_cme.discussions.queries.drafts import find_draft
from social_cme.discussions.queries.mentions import names_of_members
from social_cme.discussions.rules.citations import source_href
from social_cme.discussions.rules.evidence import LEVEL_MEANING, LEVEL_WORDS, level_sentence
from social_cme.rooms.policies import RoomContext, can_manage_room, can_moderate
from social_cme.web.markdown import mention_ids, render_with_people

KIND_WORDS = {
    ThreadKind.CASE: "Case",
    ThreadKind.QUESTION: "Question",
    ThreadKind.DISCUSSION: "Discussion",
}
_WORDS = {
    "kind_words": {str(key): words for key, words in KIND_WORDS.items()},
    "age_words": {str(key): words for key, words in AGE_WORDS.items()},
    "setting_words": {str(key): words for key, words in SETTING_WORDS.items()},
    "evidence_words": {str(key): words for key, words in LEVEL_WORDS.items()},
    "evidence_meaning": {str(key): words for key, words in LEVEL_MEANING.items()},
    "level_sentence": level_sentence,
    "case_words": CASE_WORDS,
    "think_aloud_words": THINK_ALOUD_WORDS,
    "close_words": {str(key): words for key, words in CLOSE_WORDS.items()},
    "changes": {change.name.lower(): change.value for change in StateChange},
}


def page(template: str, ctx: RoomContext, **values: Any) -> str:
    """Render a page of the room."""
    return render_template(
        template,
        room=ctx.room,
        membership=ctx.membership,
        is_member=ctx.is_member,
        actor=ctx.actor,
        can_moderate=bool(can_moderate(ctx)),
        can_manage=bool(can_manage_room(ctx)),
        can_see_participation=ctx.is_mentor or ctx.is_coordinator or ctx.is_administrator,
        source_href=source_href,
        **_WORDS,
        **values,
    )


def preview_html(ctx: RoomContext, text: str) -> str:
    """Render a text as it would look if it were posted in the room."""
    return render_with_people(text, names_of_members(ctx.room_id, mention_ids(text))).html


def draft_of(ctx: RoomContext, place: str) -> Draft | None:
    """Return the reader's draft at a place."""
    return find_draft(ctx.actor_id, place) if ctx.actor_id is not None else None


def back_to_thread(ctx: RoomContext, thread_id: int, *, anchor: str | None = None) -> Response:
    """Redirect to the page of the thread that the form stood on, as far as the form says a page of this very thread."""
    address = url_for("discussions.show_thread", slug=ctx.room.slug, thread_id=thread_id)
    told = request.form.get("back", "")
    if told.startswith(f"{address}?") and len(told) < 600 and told.isascii() and told.isprintable():
        address = told
    return redirect(f"{address}#{anchor}" if anchor else address, code=303)
