"""Brings what is counted of people's attendance up to the rules, as additions and withdrawals that the ledger hears of.

Rule: a counted stretch is never changed. Where the reckoning of a closed attendance gives something else than what stands, only
the difference is written; so this may be called at any time, twice, and in any order, and the ledger ends the same.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.live import events
from social_cme.live.models import AttendanceInterval, CountedStretch, LiveSession
from social_cme.live.queries.attendance import list_closed, list_counted
from social_cme.live.queries.counting import Books, open_books, rivals_of
from social_cme.live.rules import Interval, common, cut, merge_intervals, whole_second
from social_cme.persistence.transaction import Transaction


def lock_people(tx: Transaction, user_ids: Collection[int]) -> None:
    """Let nobody else settle these people's time until the commit; taken before their attendance is, in the order of ids."""
    # The key may still be referred to meanwhile: what these people write need not wait.
    statement = select(User.id).where(User.id.in_(list(user_ids))).order_by(User.id)
    tx.session.execute(statement.with_for_update(key_share=True))


def settle(tx: Transaction, session_id: int, user_ids: Collection[int] | None = None) -> None:
    """Settle the time of some people (or of all who came) in a session, and where they were meanwhile."""
    tx.session.flush()
    if user_ids is None:
        came = select(AttendanceInterval.user_id).where(AttendanceInterval.session_id == session_id).distinct()
        user_ids = list(tx.session.scalars(came))
        lock_people(tx, user_ids)
    books = open_books([session_id], user_ids)
    others = rivals_of(books, [session_id])
    if others:
        # What counts there depends on where people were besides, so those sessions are read as a whole too.
        books = open_books([session_id, *others], user_ids)
    settled = [session_id, *sorted(others)]
    rooms = {
        row.id: row.room_id
        for row in tx.session.execute(select(LiveSession.id, LiveSession.room_id).where(LiveSession.id.in_(settled)))
    }
    standing, closed = list_counted(settled, user_ids), list_closed(settled, user_ids)
    for one, user_id in sorted({*standing, *closed}):
        wanted = _wanted(books, one, user_id, closed.get((one, user_id), []))
        _bring(tx, rooms[one], one, user_id, wanted, standing.get((one, user_id), []))
    tx.session.flush()


def _wanted(books: Books, session_id: int, user_id: int, closed: list[Interval]) -> list[Interval]:
    heard = merge_intervals(Interval(whole_second(one.start), whole_second(one.end)) for one in closed)
    return common(books.account(user_id, session_id).counted, heard)


def _bring(
    tx: Transaction,
    room_id: int,
    session_id: int,
    user_id: int,
    wanted: list[Interval],
    standing: list[CountedStretch],
) -> None:
    kept: list[Interval] = []
    place = {"actor_id": user_id, "room_id": room_id, "session_id": session_id}
    for row in standing:
        stands = Interval(row.started_at, row.ended_at)
        if cut([stands], wanted) or common(kept, [stands]):
            row.voided_at = clock.now()
            tx.record(events.AttendanceVoided(**place, stretch_id=row.id, seconds=row.seconds))
        else:
            kept = sorted([*kept, stands])
    for one in cut(wanted, kept):
        added = CountedStretch(session_id=session_id, user_id=user_id, started_at=one.start, ended_at=one.end)
        tx.add(added)
        tx.record(events.AttendanceClosed(**place, stretch_id=added.id, seconds=added.seconds))
