"""What is known of the papers that answers name, and what follows when one is retracted.

Rule: the answers that name a paper are told of its status in the transaction that changes it; their endorsements lapse with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, tuple_

from social_cme.core import clock
from social_cme.discussions.enums import CitationKind, PaperStatus
from social_cme.discussions.events import SourceStatusChanged
from social_cme.discussions.models import Citation, Paper, Post, RetractionNotice, Thread
from social_cme.discussions.queries.papers import names_retracted_paper, notices_about
from social_cme.discussions.rules.citations import Source
from social_cme.discussions.rules.papers import PaperFacts, Standing, severest, standing_by_notices
from social_cme.discussions.services.lapsing import lapse_for_retraction, lock_answer
from social_cme.jobs.queue import enqueue
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import Transaction, transaction

CHECK_AGAIN = timedelta(days=30)
BY_LIST = "retraction_watch"
_WITH_PAPER = {CitationKind.PMID, CitationKind.DOI}
_TOLD = {PaperStatus.CORRECTED, PaperStatus.CONCERN, PaperStatus.RETRACTED}


def papers_of(tx: Transaction, sources: Sequence[Source]) -> dict[tuple[str, str], int]:
    """Return the paper of each source that names one, by kind and value in small letters; new ones are added.

    A new paper is compared with the imported list of retractions at once, and looked up later if the server may go out.
    """
    keys = {(source.kind.value, source.value.lower()) for source in sources if source.kind in _WITH_PAPER}
    if not keys:
        return {}
    known = _known(tx, keys)
    new = keys - known.keys()
    if not new:
        return known
    moment = clock.now()
    rows = [
        {
            "kind": kind,
            "value": value,
            "pmid": value if kind == CitationKind.PMID else "",
            "doi": value if kind == CitationKind.DOI else "",
            "created_at": moment,
            "next_check_at": moment,
        }
        for kind, value in sorted(new)
    ]
    statement = insert_into(tx.session, Paper).on_conflict_do_nothing(index_elements=["kind", "value"])
    tx.session.execute(statement, [_DEFAULTS | row for row in rows])
    known = _known(tx, keys)
    papers = tx.session.scalars(select(Paper).where(Paper.id.in_([known[key] for key in new if key in known]))).all()
    for paper_id, notices in notices_about(papers).items():
        listed = standing_by_notices([_standing(one) for one in notices])
        if listed is not None:
            _set(next(one for one in papers if one.id == paper_id), listed, checked_with=BY_LIST)
    tx.after_commit(lambda: enqueue("discussions.look_up_papers"))
    return known


_DEFAULTS: dict[str, Any] = {
    "title": "",
    "authors": "",
    "journal": "",
    "status": PaperStatus.UNKNOWN.value,
    "status_reason": "",
    "notice_doi": "",
    "checked_with": "",
    "failures": 0,
}


def learn(paper_id: int, facts: PaperFacts | None, *, checked_with: str) -> None:
    """Note what a service says of a paper; ``None`` when it knows no such paper. What the imported list says counts too."""
    with transaction() as tx:
        paper = _lock(tx, paper_id)
        if paper is None:
            return
        paper.failures = 0
        paper.checked_at = clock.now()
        paper.next_check_at = paper.checked_at + CHECK_AGAIN
        if facts is None:
            paper.checked_with = paper.checked_with or checked_with
            return
        describe(paper, facts)
        listed = standing_by_notices([_standing(one) for one in notices_about([paper])[paper.id]])
        found = severest([facts.standing, listed]) if listed is not None else facts.standing
        _apply(tx, paper, found, checked_with=checked_with)


def compare_with_list(paper_id: int, facts: PaperFacts | None = None) -> bool:
    """Note what the imported list says of a paper; return whether that changed its status."""
    with transaction() as tx:
        paper = _lock(tx, paper_id)
        if paper is None:
            return False
        listed = standing_by_notices([_standing(one) for one in notices_about([paper])[paper.id]])
        if listed is None:
            return False
        if facts is not None and not paper.title:
            describe(paper, facts)
        if paper.checked_with not in {"", BY_LIST}:
            # A service was asked since: of what both say, the graver holds.
            listed = severest([_present(paper), listed])
        paper.checked_at = clock.now()
        return _apply(tx, paper, listed, checked_with=paper.checked_with or BY_LIST)


def describe(paper: Paper, facts: PaperFacts) -> None:
    """Fill in what a card shows; what is not said stays as it is."""
    for name in ("title", "authors", "journal", "year", "pmid", "doi"):
        value = getattr(facts, name)
        if value:
            setattr(paper, name, value)


def follow_sources(tx: Transaction, thread: Thread, post: Post) -> None:
    """Let endorsements lapse when an edit brought a retracted paper into an answer; the caller holds both locks."""
    if post.is_endorsed and names_retracted_paper(post.id):
        lapse_for_retraction(tx, thread, post)


def _apply(tx: Transaction, paper: Paper, found: Standing, *, checked_with: str) -> bool:
    before = PaperStatus(paper.status)
    _set(paper, found, checked_with=checked_with)
    tx.session.flush()
    if before == found.status or not {before, found.status} & _TOLD:
        return before != found.status
    naming = (
        select(Citation.post_id)
        .join(Post, Post.id == Citation.post_id)
        .where(Citation.paper_id == paper.id)
        .order_by(Post.thread_id, Citation.post_id)
    )
    for post_id in tx.session.scalars(naming).all():
        place = lock_answer(tx, post_id)
        if place is not None:
            _tell(tx, *place, paper=paper)
    return True


def _tell(tx: Transaction, thread: Thread, post: Post, *, paper: Paper) -> None:
    tx.record(
        SourceStatusChanged(
            actor_id=None,
            room_id=thread.room_id,
            thread_id=thread.id,
            post_id=post.id,
            author_id=post.author_id,
            paper_id=paper.id,
            status=paper.status,
        )
    )
    if paper.status == PaperStatus.RETRACTED:
        lapse_for_retraction(tx, thread, post)


def _set(paper: Paper, found: Standing, *, checked_with: str) -> None:
    paper.status, paper.status_on = found.status.value, found.on
    paper.status_reason, paper.notice_doi = found.reason[:500], found.notice_doi
    paper.checked_with = checked_with
    paper.checked_at = clock.now()


def _present(paper: Paper) -> Standing:
    return Standing(PaperStatus(paper.status), paper.status_on, paper.status_reason, paper.notice_doi)


def _standing(notice: RetractionNotice) -> Standing:
    return Standing(PaperStatus(notice.nature), notice.noticed_on, notice.reason, notice.notice_doi)


def _known(tx: Transaction, keys: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = tx.session.execute(
        select(Paper.kind, Paper.value, Paper.id).where(tuple_(Paper.kind, Paper.value).in_(sorted(keys)))
    )
    return {(row.kind, row.value): row.id for row in rows}


def _lock(tx: Transaction, paper_id: int) -> Paper | None:
    statement = select(Paper).where(Paper.id == paper_id).with_for_update(key_share=True)
    return tx.session.scalar(statement.execution_options(populate_existing=True))
