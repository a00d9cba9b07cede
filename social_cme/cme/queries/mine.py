"""Reads of one person's own ledger.

Rule: each function takes the person and returns that person's entries alone; there is no way to name somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.cme.enums import GROUPS, Activity, EntryGroup
from social_cme.cme.models import ParticipationEntry
from social_cme.cme.rules import Interval, Moment, Period, Totals, quarter_of, totals, year_of
from social_cme.cohorts.models import StudyItem
from social_cme.core import clock
from social_cme.core.pagination import Page, clamp_limit, decode_cursor, make_page
from social_cme.discussions.models import Post, Thread
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership, Room

CSV_BATCH = 500
MOMENTS_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger with what is needed to show it.

    ``title`` is empty, and ``readable`` false, when the thread was hidden or its room can no longer be read by the person.
    """

    id: int
    activity: str
    occurred_at: datetime
    recorded_at: datetime
    started_at: datetime | None
    seconds: int
    revision: int
    voided_at: datetime | None
    void_reason: str
    room_slug: str
    room_name: str
    place_slug: str
    thread_id: int | None
    post_id: int | None
    session_id: int | None
    unit_id: int | None
    title: str
    readable: bool
    under_pseudonym: bool

    @property
    def is_counted(self) -> bool:
        """Whether the line counts."""
        return self.voided_at is None


@dataclass(frozen=True, slots=True)
class AttendedSession:
    """A live session that the person attended, with the recorded stretches."""

    session_id: int
    room_slug: str
    title: str
    start: datetime
    end: datetime
    stretches: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: this quarter and this year, in their own zone."""

    quarter: Period
    year: Period
    in_quarter: Totals
    in_year: Totals


def list_moments(user: User, *, since: datetime) -> list[Moment]:
    """Return what counts of a person's ledger from *since* on, as plain values, oldest first."""
    # An attended stretch that began just before the border still reaches into the period.
    rows = db.session.execute(
        select(
            ParticipationEntry.activity,
            ParticipationEntry.occurred_at,
            ParticipationEntry.started_at,
            ParticipationEntry.seconds,
        )
        .where(
            ParticipationEntry.user_id == user.id,
            ParticipationEntry.occurred_at >= since - timedelta(days=1),
            ParticipationEntry.voided_at.is_(None),
        )
        .order_by(ParticipationEntry.occurred_at, ParticipationEntry.id)
        .limit(MOMENTS_LIMIT)
    )
    return [Moment(activity, at, _interval(started, seconds)) for activity, at, started, seconds in rows]


def find_standing(user: User) -> Standing:
    """Return a person's totals of the present quarter and year."""
    zone = ZoneInfo(user.time_zone)
    year = year_of(clock.now().astimezone(zone).date(), zone)
    return standing_from(list_moments(user, since=year.start), zone)


def standing_from(moments: Sequence[Moment], zone: ZoneInfo) -> Standing:
    """Return the totals of the present quarter and year from moments that reach back to the beginning of the year."""
    today = clock.now().astimezone(zone).date()
    quarter, year = quarter_of(today, zone), year_of(today, zone)
    return Standing(
        quarter=quarter,
        year=year,
        in_quarter=totals(moments, start=quarter.start, end=quarter.end),
        in_year=totals(moments, start=year.start, end=year.end),
    )


def list_lines(
    user: User, *, group: EntryGroup = EntryGroup.ALL, cursor: str | None = None, limit: int | None = None
) -> Page[Line]:
    """Return a person's ledger, newest first; raise ``BadRequest`` for a cursor that was made up."""
    size = clamp_limit(limit, default=25)
    statement = _lines(user)
    if group != EntryGroup.ALL:
        statement = statement.where(ParticipationEntry.activity.in_(GROUPS[group]))
    after = decode_cursor(cursor, int, int)
    if after is not None:
        moment, entry_id = _moment_of(int(after[0] or 0)), after[1]
        statement = statement.where(
            or_(
                ParticipationEntry.occurred_at < moment,
                and_(ParticipationEntry.occurred_at == moment, ParticipationEntry.id < entry_id),
            )
        )
    statement = statement.order_by(ParticipationEntry.occurred_at.desc(), ParticipationEntry.id.desc()).limit(size + 1)
    rows = [_line(user, row) for row in db.session.execute(statement)]
    return make_page(rows, limit=size, key=lambda line: (_microseconds(line.occurred_at), line.id))


def iter_lines(user: User) -> Iterator[list[Line]]:
    """Yield a person's whole ledger, oldest first, in batches; no database transaction stays open between two of them."""
    user_id, site_role = user.id, user.site_role
    last: tuple[datetime, int] | None = None
    while True:
        statement = _lines_of(user_id)
        if last is not None:
            statement = statement.where(
                or_(
                    ParticipationEntry.occurred_at > last[0],
                    and_(ParticipationEntry.occurred_at == last[0], ParticipationEntry.id > last[1]),
                )
            )
        statement = statement.order_by(ParticipationEntry.occurred_at, ParticipationEntry.id).limit(CSV_BATCH)
        batch = [_line_for(site_role, row) for row in db.session.execute(statement)]
        db.session.rollback()
        if batch:
            yield batch
            last = (batch[-1].occurred_at, batch[-1].id)
        if len(batch) < CSV_BATCH:
            return


def list_attended_sessions(user: User, *, limit: int = 6) -> list[AttendedSession]:
    """Return the sessions that a person attended last, the newest first, each with its recorded stretches."""
    attended = (
        select(ParticipationEntry.session_id)
        .where(
            ParticipationEntry.user_id == user.id,
            ParticipationEntry.activity == Activity.SESSION_ATTENDED,
            ParticipationEntry.voided_at.is_(None),
        )
        .distinct()
    )
    sessions = db.session.execute(
        select(LiveSession, Room.slug)
        .join(Room, Room.id == LiveSession.room_id)
        .where(LiveSession.id.in_(attended))
        .order_by(LiveSession.starts_at.desc(), LiveSession.id.desc())
        .limit(limit)
    ).all()
    if not sessions:
        return []
    rows = db.session.execute(
        select(ParticipationEntry.session_id, ParticipationEntry.started_at, ParticipationEntry.seconds)
        .where(
            ParticipationEntry.user_id == user.id,
            ParticipationEntry.session_id.in_([one.id for one, _ in sessions]),
            ParticipationEntry.activity == Activity.SESSION_ATTENDED,
            ParticipationEntry.voided_at.is_(None),
        )
        .order_by(ParticipationEntry.started_at)
    )
    stretches: dict[int, list[Interval]] = {}
    for session_id, started_at, seconds in rows:
        interval = _interval(started_at, seconds)
        if session_id is not None and interval is not None:
            stretches.setdefault(session_id, []).append(interval)
    return [attended_session(one, slug, tuple(stretches.get(one.id, ()))) for one, slug in sessions]


def attended_session(session: LiveSession, room_slug: str, stretches: tuple[Interval, ...]) -> AttendedSession:
    """Join a session with stretches; its frame is the time it really ran, widened to hold every stretch."""
    start = min([session.started_at or session.starts_at, *(one.start for one in stretches)])
    end = max([session.ended_at or session.ends_at, *(one.end for one in stretches)])
    return AttendedSession(
        session_id=session.id, room_slug=room_slug, title=session.title, start=start, end=end, stretches=stretches
    )


def _interval(started_at: datetime | None, seconds: int) -> Interval | None:
    return Interval.lasting(started_at, seconds) if started_at is not None else None


def _lines(user: User) -> Select[Any]:
    return _lines_of(user.id)


def _lines_of(user_id: int) -> Select[Any]:
    home, place = Room.__table__.alias("home"), Room.__table__.alias("place")
    post, opened = Post.__table__.alias("post_now"), Thread.__table__.alias("opened")
    # A thread may have been moved, merged or split: the entry stays in its room,
    # the link leads to where it is now.
    return (
        select(
            ParticipationEntry,
            home.c.slug,
            home.c.name,
            place.c.slug,
            place.c.visibility,
            Membership.state,
            Thread.title,
            Thread.hidden_at,
            Thread.author_id,
            LiveSession.title,
            StudyItem.title,
            StudyItem.unit_id,
        )
        .join(home, home.c.id == ParticipationEntry.room_id)
        .outerjoin(post, post.c.id == ParticipationEntry.post_id)
        .outerjoin(opened, opened.c.id == ParticipationEntry.thread_id)
        .outerjoin(
            Thread,
            Thread.id == func.coalesce(post.c.thread_id, opened.c.merged_into_id, ParticipationEntry.thread_id),
        )
        .outerjoin(LiveSession, LiveSession.id == ParticipationEntry.session_id)
        .outerjoin(StudyItem, StudyItem.id == ParticipationEntry.item_id)
        .join(place, place.c.id == func.coalesce(Thread.room_id, ParticipationEntry.room_id))
        .outerjoin(Membership, and_(Membership.room_id == place.c.id, Membership.user_id == user_id))
        .where(ParticipationEntry.user_id == user_id)
    )


def _line(user: User, row: Any) -> Line:
    return _line_for(user.site_role, row)


def _line_for(site_role: str, row: Any) -> Line:
    (
        entry,
        room_slug,
        room_name,
        place_slug,
        visibility,
        state,
        thread_title,
        hidden_at,
        author_id,
        session_title,
        *study,
    ) = row
    item_title, unit_id = study
    inside = (
        state == MembershipState.ACTIVE
        or (visibility == Visibility.PUBLIC and state != MembershipState.BANNED)
        or site_role in {SiteRole.ADMINISTRATOR, SiteRole.MODERATOR, SiteRole.AUDITOR}
    )
    readable = inside and (hidden_at is None or author_id == entry.user_id)
    return Line(
        id=entry.id,
        activity=entry.activity,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        started_at=entry.started_at,
        seconds=entry.seconds,
        revision=entry.revision,
        voided_at=entry.voided_at,
        void_reason=entry.void_reason,
        room_slug=room_slug,
        room_name=room_name,
        place_slug=place_slug,
        thread_id=entry.thread_id,
        post_id=entry.post_id,
        session_id=entry.session_id,
        unit_id=unit_id,
        title=(thread_title or session_title or item_title or "") if readable else "",
        readable=readable,
        under_pseudonym=entry.under_pseudonym,
    )


def _microseconds(moment: datetime) -> int:
    return round((moment - _EPOCH) / timedelta(microseconds=1))


def _moment_of(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return _EPOCH


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
