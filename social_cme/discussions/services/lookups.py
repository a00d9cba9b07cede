"""Asks PubMed and Crossref what they know of papers, and notes the answers; done by a job, if the server may go out.

Rule: only a PubMed number or a DOI is sent, to the two configured services; an address that somebody posted is never fetched.
No transaction is open while a service is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from social_cme.core import clock
from social_cme.discussions.enums import CitationKind
from social_cme.discussions.models import Paper
from social_cme.discussions.queries.papers import claimable
from social_cme.discussions.rules.papers import PaperFacts, read_crossref, read_pubmed
from social_cme.discussions.services.papers import learn
from social_cme.jobs.outbound import OutboundClient, OutboundError, UnknownThereError
from social_cme.persistence.transaction import transaction

log = structlog.get_logger(__name__)

PUBMED_BATCH = 50
CROSSREF_BATCH = 20
_FIRST_PAUSE = timedelta(minutes=10)
_LONGEST_PAUSE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Services:
    """The two services, and the address that they may write to about what this server asks."""

    pubmed: OutboundClient
    crossref: OutboundClient
    contact: str = ""


def look_up_due(services: Services) -> int:
    """Look up papers that are due, a bounded number; return how many were answered.

    What failed is tried again after a pause that doubles from ten minutes to a week.
    """
    return _look_up_numbers(services) + _look_up_dois(services)


def _look_up_numbers(services: Services) -> int:
    papers = _claim(CitationKind.PMID, PUBMED_BATCH)
    if not papers:
        return 0
    query = {"db": "pubmed", "retmode": "json", "id": ",".join(value for _, value in papers), "tool": "social-cme"}
    if services.contact:
        query["email"] = services.contact
    try:
        answer = services.pubmed.get_json("esummary.fcgi", query=query)
        records = _records(answer)
    except (OutboundError, UnknownThereError) as error:
        log.warning("paper_lookup_failed", service="pubmed", error=str(error), papers=len(papers))
        return 0
    for paper_id, value in papers:
        learn(paper_id, read_pubmed(records.get(value)), checked_with="pubmed")
    return len(papers)


def _look_up_dois(services: Services) -> int:
    done = 0
    for paper_id, doi in _claim(CitationKind.DOI, CROSSREF_BATCH):
        try:
            facts = _ask_crossref(services, doi)
        except OutboundError as error:
            log.warning("paper_lookup_failed", service="crossref", error=str(error), papers=1)
            continue
        learn(paper_id, facts, checked_with="crossref")
        done += 1
    return done


def _ask_crossref(services: Services, doi: str) -> PaperFacts | None:
    query = {"mailto": services.contact} if services.contact else {}
    try:
        message = _message(services.crossref.get_json("works", doi, query=query))
    except UnknownThereError:
        return None
    notices = () if message.get("updated-by") else _notices_about(services, doi, query)
    return read_crossref(message, notices)


def _notices_about(services: Services, doi: str, query: dict[str, str]) -> Sequence[object]:
    """Return notices that a publisher deposited by themselves: their "update-to" says which work they are about."""
    if "," in doi:
        # A comma separates filters and cannot be written inside one.
        return ()
    try:
        found = services.crossref.get_json("works", query={**query, "filter": f"updates:{doi}", "rows": "20"})
    except UnknownThereError:
        return ()
    items = _message(found).get("items")
    return items if isinstance(items, list) else ()


def _claim(kind: CitationKind, limit: int) -> list[tuple[int, str]]:
    """Take papers that are due; nobody else takes them before their pause for a failure is over."""
    moment = clock.now()
    with transaction() as tx:
        papers: Sequence[Paper] = tx.session.scalars(claimable(kind, moment, limit=limit)).all()
        for paper in papers:
            pause = min(_FIRST_PAUSE * 2 ** min(paper.failures, 12), _LONGEST_PAUSE)
            paper.next_check_at = moment + pause
            paper.failures += 1
        return [(paper.id, paper.value) for paper in papers]


def _records(answer: Any) -> dict[str, Any]:
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, dict):
        raise OutboundError("the answer has another shape than documented")
    return result


def _message(answer: Any) -> dict[str, Any]:
    message = answer.get("message") if isinstance(answer, dict) else None
    if not isinstance(message, dict):
        raise OutboundError("the answer has another shape than documented")
    return message
