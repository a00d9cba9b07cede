"""Writing a new thread, and looking at a text before it is posted."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask_login import login_required
from werkzeug import Response

from social_cme.core.errors import AppError, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.enums import BODY_LIMIT, CASE_LIMITS, ThreadKind
from social_cme.discussions.forms import CaseForm, OpeningForm, TextForm, WritingForm
from social_cme.discussions.models import Thread
from social_cme.discussions.policies import can_post_thread
from social_cme.discussions.queries.pseudonyms import list_pseudonyms
from social_cme.discussions.queries.similar import SimilarThread, find_similar
from social_cme.discussions.rules.places import room_place
from social_cme.discussions.rules.pseudonyms import WHO_SEES_THROUGH, warning
from social_cme.discussions.rules.taxonomy import split_tags
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.threads import post_thread
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import draft_of, page, preview_html
from social_cme.discussions.views.pictures import handle_pictures, shown_pictures
from social_cme.extensions import limiter
from social_cme.privacy.queries.looking import with_chosen_wordings
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import require_actor
from social_cme.web.uploads import takes_files


@bp.route("/rooms/<slug:slug>/threads/new", methods=["GET", "POST"])
@login_required
@limiter.limit("20 per minute", methods=["POST"])
@takes_files
def new_thread(slug: str) -> str | Response | tuple[str, int]:
    """Write a case, a question or a discussion."""
    ctx = read_room(require_actor(), slug)
    told = request.args.get("kind", "")
    kind = ThreadKind(told) if told in set(ThreadKind) else ThreadKind.CASE
    if request.method == "GET":
        require(can_post_thread(ctx))
        return _composer(ctx, kind, _fresh(ctx, kind))
    form = CaseForm() if kind == ThreadKind.CASE else TextForm()
    form.offer(ctx.user.display_name, list_pseudonyms(ctx))
    return _send(ctx, kind, form)


def _send(ctx: RoomContext, kind: ThreadKind, form: WritingForm) -> str | Response | tuple[str, int]:
    status = handle_pictures(ctx, form)
    if status is not None:
        return _composer(ctx, kind, form), status
    is_valid = form.validate()
    if "save_draft" in request.form:
        return _keep(ctx, kind, form)
    if form.wants_wordings():
        form.restate(*with_chosen_wordings(ctx, form.checked_texts(), form.chosen_wordings()))
        return _composer(ctx, kind, form)
    if not is_valid:
        return _composer(ctx, kind, form), 422
    similar = _similar(ctx, form)
    if "preview" in request.form:
        return _composer(ctx, kind, form, preview=True, similar=similar)
    if not form.seen_similar.data and any(one.is_close and one.author_id != ctx.actor_id for one in similar):
        return _composer(ctx, kind, form, similar=similar, similar_asks=True)
    try:
        thread = _post(ctx, kind, form)
    except Invalid as error:
        form.add_errors(error)
        return _composer(ctx, kind, form), error.status
    except AppError as error:
        return _composer(ctx, kind, form, problem=error), error.status
    return redirect(url_for(".show_thread", slug=ctx.room.slug, thread_id=thread.id), code=303)


def _fresh(ctx: RoomContext, kind: ThreadKind) -> CaseForm | TextForm:
    usual = {"post_first": ctx.room.post_first}
    form = CaseForm(formdata=None, data=usual) if kind == ThreadKind.CASE else TextForm(formdata=None, data=usual)
    form.name_request()
    form.offer(ctx.user.display_name, list_pseudonyms(ctx))
    draft = draft_of(ctx, room_place(ctx.room_id, kind))
    form.draft_revision.data = str(draft.revision if draft is not None else 0)
    if draft is not None:
        form.restore(draft.content)
    return form


def _post(ctx: RoomContext, kind: ThreadKind, form: CaseForm | TextForm) -> Thread:
    if isinstance(form, CaseForm):
        return post_thread(
            ctx,
            kind=kind,
            title=form.title.data or "",
            case=form.parts(),
            setting=form.setting.data,
            age_band=form.age_band.data,
            post_first=bool(form.post_first.data),
            pseudonym=form.pseudonym.data,
            tags=split_tags(form.drafted()["tags"]),
            image_keys=form.picture_keys(),
            attested=form.attested_findings(),
            client_id=form.request_name(),
            draft_revision=form.seen_draft(),
        )
    return post_thread(
        ctx,
        kind=kind,
        title=form.drafted()["title"],
        body=form.drafted()["body"],
        post_first=bool(form.post_first.data),
        pseudonym=form.pseudonym.data,
        tags=split_tags(form.drafted()["tags"]),
        image_keys=form.drafted()["image_keys"].split(),
        attested=form.attested_findings(),
        client_id=form.request_name(),
        draft_revision=form.seen_draft(),
    )


def _keep(ctx: RoomContext, kind: ThreadKind, form: OpeningForm) -> Response | tuple[str, int]:
    place = room_place(ctx.room_id, kind)
    try:
        save_draft(ctx.user, place=place, content=form.drafted(), revision=form.seen_draft())
    except AppError as error:
        form.learn_of(error)
        return _composer(ctx, kind, form, problem=error), error.status
    flash("Your draft is kept. You find it here on every device.", "success")
    return redirect(url_for(".my_drafts"), code=303)


def _similar(ctx: RoomContext, form: OpeningForm) -> Sequence[SimilarThread]:
    """Return what resembles the text of a form; the words of every part count."""
    typed = form.drafted()
    texts = [text for name, text in typed.items() if name in {"body", *CASE_LIMITS}]
    return find_similar(ctx, title=typed["title"], text="\n".join(texts))


def _composer(
    ctx: RoomContext,
    kind: ThreadKind,
    form: OpeningForm,
    *,
    preview: bool = False,
    problem: AppError | None = None,
    similar: Sequence[SimilarThread] = (),
    similar_asks: bool = False,
) -> str:
    if similar:
        form.seen_similar.data = "1"
    place = room_place(ctx.room_id, kind)
    return page(
        "discussions/new_thread.html",
        ctx,
        form=form,
        pictures=shown_pictures(ctx, form),
        kind=kind.value,
        place=place,
        draft=draft_of(ctx, place),
        previewed=rendered_parts(ctx, form) if preview else None,
        who_sees_through=WHO_SEES_THROUGH,
        pseudonym_warning=warning(list_pseudonyms(ctx)),
        problem=problem,
        similar=similar,
        similar_asks=similar_asks,
    )


def rendered_parts(ctx: RoomContext, form: WritingForm) -> dict[str, str]:
    """Return what was typed, rendered part by part; title and vocabulary fields stay as they are."""
    return {
        f"{name}_html": preview_html(ctx, text)
        for name, text in form.drafted().items()
        if text
        and name not in {"title", "setting", "age_band", "reason", "citations", "pseudonym", "tags", "image_keys"}
    }


@bp.post("/rooms/<slug:slug>/preview")
@login_required
@limiter.limit("120 per minute")
def preview(slug: str) -> str:
    """Give a text as it will look, for the preview of the editor."""
    ctx = read_room(require_actor(), slug)
    text = request.form.get("text", "")[:BODY_LIMIT]
    return page("discussions/preview.html", ctx, text_html=preview_html(ctx, text))
