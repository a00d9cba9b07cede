"""The mentor's summary of an ended session.

Rule: a save names the version that its writer saw; somebody else's text is never overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.models import LiveSession, SessionArchive
from social_cme.live.policies import can_lead
from social_cme.live.queries.archive import find_archive
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.texts import optional_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown


class SummaryConflict(Conflict):
    """Somebody else saved meanwhile; ``fields`` holds their text as ``body``, and its ``revision``."""

    code = "summary_conflict"
    title = "Somebody else saved this meanwhile. Both texts are kept: theirs is shown, yours is in the form."


def open_archive(tx: Transaction, session: LiveSession) -> None:
    """Begin the archive of a session whose questions have become threads; called inside the transaction that says so."""
    tx.add(SessionArchive(session_id=session.id, room_id=session.room_id, opened_at=clock.now()))


def write_summary(
    ctx: RoomContext,
    session_id: int,
    *,
    body: str,
    revision: int,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> SessionArchive:
    """Write the summary, or take it off the page with an empty text; *revision* is the one seen, 0 for the first.

    Raises ``SummaryConflict`` when it was changed since, ``Conflict`` while the session has no archive.
    """
    text = optional_text(body, field="body", limit=rules.MAX_SUMMARY, name="the summary")
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        archive = find_archive(session.id)
        if archive is None:
            raise Conflict("The summary can be written once the session has ended.")
        claim = tx.claim(ctx.user.id, client_id, "session.summarize")
        if claim.object_id is not None or (archive.summary_md == text and archive.summary_revision):
            return archive
        if archive.summary_revision != revision:
            seen = {"body": [archive.summary_md], "revision": [str(archive.summary_revision)]}
            raise SummaryConflict(fields=seen)
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.LIVE_ANSWER, parts={"body": text}, attested=attested, place_id=session.id
        )
        archive.summary_md, archive.summary_html = text, render_markdown(text)
        archive.summary_revision += 1
        archive.summarized_by_id, archive.summarized_at = ctx.user.id, clock.now()
        tx.record(
            events.SessionSummarized(
                actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, revision=archive.summary_revision
            )
        )
        checked.note(archive.id)
        claim.settle(archive.id)
    return archive
