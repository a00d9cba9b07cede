"""Reads everything that decides how somebody's minutes in a session come about, for one person or for all at once.

Rule: the number of statements grows neither with the people nor with the stretches. What is shown, exported, and settled for the
ledger is all reckoned here, so it is the same everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, literal, select, union_all

from social_cme.core import clock
from social_cme.core.events import live_channel
from social_cme.extensions import db
from social_cme.live.enums import Reckoned
from social_cme.live.models import AttendanceInterval, LiveSession, Segment, SegmentRun, SessionPause, StillHere
from social_cme.live.rules import FOREVER, Claim, Frame, Interval, Piece, claims, common, counted, length, reckon
from social_cme.live.rules import whole_second as whole
from social_cme.persistence.facts import Channel, Fact

_HALF_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Account:
    """How somebody's minutes in a session came about."""

    user_id: int
    frame: Frame
    pieces: tuple[Piece, ...]

    @property
    def first_at(self) -> datetime | None:
        """When the person came."""
        return self.pieces[0].start if self.pieces else None

    @property
    def last_at(self) -> datetime | None:
        """When the person was last there."""
        return self.pieces[-1].end if self.pieces else None

    @property
    def counted(self) -> list[Interval]:
        """The stretches that count."""
        return counted(self.pieces)

    @property
    def seconds(self) -> int:
        """What counts in all."""
        return length(self.counted)

    @property
    def interactive_seconds(self) -> int:
        """What counts of the interactive segments."""
        return length(common(self.counted, self.frame.interactive))

    def taken(self, state: Reckoned) -> int:
        """Return the seconds that *state* took."""
        return sum(one.seconds for one in self.pieces if one.state == state)


@dataclass(slots=True)
class Books:
    """What is known of some people in some sessions: the sessions' frames, who was heard when, and the signs of life."""

    frames: dict[int, Frame] = field(default_factory=dict)
    # By person, then by session.
    heard: dict[int, dict[int, list[Interval]]] = field(default_factory=lambda: defaultdict(dict))
    signs: dict[tuple[int, int], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def account(self, user_id: int, session_id: int) -> Account:
        """Reckon somebody's time in a session."""
        mine = self.heard.get(user_id, {})
        frame = self.frames[session_id]
        rivals: list[Claim] = []
        for other_id, heard in mine.items():
            if other_id != session_id:
                rivals += claims(self.frames[other_id], heard, self.signs_of(user_id, other_id))
        pieces = reckon(frame, mine.get(session_id, ()), self.signs_of(user_id, session_id), rivals)
        return Account(user_id, frame, tuple(pieces))

    def signs_of(self, user_id: int, session_id: int) -> list[datetime]:
        """Return when somebody gave a sign of life in a session; empty where nobody is asked."""
        return self.signs.get((user_id, session_id), [])


def open_books(session_ids: Collection[int], user_ids: Collection[int] | None = None) -> Books:
    """Read what decides on the time of some people (or of all who came) in some sessions, also where they were meanwhile."""
    books = Books()
    here = AttendanceInterval.session_id.in_(list(session_ids))
    who = _who(session_ids, user_ids)
    _add_heard(books, and_(here, who))
    moments = [one for mine in books.heard.values() for stretches in mine.values() for one in stretches]
    if moments:
        first, last = min(one.start for one in moments), max(one.end for one in moments)
        elsewhere = AttendanceInterval.session_id.not_in(list(session_ids))
        meanwhile = and_(AttendanceInterval.last_at >= first, AttendanceInterval.first_at <= last)
        _add_heard(books, and_(elsewhere, meanwhile, who))
    known = {session_id for mine in books.heard.values() for session_id in mine} | set(session_ids)
    books.frames = load_frames(known)
    _add_signs(books, user_ids)
    return books


def account_of(user_id: int | None, session_id: int) -> Account | None:
    """Return how somebody's minutes in a session came about, ``None`` for a stranger."""
    return open_books([session_id], [user_id]).account(user_id, session_id) if user_id is not None else None


def accounts_of(session_id: int, user_ids: Collection[int] | None = None) -> dict[int, Account]:
    """Return how the minutes of everybody who came, or of some of them, came about."""
    books = open_books([session_id], user_ids)
    there = [user_id for user_id, mine in books.heard.items() if session_id in mine]
    return {user_id: books.account(user_id, session_id) for user_id in there}


def load_frames(session_ids: Collection[int]) -> dict[int, Frame]:
    """Return what some sessions say about their own time, in two statements."""
    ids = list(session_ids)
    columns = (LiveSession.id, LiveSession.started_at, LiveSession.ended_at, LiveSession.still_here_minutes)
    rows = db.session.execute(select(*columns).where(LiveSession.id.in_(ids))).all()
    pauses, breaks, interactive = _windows(ids)
    frames: dict[int, Frame] = {}
    for session_id, started_at, ended_at, every in rows:
        frames[session_id] = Frame(
            session_id=session_id,
            # Before the start there is nothing to count.
            start=whole(started_at) if started_at is not None else FOREVER,
            end=whole(ended_at) if ended_at is not None else FOREVER,
            pauses=tuple(pauses[session_id]),
            breaks=tuple(breaks[session_id]),
            interactive=tuple(interactive[session_id]),
            ask_every=timedelta(minutes=every) if every else None,
        )
    return frames


Windows = dict[int, list[Interval]]


def _windows(ids: list[int]) -> tuple[Windows, Windows, Windows]:
    """Return the pauses, the segments that do not count and the interactive ones of some sessions."""
    pause = select(
        SessionPause.session_id,
        SessionPause.started_at,
        SessionPause.ended_at,
        literal(True).label("paused"),
        false().label("countable"),
        false().label("interactive"),
    ).where(SessionPause.session_id.in_(ids))
    run = (
        select(
            SegmentRun.session_id,
            SegmentRun.started_at,
            SegmentRun.ended_at,
            literal(False).label("paused"),
            Segment.countable,
            Segment.interactive,
        )
        .join(Segment, Segment.id == SegmentRun.segment_id)
        .where(SegmentRun.session_id.in_(ids))
    )
    both = union_all(pause, run).subquery()
    pauses: Windows = defaultdict(list)
    breaks: Windows = defaultdict(list)
    interactive: Windows = defaultdict(list)
    for session_id, started_at, ended_at, paused, countable, talks in db.session.execute(select(both)):
        window = Interval(whole(started_at), whole(ended_at) if ended_at is not None else FOREVER)
        if paused:
            pauses[session_id].append(window)
        elif not countable:
            breaks[session_id].append(window)
        elif talks:
            interactive[session_id].append(window)
    return pauses, breaks, interactive


def _who(session_ids: Collection[int], user_ids: Collection[int] | None) -> ColumnElement[bool]:
    if user_ids is not None:
        return AttendanceInterval.user_id.in_(list(user_ids))
    came = select(AttendanceInterval.user_id).where(AttendanceInterval.session_id.in_(list(session_ids)))
    return AttendanceInterval.user_id.in_(came)


def _add_heard(books: Books, condition: ColumnElement[bool]) -> None:
    row = AttendanceInterval
    statement = select(row.user_id, row.session_id, row.first_at, row.last_at).where(condition)
    for user_id, session_id, first_at, last_at in db.session.execute(statement.order_by(row.first_at, row.id)):
        books.heard[user_id].setdefault(session_id, []).append(Interval(first_at, last_at))


def _add_signs(books: Books, user_ids: Collection[int] | None) -> None:
    """Read the signs of life where somebody is asked for them: every fact that a person left in a session, and the button."""
    asking = [frame for frame in books.frames.values() if frame.ask_every is not None and frame.start != FOREVER]
    if not asking:
        return
    channels = {live_channel(frame.session_id): frame.session_id for frame in asking}
    first = min(frame.start for frame in asking) - _HALF_DAY
    last = max(min(frame.end, clock.now()) for frame in asking) + _HALF_DAY
    fact = select(Fact.channel_key, Fact.actor_id, Fact.occurred_at).where(
        Fact.occurred_at >= first, Fact.occurred_at <= last
    )
    pressed = select(StillHere.session_id, StillHere.user_id, StillHere.at).where(
        StillHere.session_id.in_(list(channels.values()))
    )
    if user_ids is None:
        fact = fact.where(Fact.channel_id.in_(select(Channel.id).where(Channel.key.in_(list(channels)))))
    else:
        # One person's facts are found by the person: a session may have ten thousands.
        fact = fact.where(Fact.actor_id.in_(list(user_ids)), Fact.channel_key.in_(list(channels)))
        pressed = pressed.where(StillHere.user_id.in_(list(user_ids)))
    for key, user_id, moment in db.session.execute(fact):
        if user_id is not None:
            books.signs[user_id, channels[key]].append(whole(moment))
    for session_id, user_id, moment in db.session.execute(pressed):
        books.signs[user_id, session_id].append(whole(moment))


def rivals_of(books: Books, session_ids: Iterable[int]) -> set[int]:
    """Return the other sessions in which somebody was meanwhile."""
    return {session_id for mine in books.heard.values() for session_id in mine} - set(session_ids)
