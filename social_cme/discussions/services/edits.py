"""Edits: what was said before stays readable, with who changed it and why.

Rule: an edit names the revision that its writer saw, so two windows cannot overwrite each other unseen. What is edited while
hidden seals everything it said before, for that may be why it was hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import delete, update

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import BODY_LIMIT, COMMENT_LIMIT, REASON_LIMIT, PostKind, ThreadKind
from social_cme.discussions.events import PostEdited, ThreadEdited
from social_cme.discussions.models import Citation, Post, Revision, Thread
from social_cme.discussions.queries.images import Holder
from social_cme.discussions.queries.posts import access_post, citations_of
from social_cme.discussions.queries.revisions import citation_lines
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.citations import parse_sources
from social_cme.discussions.rules.places import edit_place
from social_cme.discussions.services.answers import put_sources
from social_cme.discussions.services.drafts import drop_draft
from social_cme.discussions.services.identifiers import picture_texts, thread_texts
from social_cme.discussions.services.mentions import Scribe
from social_cme.discussions.services.papers import follow_sources
from social_cme.discussions.services.texts import (
    line_text,
    long_text,
    rendered_parts,
    think_aloud_text,
    title_text,
)
from social_cme.discussions.services.threads import fill_body, fill_case
from social_cme.media.queries.images import own_images
from social_cme.media.services.showing import show_images
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext

_CHANGED = "This was edited in another window meanwhile. Your text is kept here; compare the two, then save again."


def edit_thread(
    ctx: RoomContext,
    *,
    thread_id: int,
    title: str,
    body: str = "",
    case: Mapping[str, str] | None = None,
    setting: str | None = None,
    age_band: str | None = None,
    image_keys: Sequence[str] | None = None,
    reason: str = "",
    attested: Collection[str] = (),
    revision: int | None = None,
    draft_revision: int | None = None,
) -> Thread:
    """Change the opening of one's thread; its kind stays. *revision* is ``Thread.revision`` as the writer saw it.

    *image_keys* are the pictures it shows from then on, ``None`` leaves them. Raises ``Conflict`` when it was edited since.
    Saving without a change leaves no trace.
    """
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_edit_thread(ctx, thread))
        _same(thread.revision, revision)
        before = _thread_revision(thread, ctx.user.id, reason)
        earlier = thread_texts(thread)
        thread.title = title_text(title)
        scribe = Scribe(ctx.room_id)
        if thread.kind == ThreadKind.CASE:
            fill_case(thread, case or {}, setting=setting, age_band=age_band, render=scribe.render)
        else:
            fill_body(thread, body, render=scribe.render)
        place = edit_place(thread_id=thread.id, post_id=None)
        drop_draft(tx, user_id=ctx.user.id, place=place, revision=draft_revision)
        after = _thread_revision(thread, ctx.user.id, reason)
        new_words = picture_texts(own_images(ctx, image_keys or ()))
        has_new_pictures = image_keys is not None and show_images(
            ctx, holder=Holder.THREAD, holder_id=thread.id, keys=image_keys
        )
        same_text = (before.title, before.body_md, before.case) == (after.title, after.body_md, after.case)
        if same_text and not has_new_pictures:
            return thread
        check_before_publishing(
            tx,
            ctx,
            kind=ObjectKind.THREAD,
            parts={**thread_texts(thread), **new_words, "reason": after.reason},
            attested=attested,
            earlier=earlier,
            object_id=thread.id,
        ).note(thread.id)
        _keep(tx, before, thread)
        scribe.settle(tx, thread)
        tx.record(ThreadEdited(actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=thread.id))
        return thread


def edit_post(
    ctx: RoomContext,
    *,
    post_id: int,
    body: str,
    citations: Sequence[str] | None = None,
    image_keys: Sequence[str] | None = None,
    think_aloud: Mapping[str, str] | None = None,
    reason: str = "",
    attested: Collection[str] = (),
    revision: int | None = None,
    draft_revision: int | None = None,
) -> Post:
    """Change one's answer or comment; *citations* and *think_aloud* replace those there, ``None`` leaves them.

    See ``edit_thread``.
    """
    with transaction() as tx:
        thread, post = access_post(ctx, post_id, lock_thread=True)
        require(policies.can_edit_post(ctx, thread, post))
        _same(post.revision, revision)
        lines = citation_lines(citations_of([post.id]).get(post.id, []))
        before = Revision(
            thread_id=thread.id,
            post_id=post.id,
            editor_id=ctx.user.id,
            body_md=post.body_md,
            citations=lines,
            case=post.think_aloud,
            reason=line_text(reason, "reason", REASON_LIMIT),
        )
        is_answer = post.kind == PostKind.ANSWER
        post.body_md = long_text(body, "body", BODY_LIMIT if is_answer else COMMENT_LIMIT)
        changed = post.body_md != before.body_md
        scribe = Scribe(ctx.room_id)
        if changed:
            post.body_html = scribe.render(post.body_md)
        if is_answer and citations is not None:
            changed = _replace_sources(tx, post, citations) or changed
            follow_sources(tx, thread, post)
        new_words = picture_texts(own_images(ctx, image_keys or ()))
        if is_answer and image_keys is not None:
            changed = show_images(ctx, holder=Holder.POST, holder_id=post.id, keys=image_keys) or changed
        if is_answer and think_aloud is not None:
            changed = _replace_think_aloud(ctx, post, think_aloud, scribe.render) or changed
        place = edit_place(thread_id=thread.id, post_id=post.id)
        drop_draft(tx, user_id=ctx.user.id, place=place, revision=draft_revision)
        if not changed:
            return post
        _check_post(tx, ctx, post, before, citations=citations or (), new_words=new_words, attested=attested)
        _keep(tx, before, post)
        scribe.settle(tx, thread, post)
        tx.record(PostEdited(actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=thread.id, post_id=post.id))
        return post


def _check_post(
    tx: Transaction,
    ctx: RoomContext,
    post: Post,
    before: Revision,
    *,
    citations: Sequence[str],
    new_words: Mapping[str, str],
    attested: Collection[str],
) -> None:
    present = {"body": post.body_md, **(post.think_aloud or {})}
    check_before_publishing(
        tx,
        ctx,
        kind=ObjectKind.POST,
        parts={**present, **new_words, "citations": "\n".join(citations), "reason": before.reason},
        attested=attested,
        earlier={"body": before.body_md, **(before.case or {}), "citations": before.citations},
        object_id=post.id,
    ).note(post.id)


def _same(present: int, seen: int | None) -> None:
    if seen is not None and seen != present:
        raise Conflict(_CHANGED)


def _thread_revision(thread: Thread, editor_id: int, reason: str) -> Revision:
    case = None
    if thread.case is not None:
        case = {**thread.case, "setting": thread.setting or "", "age_band": thread.age_band or ""}
    return Revision(
        thread_id=thread.id,
        editor_id=editor_id,
        title=thread.title,
        body_md=thread.body_md,
        case=case,
        reason=line_text(reason, "reason", REASON_LIMIT),
    )


def _keep(tx: Transaction, before: Revision, edited: Thread | Post) -> None:
    edited.revision += 1
    edited.edited_at = clock.now()
    before.is_sealed = edited.hidden_at is not None
    # Only its author edits a text, so an edit is seen to be theirs as the text is.
    before.pseudonym, before.pseudonym_verified = edited.pseudonym, edited.pseudonym_verified
    tx.add(before)
    if before.is_sealed:
        same_text = Revision.post_id == before.post_id if before.post_id is not None else Revision.post_id.is_(None)
        tx.session.execute(
            update(Revision)
            .where(Revision.thread_id == before.thread_id, same_text)
            .values(is_sealed=True)
            .execution_options(synchronize_session=False)
        )


def _replace_think_aloud(ctx: RoomContext, post: Post, values: Mapping[str, str], render: Callable[[str], str]) -> bool:
    parts = think_aloud_text(values)
    if parts == post.think_aloud:
        return False
    if parts is not None and post.think_aloud is None:
        # Who is no mentor any more may still correct what was written as one.
        require(policies.can_think_aloud(ctx))
    post.think_aloud, post.think_aloud_html = parts, rendered_parts(parts, render)
    return True


def _replace_sources(tx: Transaction, post: Post, citations: Sequence[str]) -> bool:
    sources = parse_sources(list(citations))
    if [(one.kind, one.value, one.label) for one in sources] == [
        (one.kind, one.value, one.label) for one in citations_of([post.id]).get(post.id, [])
    ]:
        return False
    tx.session.execute(delete(Citation).where(Citation.post_id == post.id).execution_options(synchronize_session=False))
    put_sources(tx, post, sources)
    return True
