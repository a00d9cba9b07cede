"""Who came to a session and what it was like, for those who lead it.

Rule: who asked what is not told here, for a question may stand under a pseudonym; and no number of people makes more statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.extensions import db
from social_cme.live.enums import QuestionState, Reckoned
from social_cme.live.models import AttendanceInterval, LiveQuestion, LiveSession
from social_cme.live.queries.counting import Account, accounts_of
from social_cme.live.rules import Interval, median, moments_between, people_at

CSV_BATCH = 200
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who came, with how their minutes came about."""

    user_id: int
    display_name: str
    name_key: str
    profession: str | None
    account: Account

    @property
    def first_at(self) -> datetime | None:
        """When the person came."""
        return self.account.first_at

    @property
    def last_at(self) -> datetime | None:
        """When the person was last there."""
        return self.account.last_at

    @property
    def seconds(self) -> int:
        """What counts."""
        return self.account.seconds

    @property
    def minutes(self) -> int:
        """What counts, in whole minutes."""
        return self.account.seconds // 60

    @property
    def interactive_minutes(self) -> int:
        """What counts of the interactive segments, in whole minutes."""
        return self.account.interactive_seconds // 60

    @property
    def stretches(self) -> int:
        """In how many stretches."""
        return len(self.account.counted)


@dataclass(frozen=True, slots=True)
class Statistics:
    """A session in numbers; ``responses`` are the seconds from a question to its answer."""

    attendees: tuple[Attendee, ...]
    seconds: int
    interactive_seconds: int
    has_agenda: bool
    asked: int
    answered: int
    waiting: int
    skipped: int
    responses: tuple[int, ...]
    over_time: tuple[tuple[datetime, int], ...]

    @property
    def people(self) -> int:
        """How many people came."""
        return len(self.attendees)

    @property
    def minutes(self) -> int:
        """What counts for all of them together, in whole minutes."""
        return self.seconds // 60

    @property
    def median_minutes(self) -> int:
        """What counts for the person in the middle."""
        return (median(one.seconds for one in self.attendees) or 0) // 60

    @property
    def interactive_percent(self) -> int | None:
        """How much of the counted time was interactive, ``None`` without an agenda."""
        return 100 * self.interactive_seconds // self.seconds if self.has_agenda and self.seconds else None

    @property
    def median_response(self) -> int | None:
        """How long the question in the middle waited for its answer."""
        return median(self.responses)

    @property
    def longest_response(self) -> int | None:
        """How long the question waited that waited longest."""
        return max(self.responses, default=None)


def list_attendees(session: LiveSession, *, cursor: str | None = None, limit: int = 50) -> Page[Attendee]:
    """Return a page of those who came, by name; the caller has checked ``can_see_records``."""
    return _page(session.id, cursor=cursor, limit=limit)


def iter_attendees(session_id: int) -> Iterator[list[Attendee]]:
    """Yield everybody who came by name, in batches; no database transaction stays open between two of them."""
    cursor: str | None = None
    while True:
        page = _page(session_id, cursor=cursor, limit=CSV_BATCH)
        db.session.rollback()
        yield list(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return


def load_statistics(session: LiveSession, *, has_agenda: bool) -> Statistics:
    """Return what a session was like, in a number of statements that does not grow with it."""
    session_id, start = session.id, session.started_at
    end = session.ended_at or clock.now()
    accounts = accounts_of(session_id)
    people = db.session.scalars(_people(session_id)).all()
    attendees = [_attendee(user, accounts[user.id]) for user in people if user.id in accounts]
    states, responses = _questions(session_id, start)
    moments = moments_between(start, end) if start is not None else []
    there = people_at((_presence(one) for one in accounts.values()), moments)
    waiting = {QuestionState.OPEN, QuestionState.ANSWERING}
    return Statistics(
        attendees=tuple(attendees),
        seconds=sum(one.seconds for one in attendees),
        interactive_seconds=sum(one.account.interactive_seconds for one in attendees),
        has_agenda=has_agenda,
        asked=len(states),
        answered=states.count(QuestionState.ANSWERED),
        waiting=sum(state in waiting for state in states),
        skipped=states.count(QuestionState.SKIPPED),
        responses=tuple(responses),
        over_time=tuple(zip(moments, there, strict=True)),
    )


def _questions(session_id: int, start: datetime | None) -> tuple[list[str], list[int]]:
    """Return the states of the questions and the seconds that answered ones waited: from the start at the earliest."""
    row = LiveQuestion
    found = db.session.execute(
        select(row.state, row.created_at, row.answered_at).where(row.session_id == session_id).order_by(row.id)
    ).all()
    responses = [
        max(answered_at - max(asked_at, start or asked_at), timedelta()) // _SECOND
        for state, asked_at, answered_at in found
        if state == QuestionState.ANSWERED and answered_at is not None
    ]
    return [state for state, _, _ in found], responses


def _presence(account: Account) -> Sequence[Interval]:
    there: list[Interval] = []
    for one in account.pieces:
        if one.state == Reckoned.GAP:
            continue
        if there and there[-1].end == one.start:
            there[-1] = Interval(there[-1].start, one.end)
        else:
            there.append(Interval(one.start, one.end))
    return there


def _people(session_id: int) -> Select[User]:
    came = select(AttendanceInterval.user_id).where(AttendanceInterval.session_id == session_id)
    return select(User).where(User.id.in_(came)).order_by(User.name_key, User.id)


def _page(session_id: int, *, cursor: str | None, limit: int) -> Page[Attendee]:
    statement = _people(session_id)
    after = decode_cursor(cursor, str, int)
    if after is not None:
        further = and_(User.name_key == after[0], User.id > after[1])
        statement = statement.where(or_(User.name_key > after[0], further))
    people = list(db.session.scalars(statement.limit(limit + 1)))
    accounts = accounts_of(session_id, [user.id for user in people])
    return make_page(
        [_attendee(user, accounts[user.id]) for user in people],
        limit=limit,
        key=lambda one: (one.name_key, one.user_id),
    )


def _attendee(user: User, account: Account) -> Attendee:
    gone = user.state == AccountState.CLOSED
    return Attendee(
        user_id=user.id,
        display_name="Former member" if gone else user.display_name,
        name_key=user.name_key,
        profession=None if gone else user.profession,
        account=account,
    )
