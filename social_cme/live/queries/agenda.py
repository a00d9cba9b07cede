"""Reads of the agenda: the segments of a session, and when each of them really ran."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.models import LiveSession, Segment, SegmentRun
from social_cme.live.rules import AgendaSums, sum_agenda


@dataclass(slots=True)
class Line:
    """A segment with its past: ``seconds`` of the runs that ended, and since when it runs now, if it does."""

    id: int
    kind: str
    title: str
    minutes: int
    countable: bool
    interactive: bool
    started_at: datetime | None = None
    running_since: datetime | None = None
    seconds: int = 0


@dataclass(slots=True)
class Agenda:
    """The segments of a session in order."""

    session_id: int
    segments: list[Line] = field(default_factory=list)

    @property
    def current(self) -> Line | None:
        """The segment that runs now."""
        return next((one for one in self.segments if one.running_since is not None), None)

    @property
    def following(self) -> Line | None:
        """The segment after the one that runs now, the first when none does."""
        current = self.current
        after = self.segments.index(current) + 1 if current is not None else 0
        return self.segments[after] if after < len(self.segments) else None

    @property
    def sums(self) -> AgendaSums:
        """What the planned minutes add up to."""
        return sum_agenda(self.segments)


def load_agenda(session_id: int) -> Agenda:
    """Return the agenda of a session, in one statement."""
    return load_agendas([session_id])[session_id]


def load_agendas(session_ids: Collection[int]) -> dict[int, Agenda]:
    """Return the agendas of some sessions as the database has them now, in one statement."""
    found = {session_id: Agenda(session_id) for session_id in session_ids}
    if not found:
        return found
    rows = db.session.execute(
        select(Segment, SegmentRun.started_at, SegmentRun.ended_at)
        .outerjoin(SegmentRun, SegmentRun.segment_id == Segment.id)
        .where(Segment.session_id.in_(list(found)))
        .order_by(Segment.session_id, Segment.position, Segment.id, SegmentRun.started_at, SegmentRun.id)
        .execution_options(populate_existing=True)
    )
    for segment, started_at, ended_at in rows:
        lines = found[segment.session_id].segments
        if not lines or lines[-1].id != segment.id:
            lines.append(_line(segment))
        if started_at is not None:
            _add_run(lines[-1], started_at, ended_at)
    return found


def list_segments(session_id: int) -> list[Segment]:
    """Return the rows of an agenda in order."""
    statement = select(Segment).where(Segment.session_id == session_id).order_by(Segment.position, Segment.id)
    return list(db.session.scalars(statement))


def access_segment(session: LiveSession, segment_id: int) -> Segment:
    """Return a segment of this session; raise ``NotFound`` for one that is absent or of another session."""
    found = db.session.scalar(select(Segment).where(Segment.id == segment_id, Segment.session_id == session.id))
    if found is None:
        raise NotFound
    return found


def find_open_run(session_id: int) -> SegmentRun | None:
    """Return the run of the segment that is the current one."""
    statement = select(SegmentRun).where(SegmentRun.session_id == session_id, SegmentRun.ended_at.is_(None))
    return db.session.scalar(statement)


def has_run(segment_id: int) -> bool:
    """Tell whether a segment was ever the current one."""
    return db.session.scalar(select(SegmentRun.id).where(SegmentRun.segment_id == segment_id).limit(1)) is not None


def _line(segment: Segment) -> Line:
    return Line(
        id=segment.id,
        kind=segment.kind,
        title=segment.title,
        minutes=segment.minutes,
        countable=segment.countable,
        interactive=segment.interactive,
    )


def _add_run(line: Line, started_at: datetime, ended_at: datetime | None) -> None:
    line.started_at = line.started_at or started_at
    if ended_at is None:
        line.running_since = started_at
    else:
        line.seconds += (ended_at - started_at) // timedelta(seconds=1)
