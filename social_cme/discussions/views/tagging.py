"""Tags: what a thread is about, and the threads that are about something."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.discussions.forms import TagsForm
from social_cme.discussions.policies import can_tag
from social_cme.discussions.queries.tags import find_tag, list_tagged, list_tags_in_use, tags_of
from social_cme.discussions.queries.threads import ThreadLine, access_thread
from social_cme.discussions.rules.taxonomy import Tag, shipped_tags, split_tags
from social_cme.discussions.services.tagging import tag_thread
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import KIND_WORDS, back_to_thread, page
from social_cme.extensions import limiter
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor

PAGE = 25


@bp.get("/tags")
def tags() -> str:
    """Show what the threads of the rooms one may read are about."""
    return render_template("discussions/tags.html", in_use=list_tags_in_use(current_actor()))


@bp.get("/tags/<slug:key>")
def show_tag(key: str) -> str:
    """Show the threads about something in all the rooms one may read, the youngest first."""
    tag = find_tag(key)
    if tag is None:
        raise NotFound
    cursor = request.args.get("cursor")
    found = list_tagged(current_actor(), key, cursor=cursor, limit=PAGE)
    named = tags_of([thread.id for thread in found.items])
    shipped = shipped_tags()
    about = shipped.get(key)
    return render_template(
        "discussions/tag.html",
        tag=tag,
        about=about,
        within=[shipped[one] for one in about.within] if about is not None else [],
        lines=[
            ThreadLine(thread, is_unread=False, new_count=0, tags=named.get(thread.id, ())) for thread in found.items
        ],
        kind_words={str(kind): words for kind, words in KIND_WORDS.items()},
        newer=url_for(".show_tag", key=key) if cursor else None,
        older=url_for(".show_tag", key=key, cursor=found.next_cursor) if found.next_cursor else None,
    )


@bp.route("/rooms/<slug:slug>/threads/<id:thread_id>/tags", methods=["GET", "POST"])
@login_required
@limiter.limit("60 per minute", methods=["POST"])
def edit_tags(slug: str, thread_id: int) -> str | Response | tuple[str, int]:
    """Say anew what a thread is about."""
    ctx = read_room(require_actor(), slug)
    thread = access_thread(ctx, thread_id)
    require(can_tag(ctx, thread))
    if request.method == "GET":
        named = tags_of([thread.id]).get(thread.id, ())
        return _tags_page(ctx, thread_id, TagsForm(formdata=None, tags=", ".join(tag.name for tag in named)))
    form = TagsForm()
    if not form.validate():
        return _tags_page(ctx, thread_id, form), 422
    try:
        tag_thread(ctx, thread_id=thread_id, tags=split_tags(form.tags.data or ""))
    except (Invalid, AppError) as error:
        form.add_errors(error)
        return _tags_page(ctx, thread_id, form), error.status
    flash("The tags are changed.", "success")
    return back_to_thread(ctx, thread_id)


def _tags_page(ctx: RoomContext, thread_id: int, form: TagsForm) -> str:
    return page("discussions/edit_tags.html", ctx, form=form, thread=access_thread(ctx, thread_id))


@bp.app_template_global()
def usual_tags() -> list[Tag]:
    """Return the specialties, for the list that a browser offers by itself."""
    return [tag for tag in shipped_tags().values() if tag.is_specialty]
