"""Opening threads, saying that they are answered, closing and reopening them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import BODY_LIMIT, CloseReason, StateChange, ThreadKind, ThreadStatus
from social_cme.discussions.events import ThreadPosted, ThreadStateChanged
from social_cme.discussions.models import Thread
from social_cme.discussions.queries.images import Holder
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.places import room_place
from social_cme.discussions.services.counting import count_in_room
from social_cme.discussions.services.drafts import drop_draft
from social_cme.discussions.services.follows import begin_following
from social_cme.discussions.services.identifiers import picture_texts, thread_texts
from social_cme.discussions.services.masking import choose_line
from social_cme.discussions.services.mentions import Scribe
from social_cme.discussions.services.tagging import put_tags
from social_cme.discussions.services.texts import case_text, long_text, summary_of, title_text
from social_cme.media.queries.images import own_images
from social_cme.media.services.showing import show_images
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext, can_moderate
from social_cme.web.markdown import render_markdown


def post_thread(
    ctx: RoomContext,
    *,
    kind: str,
    title: str,
    body: str = "",
    case: Mapping[str, str] | None = None,
    setting: str | None = None,
    age_band: str | None = None,
    post_first: bool | None = None,
    pseudonym: str | None = None,
    tags: Sequence[str] = (),
    image_keys: Sequence[str] = (),
    attested: Collection[str] = (),
    client_id: str | None = None,
    draft_revision: int | None = None,
) -> Thread:
    """Open a thread in the room, with pictures taken in before; its author follows it from then on.

    A case has its parts in *case* (names as in ``CASE_LIMITS``) with *setting* and *age_band*; the other kinds have a *body*.
    *post_first* says whether members answer before they see the others' answers; ``None`` does as the room has it.
    *pseudonym* names one of the levels that ``list_pseudonyms`` offers; without it the author writes under the own name.
    *tags* say what it is about, see ``tag_thread``. *draft_revision* is the draft that the text was written in; a newer one is
    kept. *attested* names findings of the identifier check, as ``IdentifiersFound`` told them. Raises ``Invalid``.
    """
    with transaction() as tx:
        require(policies.can_post_thread(ctx))
        author_id = ctx.user.id
        claim = tx.claim(author_id, client_id, "thread.post")
        if claim.object_id is not None:
            return access_thread(ctx, claim.object_id)
        thread = _new_thread(ctx, kind=kind, title=title, author_id=author_id)
        thread.post_first = ctx.room.post_first if post_first is None else bool(post_first)
        scribe = Scribe(ctx.room_id)
        if kind == ThreadKind.CASE:
            fill_case(thread, case or {}, setting=setting, age_band=age_band, render=scribe.render)
        else:
            fill_body(thread, body, render=scribe.render)
        if pseudonym:
            _put_on(thread, ctx, pseudonym)
        parts = {**thread_texts(thread), **picture_texts(own_images(ctx, image_keys))}
        checked = check_before_publishing(tx, ctx, kind=ObjectKind.THREAD, parts=parts, attested=attested)
        _open(tx, thread, actor_id=author_id)
        checked.note(thread.id)
        scribe.settle(tx, thread)
        if tags:
            put_tags(tx, ctx, thread_id=thread.id, tags=tags)
        show_images(ctx, holder=Holder.THREAD, holder_id=thread.id, keys=image_keys)
        begin_following(tx, user_id=author_id, thread_id=thread.id)
        drop_draft(tx, user_id=author_id, place=room_place(ctx.room_id, kind), revision=draft_revision)
        claim.settle(thread.id)
        return thread


def adopt_thread(
    ctx: RoomContext,
    *,
    author_id: int,
    title: str,
    body: str,
    kind: str = ThreadKind.QUESTION,
    source_ref: str | None = None,
    source_url: str = "",
    live_question_id: int | None = None,
) -> Thread:
    """Open a thread with what was said or collected elsewhere; for the features above, by a moderator of the room.

    The fact names nobody as acting: a question counted in its live session is not counted again. The author follows the thread.
    """
    with transaction() as tx:
        require(can_moderate(ctx))
        thread = _new_thread(ctx, kind=kind, title=title, author_id=author_id)
        fill_body(thread, body)
        thread.source_ref, thread.source_url, thread.live_question_id = source_ref, source_url, live_question_id
        _open(tx, thread, actor_id=None)
        begin_following(tx, user_id=author_id, thread_id=thread.id)
        return thread


def mark_answered(ctx: RoomContext, *, thread_id: int, answered: bool = True) -> Thread:
    """Say that a question or case is answered, or that it is open again; accepted and endorsed answers do not decide it."""
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_mark_answered(ctx, thread))
        status = ThreadStatus.ANSWERED if answered else ThreadStatus.OPEN
        if thread.status != status:
            thread.status = status
            _record_change(tx, ctx, thread, StateChange.ANSWERED if answered else StateChange.REOPENED)
        return thread


def close_thread(
    ctx: RoomContext, *, thread_id: int, reason: str, summary: str = "", attested: Collection[str] = ()
) -> Thread:
    """End a thread for a *reason* (``CloseReason``), if wanted with closing words; it takes no answers and votes any more."""
    if reason not in set(CloseReason):
        raise Invalid(fields={"reason": ["Choose why the thread is closed."]})
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_close(ctx, thread))
        text = long_text(summary, "summary", BODY_LIMIT, required=False)
        was_closed = thread.status == ThreadStatus.CLOSED
        if was_closed and (text, str(reason)) == (thread.summary_md, thread.closed_reason):
            return thread
        if text:
            check_before_publishing(
                tx,
                ctx,
                kind=ObjectKind.THREAD,
                parts={"summary": text},
                attested=attested,
                earlier={"summary": thread.summary_md},
            ).note(thread.id)
        thread.status = ThreadStatus.CLOSED
        thread.closed_reason = str(reason)
        thread.closed_at = clock.now()
        thread.closed_by_id = ctx.user.id
        thread.summary_md = text
        thread.summary_html = render_markdown(text) if text else ""
        _record_change(tx, ctx, thread, StateChange.CLOSED)
        return thread


def reopen_thread(ctx: RoomContext, *, thread_id: int) -> Thread:
    """Take answers and votes again; the reason and the closing words go."""
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_close(ctx, thread))
        if thread.status != ThreadStatus.CLOSED:
            return thread
        thread.status = ThreadStatus.OPEN
        thread.closed_at = thread.closed_by_id = None
        thread.closed_reason = thread.summary_md = thread.summary_html = ""
        _record_change(tx, ctx, thread, StateChange.REOPENED)
        return thread


def fill_body(thread: Thread, body: str, *, render: Callable[[str], str] = render_markdown) -> None:
    """Put a checked and rendered text into a question or discussion."""
    thread.body_md = long_text(body, "body", BODY_LIMIT)
    thread.body_html = render(thread.body_md)
    thread.excerpt = summary_of(thread.body_html)


def fill_case(
    thread: Thread,
    values: Mapping[str, str],
    *,
    setting: str | None,
    age_band: str | None,
    render: Callable[[str], str] = render_markdown,
) -> None:
    """Put the checked and rendered parts of a case into a thread."""
    case = case_text(values, setting=setting, age_band=age_band, render=render)
    thread.case, thread.case_html = case.parts, case.html
    thread.setting, thread.age_band = case.setting, case.age_band
    thread.excerpt = summary_of(case.html["presenting_problem"])


def _new_thread(ctx: RoomContext, *, kind: str, title: str, author_id: int) -> Thread:
    if kind not in set(ThreadKind):
        raise Invalid(fields={"kind": ["Choose a question, a case or a discussion."]})
    return Thread(
        room_id=ctx.room_id,
        author_id=author_id,
        kind=str(kind),
        title=title_text(title),
        last_activity_at=clock.now(),
    )


def _put_on(thread: Thread, ctx: RoomContext, level: str) -> None:
    line = choose_line(ctx, level)
    thread.pseudonym, thread.pseudonym_verified = line.text, line.is_verified


def _open(tx: Transaction, thread: Thread, *, actor_id: int | None) -> None:
    tx.add(thread)
    count_in_room(tx, thread.room_id, threads=1, active_at=thread.last_activity_at)
    tx.record(ThreadPosted(actor_id=actor_id, room_id=thread.room_id, thread_id=thread.id, thread_kind=thread.kind))


def _record_change(tx: Transaction, ctx: RoomContext, thread: Thread, change: StateChange) -> None:
    tx.record(ThreadStateChanged(actor_id=ctx.actor_id, room_id=ctx.room_id, thread_id=thread.id, change=change.value))
