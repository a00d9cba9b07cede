"""Splitting and merging threads, each on a page of its own."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.queries.structure import list_answer_lines, list_merge_choices
from social_cme.discussions.queries.threads import read_thread
from social_cme.moderation.forms import MergeForm, SplitForm
from social_cme.moderation.services import structure
from social_cme.moderation.views import bp, page
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor

THREAD = "/rooms/<slug:slug>/threads/<id:thread_id>"
Page = str | Response | tuple[str, int]


@bp.route(f"{THREAD}/split", methods=["GET", "POST"])
@login_required
def split(slug: str, thread_id: int) -> Page:
    """Choose answers that become a thread of their own."""
    ctx = _moderator(slug)
    if request.method == "GET":
        form = SplitForm(formdata=None)
        form.name_request()
        told = request.args.get("post", "")
        form.answers.data = [told] if told.isascii() and told.isdigit() else []
        return _split_page(ctx, thread_id, form)
    form = SplitForm()
    if not form.validate():
        return _split_page(ctx, thread_id, form), 422
    try:
        new = structure.split(
            ctx,
            thread_id=thread_id,
            post_ids=form.post_ids(),
            title=form.title.data or "",
            kind=form.kind.data,
            body=form.body.data or "",
            client_id=form.request_name(),
        )
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _split_page(ctx, thread_id, form), error.status
    flash("The answers are a thread of their own now. Both threads lead to each other.", "success")
    return redirect(url_for("discussions.show_thread", slug=slug, thread_id=new.id), code=303)


@bp.route(f"{THREAD}/merge", methods=["GET", "POST"])
@login_required
def merge(slug: str, thread_id: int) -> Page:
    """Choose the thread with which this one is put together."""
    ctx = _moderator(slug)
    form = MergeForm() if request.method == "POST" else MergeForm(formdata=None)
    if request.method == "GET":
        return _merge_page(ctx, thread_id, form)
    if not form.validate():
        return _merge_page(ctx, thread_id, form), 422
    try:
        into = structure.merge(
            ctx,
            thread_id=thread_id,
            other=form.other.data or "",
            stays=form.stays.data,
            note=form.note.data or "",
        )
    except (Invalid, Conflict) as error:
        form.add_errors(error)
        return _merge_page(ctx, thread_id, form), error.status
    flash("The two threads are one now. The address of the other leads here.", "success")
    return redirect(url_for("discussions.show_thread", slug=slug, thread_id=into.id), code=303)


def _moderator(slug: str) -> RoomContext:
    ctx = read_room(require_actor(), slug)
    require(can_moderate(ctx))
    return ctx


def _split_page(ctx: RoomContext, thread_id: int, form: SplitForm) -> str:
    thread = read_thread(ctx, thread_id)
    lines = list_answer_lines(ctx, thread_id)
    return page("moderation/split.html", ctx, form=form, thread=thread, post=None, answers=lines)


def _merge_page(ctx: RoomContext, thread_id: int, form: MergeForm) -> str:
    thread = read_thread(ctx, thread_id)
    return page(
        "moderation/merge.html", ctx, form=form, thread=thread, post=None, choices=list_merge_choices(ctx, thread)
    )
