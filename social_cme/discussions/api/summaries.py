"""The texts on top of a thread: a mentor's take-home (``take_home``) and the shared summary of a case (``case``)."""

from __future__ import annotations

from social_cme.discussions.api import THREAD, bp
from social_cme.discussions.queries.pages import thread_view
from social_cme.discussions.queries.summaries import find_summary, list_versions
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.schemas.evidence import SummaryList, SummaryOut, SummaryVersionList, SummaryVersionOut
from social_cme.discussions.schemas.incoming import SummaryIn
from social_cme.discussions.services import summaries
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, PageQuery, endpoint

WRITE = ApiScope.WRITE
SUMMARY = f"{THREAD}/summaries/<string(maxlength=20):kind>"


@endpoint(bp, f"{THREAD}/summaries", "GET", result=SummaryList, public=True)
def list_summaries(slug: str, thread_id: int) -> SummaryList:
    """List the texts on top of a thread."""
    view = thread_view(read_room(current_actor(), slug), thread_id)
    return SummaryList(items=[SummaryOut.of(one) for one in (view.take_home, view.case_summary) if one is not None])


@endpoint(bp, SUMMARY, "PUT", result=SummaryOut, body=SummaryIn, scope=WRITE, errors=(422,))
def save_summary(slug: str, thread_id: int, kind: str, body: SummaryIn) -> SummaryOut:
    """Write a text on top. When somebody saved meanwhile, the answer is 409 with their text and revision in ``fields``."""
    ctx = read_room(require_actor(), slug)
    summaries.save_summary(
        ctx,
        thread_id=thread_id,
        kind=kind,
        body=body.body,
        revision=body.revision,
        reason=body.reason,
        attested=body.attested,
    )
    return SummaryOut.of(find_summary(ctx, access_thread(ctx, thread_id), kind))


@endpoint(bp, f"{SUMMARY}/versions", "GET", result=SummaryVersionList, query=PageQuery, public=True, errors=(422,))
def list_summary_versions(slug: str, thread_id: int, kind: str, query: PageQuery) -> SummaryVersionList:
    """List what a text on top said over time, the latest first."""
    ctx = read_room(current_actor(), slug)
    summary = find_summary(ctx, access_thread(ctx, thread_id), kind)
    page = list_versions(ctx, summary, cursor=query.cursor, limit=query.limit)
    return SummaryVersionList(items=[SummaryVersionOut.of(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(bp, f"{SUMMARY}/versions/<id:version_id>/restore", "POST", result=SummaryOut, scope=WRITE)
def restore_summary_version(slug: str, thread_id: int, kind: str, version_id: int) -> SummaryOut:
    """Put an earlier version back in place, as a new version; for mentors."""
    ctx = read_room(require_actor(), slug)
    summaries.restore_version(ctx, thread_id=thread_id, kind=kind, revision=version_id)
    return SummaryOut.of(find_summary(ctx, access_thread(ctx, thread_id), kind))


@endpoint(bp, f"{SUMMARY}/versions/<id:version_id>/hide", "POST", result=None, status=204, scope=WRITE)
def hide_summary_version(slug: str, thread_id: int, kind: str, version_id: int) -> None:
    """Put the text of an earlier version out of the members' sight; for mentors."""
    summaries.seal_version(read_room(require_actor(), slug), thread_id=thread_id, kind=kind, revision=version_id)
