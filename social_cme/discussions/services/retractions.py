"""Brings the Retraction Watch list in from a file, without any network.

Rule: bringing the same file in again changes nothing. Bad lines are reported and skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from social_cme.core.errors import Invalid
from social_cme.discussions.models import Paper, RetractionNotice
from social_cme.discussions.rules.papers import Notice, PaperFacts, read_notice
from social_cme.discussions.services.papers import compare_with_list
from social_cme.extensions import db
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import Transaction, transaction

COLUMNS = ("Record ID", "RetractionNature", "OriginalPaperDOI", "OriginalPaperPubMedID")
_BATCH = 500
_LONGEST_FIELD = 1_000_000


@dataclass
class RetractionCount:
    """What came of an import."""

    lines: int = 0
    notices: int = 0
    bad: int = 0
    papers_changed: int = 0


def import_retractions(lines: Iterable[str], *, report: Callable[[int, str], None]) -> RetractionCount:
    """Read the list from CSV text with its header, keep it, and mark the papers that answers name.

    Raises ``Invalid`` when the first line is not the header of that list.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise Invalid(f"This is not the Retraction Watch list: the column “{missing[0]}” is missing.")
    count = RetractionCount()
    described: dict[str, PaperFacts] = {}
    batch: dict[str, Notice] = {}
    for row in _rows(reader, count, report):
        notice = read_notice(row)
        if notice is None:
            count.bad += 1
            report(reader.line_num, "names no paper, or says of it nothing that is known here")
            continue
        batch[notice.record_id] = notice
        if len(batch) >= _BATCH:
            _keep(batch.values(), count, described)
            batch = {}
    _keep(batch.values(), count, described)
    count.papers_changed = _mark(described)
    return count


def _rows(
    reader: csv.DictReader[str], count: RetractionCount, report: Callable[[int, str], None]
) -> Iterable[dict[str, Any]]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            count.bad += 1
            report(reader.line_num, str(error))
            continue
        count.lines += 1
        yield row


def _keep(notices: Iterable[Notice], count: RetractionCount, described: dict[str, PaperFacts]) -> None:
    rows = [
        {
            "record_id": one.record_id,
            "pmid": one.pmid,
            "doi": one.doi,
            "nature": one.nature.value,
            "noticed_on": one.noticed_on,
            "notice_doi": one.notice_doi,
            "reason": one.reason,
        }
        for one in notices
    ]
    if not rows:
        return
    with transaction() as tx:
        _write(tx, rows)
        keys = {one.doi for one in notices if one.doi}, {one.pmid for one in notices if one.pmid}
        named = tx.session.execute(
            select(Paper.doi, Paper.pmid).where(Paper.doi.in_(keys[0]) | Paper.pmid.in_(keys[1]))
        )
        wanted = {value for row in named for value in row if value}
    for one in notices:
        described.update({key: one.facts for key in (one.doi, one.pmid) if key and key in wanted})
    count.notices += len(rows)


def _write(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    statement = insert_into(tx.session, RetractionNotice)
    new = statement.excluded
    names = [name for name in rows[0] if name != "record_id"]
    tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["record_id"], set_={name: getattr(new, name) for name in names}
        ),
        rows,
    )


def _mark(described: dict[str, PaperFacts]) -> int:
    """Compare every paper that an answer names with the list; a paper whose line has gone keeps what it had."""
    last = changed = 0
    while rows := db.session.execute(
        select(Paper.id, Paper.doi, Paper.pmid).where(Paper.id > last).order_by(Paper.id).limit(_BATCH)
    ).all():
        last = rows[-1].id
        for paper_id, doi, pmid in rows:
            facts = described.get(doi) or described.get(pmid)
            if facts is not None:
                changed += compare_with_list(paper_id, facts)
    return changed
