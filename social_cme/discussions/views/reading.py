"""Reading a thread: its page, the address of a single post, what was said before."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug import Response

from social_cme.core.errors import AppError, NotFound
from social_cme.discussions.enums import AnswerOrder, PostKind
from social_cme.discussions.forms import AnswerForm, CommentForm
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.policies import can_comment_on, can_see_text, can_tell_outcome
from social_cme.discussions.queries.addresses import find_new_address
from social_cme.discussions.queries.clarifications import count_private
from social_cme.discussions.queries.pages import PAGE, post_view, thread_page
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.revisions import list_revisions, versions
from social_cme.discussions.queries.structure import MergeNote, find_merge_note
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.places import answer_place, comment_place
from social_cme.discussions.services.reading import mark_read
from social_cme.discussions.views import bp
from social_cme.discussions.views.frame import draft_of, page
from social_cme.discussions.views.pictures import shown_pictures
from social_cme.discussions.views.replies import StepReply, outcomes_of, step_replies
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor


@bp.get("/rooms/<slug:slug>/threads/<id:thread_id>")
def show_thread(slug: str, thread_id: int) -> str | Response:
    """Show a thread, and note that it was read; the address in a room that it has left leads to where it is."""
    ctx = read_room(current_actor(), slug)
    try:
        html, read_up_to = thread_html(ctx, thread_id)
    except NotFound:
        return _elsewhere(ctx, thread_id)
    if _stands_elsewhere(ctx, thread_id):
        return redirect(url_for(".show_post", slug=slug, post_id=_number("post")), code=302)
    # A page fetched ahead of a click has not been read.
    is_prefetch = "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", ""))
    if read_up_to is not None and not is_prefetch:
        mark_read(ctx, thread_id=thread_id, up_to=read_up_to)
    return html


def _elsewhere(ctx: RoomContext, thread_id: int) -> Response:
    """Lead from the address of a thread that was moved or merged to where it is; raise ``NotFound`` for any other."""
    there = find_new_address(ctx, thread_id)
    if there is None:
        raise NotFound
    address = url_for(
        ".show_thread",
        slug=there.ctx.room.slug,
        thread_id=there.thread_id,
        merged=there.merged_id,
        post=_number("post"),
    )
    return redirect(address, code=302)


def _stands_elsewhere(ctx: RoomContext, thread_id: int) -> bool:
    """Tell whether the address asks for a post that was split off into another thread of the room."""
    wanted = _number("post")
    if wanted is None:
        return False
    try:
        thread, _post = access_post(ctx, wanted)
    except NotFound:
        return False
    return thread.id != thread_id


def thread_html(
    ctx: RoomContext,
    thread_id: int,
    *,
    answer_form: AnswerForm | None = None,
    comment_form: CommentForm | None = None,
    preview: str | None = None,
    step_form: StepReply | None = None,
    problem: AppError | None = None,
) -> tuple[str, int | None]:
    """Render a thread's page and return it with the place of the reader's mark.

    A form that was refused is shown again with what it holds; *problem* says why it cannot be sent at all.
    """
    order = _order()
    start_at = _number("post")
    if start_at is not None:
        start_at = _answer_at(ctx, thread_id, start_at)
    shown = thread_page(
        ctx,
        thread_id,
        order=order,
        cursor=request.args.get("cursor"),
        start_at=start_at,
        all_comments=_number("comments", least=0),
    )
    quoted = _quoted(ctx, thread_id)
    commenting = _commenting(ctx, thread_id, comment_form)
    answer = answer_form or _answer_form(ctx, thread_id, quoted)
    values: dict[str, Any] = {
        "page": shown,
        "opening": shown.opening,
        "thread": shown.opening.thread,
        "start_at": start_at,
        "commenting": commenting,
        "comment_place": comment_place(thread_id, commenting.parent_id()) if commenting is not None else None,
        "answer": answer,
        "answer_pictures": shown_pictures(ctx, answer),
        "answer_draft": draft_of(ctx, answer_place(thread_id)),
        "answer_place": answer_place(thread_id),
        "preview_html": preview,
        "problem": problem,
        "steps": step_replies(ctx, shown.opening, step_form),
        "outcomes": outcomes_of(ctx, shown.opening),
        "may_tell_outcome": bool(can_tell_outcome(ctx, shown.opening.thread)),
        "private_count": count_private(ctx, shown.opening.thread),
        "back": request.full_path.rstrip("?") if request.method == "GET" else "",
        "order_items": _order_items(ctx, thread_id),
        "page_size": PAGE,
        "merge_note": _merge_note(thread_id),
    }
    return page("discussions/thread.html", ctx, **values), shown.read_up_to


def _merge_note(thread_id: int) -> MergeNote | None:
    came_from = _number("merged")
    return find_merge_note(thread_id, came_from) if came_from is not None else None


def _order() -> AnswerOrder:
    told = request.args.get("order", "")
    return AnswerOrder(told) if told in set(AnswerOrder) else AnswerOrder.BEST


def _number(name: str, *, least: int = 1) -> int | None:
    told = request.args.get(name, "")
    fits = told.isascii() and told.isdigit() and len(told) < 19 and int(told) >= least
    return int(told) if fits else None


def _answer_at(ctx: RoomContext, thread_id: int, post_id: int) -> int | None:
    """Return the answer at which a page showing *post_id* begins, ``None`` when the ordinary first page shows it too."""
    try:
        thread, post = access_post(ctx, post_id)
    except NotFound:
        return None
    if thread.id != thread_id or thread.answer_count <= PAGE:
        return None
    return post.id if post.kind == PostKind.ANSWER else post.parent_id


def _quoted(ctx: RoomContext, thread_id: int) -> Post | None:
    wanted = _number("quote")
    if wanted is None:
        return None
    try:
        thread, post = access_post(ctx, wanted)
    except NotFound:
        return None
    return post if thread.id == thread_id and can_see_text(ctx, post) else None


def _answer_form(ctx: RoomContext, thread_id: int, quoted: Post | None) -> AnswerForm:
    form = AnswerForm(formdata=None)
    form.name_request()
    draft = draft_of(ctx, answer_place(thread_id))
    form.draft_revision.data = str(draft.revision if draft is not None else 0)
    if draft is not None:
        form.restore(draft.content)
    if quoted is not None:
        form.body.data = "\n\n".join(part for part in (form.body.data or "", quotation(ctx, quoted)) if part)
    return form


def quotation(ctx: RoomContext, post: Post) -> str:
    """Write a post as a Markdown quotation with its author and address."""
    lines = "\n".join(f"> {line}".rstrip() for line in post.body_md.splitlines())
    address = url_for("discussions.show_post", slug=ctx.room.slug, post_id=post.id)
    name = post.author.display_name.replace("[", "(").replace("]", ")")
    return f"{lines}\n>\n> [{name}]({address})\n\n"


def _commenting(ctx: RoomContext, thread_id: int, refused: CommentForm | None) -> CommentForm | None:
    """Return the form for the comment that the reader wants to write, if any; ``parent`` says where it stands."""
    if refused is not None:
        return refused
    wanted = _number("comment", least=0)
    if wanted is None or ctx.actor is None:
        return None
    try:
        thread, parent = (access_thread(ctx, thread_id), None) if wanted == 0 else access_post(ctx, wanted)
    except NotFound:
        return None
    if thread.id != thread_id or not can_comment_on(ctx, thread, parent):
        return None
    form = CommentForm(formdata=None)
    form.name_request()
    form.parent.data = str(wanted) if wanted else ""
    draft = draft_of(ctx, comment_place(thread_id, form.parent_id()))
    form.draft_revision.data = str(draft.revision if draft is not None else 0)
    if draft is not None:
        form.restore(draft.content)
    return form


def _order_items(ctx: RoomContext, thread_id: int) -> list[dict[str, str]]:
    words = {AnswerOrder.BEST: "Endorsed first", AnswerOrder.OLDEST: "Oldest", AnswerOrder.NEWEST: "Newest"}
    return [
        {
            "key": order.value,
            "text": text,
            "href": url_for(
                ".show_thread",
                slug=ctx.room.slug,
                thread_id=thread_id,
                order=None if order == AnswerOrder.BEST else order.value,
                _anchor="answers",
            ),
        }
        for order, text in words.items()
    ]


@bp.get("/rooms/<slug:slug>/posts/<id:post_id>")
def show_post(slug: str, post_id: int) -> Response:
    """Lead to the page of the thread on which a post stands, wherever the thread is by now."""
    ctx = read_room(current_actor(), slug)
    thread, post = access_post(ctx, post_id)
    return _lead_to(ctx, thread, post)


@bp.get("/rooms/<slug:slug>/threads/<id:thread_id>/posts/<id:post_id>")
def show_thread_post(slug: str, thread_id: int, post_id: int) -> Response:
    """Lead to a post by its permanent address; a post that has left the thread is led to where it is."""
    ctx = read_room(current_actor(), slug)
    try:
        thread, post = access_post(ctx, post_id)
    except NotFound:
        there = find_new_address(ctx, thread_id)
        if there is None:
            raise
        place: dict[str, Any] = {"slug": there.ctx.room.slug, "thread_id": there.thread_id, "post_id": post_id}
        return redirect(url_for(".show_thread_post", **place))
    return _lead_to(ctx, thread, post)


def _lead_to(ctx: RoomContext, thread: Thread, post: Post) -> Response:
    """Redirect to the page that shows the post; of a comment that stands further down, with all comments beside it."""
    values: dict[str, Any] = {"slug": ctx.room.slug, "thread_id": thread.id, "post": post.id}
    if post.kind == PostKind.COMMENT:
        values["comments"] = post.parent_id or 0
    return redirect(url_for(".show_thread", _anchor=f"post-{post.id}", **values), code=302)


@bp.get("/rooms/<slug:slug>/posts/<id:post_id>/fragment")
def post_fragment(slug: str, post_id: int) -> str:
    """Give a single post as the reader sees it, for a page that is open already."""
    ctx = read_room(current_actor(), slug)
    shown = post_view(ctx, post_id)
    back = url_for(".show_thread", slug=slug, thread_id=shown.thread.id)
    return page("discussions/fragment.html", ctx, shown=shown, thread=shown.thread, commenting=None, back=back)


@bp.get("/rooms/<slug:slug>/threads/<id:thread_id>/revisions")
def thread_revisions(slug: str, thread_id: int) -> str:
    """Show how the opening of a thread changed."""
    ctx = read_room(current_actor(), slug)
    thread = access_thread(ctx, thread_id)
    found = list_revisions(ctx, thread, None, limit=100)
    shown = versions(thread, None, found.items, newest=True)
    return page("discussions/revisions.html", ctx, thread=thread, post=None, versions=shown)


@bp.get("/rooms/<slug:slug>/posts/<id:post_id>/revisions")
def post_revisions(slug: str, post_id: int) -> str:
    """Show how an answer or comment changed."""
    ctx = read_room(current_actor(), slug)
    thread, post = access_post(ctx, post_id)
    if not can_see_text(ctx, post):
        raise NotFound
    found = list_revisions(ctx, thread, post, limit=100)
    shown = versions(thread, post, found.items, newest=True)
    return page("discussions/revisions.html", ctx, thread=thread, post=post, versions=shown)
