"""Reads of papers: what answers name, what is due to be looked up, what was retracted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select

from social_cme.discussions.enums import CitationKind, PaperStatus
from social_cme.discussions.models import Citation, Paper, RetractionNotice
from social_cme.extensions import db


def names_retracted_paper(post_id: int) -> bool:
    """Tell whether an answer names a paper that was retracted."""
    found = (
        select(Citation.id)
        .join(Paper, Paper.id == Citation.paper_id)
        .where(Citation.post_id == post_id, Paper.status == PaperStatus.RETRACTED)
        .limit(1)
    )
    return db.session.scalar(found) is not None


def claimable(kind: CitationKind, moment: datetime, *, limit: int) -> Select[Paper]:
    """Select papers that are to be looked up and that nobody has taken, those that wait longest first."""
    return (
        select(Paper)
        .where(Paper.kind == kind, Paper.next_check_at <= moment)
        .order_by(Paper.next_check_at, Paper.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def notices_about(papers: Sequence[Paper]) -> dict[int, list[RetractionNotice]]:
    """Return the imported notices about each paper by its id; two statements however many papers there are."""
    numbers = {paper.pmid for paper in papers if paper.pmid}
    dois = {paper.doi for paper in papers if paper.doi}
    if not numbers and not dois:
        return {paper.id: [] for paper in papers}
    rows = db.session.scalars(
        select(RetractionNotice).where(or_(RetractionNotice.pmid.in_(numbers), RetractionNotice.doi.in_(dois)))
    ).all()
    return {
        paper.id: [
            row for row in rows if (paper.pmid and row.pmid == paper.pmid) or (paper.doi and row.doi == paper.doi)
        ]
        for paper in papers
    }
