"""Reads of polls: with their results, one's own ballots, and what goes into a table.

Rule: a sheet is made of counters, in a number of statements that grows neither with polls nor with voters; what of it may be
shown to whom is decided by the rules and applied by the schema.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.extensions import db
from social_cme.live.enums import PollKind, PollState, SessionState
from social_cme.live.models import (
    LivePoll,
    LiveSession,
    PollBallot,
    PollGroup,
    PollMark,
    PollRound,
    PollTally,
    SessionMentor,
)
from social_cme.live.rules import poll_results
from social_cme.live.rules.poll_results import Summary
from social_cme.live.rules.polls import GROUPS_SHOWN, WITH_SHIFT, Count, Shape
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class TextGroup:
    """Free answers that say the same; ``members`` are the groups a mentor put into this one."""

    id: int
    text: str
    own: int
    is_hidden: bool
    members: list[TextGroup] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many people are behind it."""
        return self.own + sum(one.own for one in self.members)


@dataclass(frozen=True, slots=True)
class RoundSheet:
    """A round with what it adds up to; ``is_withheld`` when telling would tell who voted what."""

    round: PollRound
    summary: Summary
    groups: list[TextGroup]
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """How many people went from one answer to another between the first round and the last."""

    start: int
    end: int
    people: int


@dataclass(frozen=True, slots=True)
class PollSheet:
    """A poll as it stands at this moment, with everything that anybody may ever see of it."""

    poll: LivePoll
    state: PollState
    rounds: list[RoundSheet]
    shift: list[Moved]

    @property
    def voters(self) -> int:
        """How many have voted in the present round."""
        return self.rounds[-1].round.voters if self.rounds else 0

    def shows_results(self, *, voted: bool = False) -> bool:
        """Tell whether a participant may see the results."""
        one = self.poll
        return poll_results.shows_results(state=self.state, when=one.results_when, reveal=one.reveal, voted=voted)

    @property
    def shows_solution(self) -> bool:
        """Whether participants may see what is right."""
        return poll_results.shows_solution(state=self.state, reveal=self.poll.reveal)


@dataclass(frozen=True, slots=True)
class MyBallot:
    """That the reader has voted in the present round, and what, unless nobody can know it any more."""

    poll_id: int
    round: int
    kept: dict[str, Any] | None
    score: float | None


def shape_of(poll: LivePoll) -> Shape:
    """Return what the ballots of a poll may say."""
    return Shape(poll.kind, len(poll.options), poll.max_choices, poll.scale_min, poll.scale_max)


def access_poll(session: LiveSession, poll_id: int, *, lock: bool = False, drafts: bool = True) -> LivePoll:
    """Return a poll of this session; raise ``NotFound`` for one that is absent, elsewhere, or a draft without *drafts*."""
    statement = select(LivePoll).where(LivePoll.id == poll_id, LivePoll.session_id == session.id)
    if not drafts:
        statement = statement.where(LivePoll.state != PollState.DRAFT)
    poll = db.session.scalar(statement.with_for_update(key_share=True) if lock else statement)
    if poll is None:
        raise NotFound
    return poll


def find_round(poll: LivePoll) -> PollRound | None:
    """Return the present round of a poll, ``None`` for a draft."""
    return db.session.scalar(select(PollRound).where(PollRound.poll_id == poll.id, PollRound.number == poll.round))


def list_polls(session_id: int, *, drafts: bool = False) -> list[LivePoll]:
    """Return the polls of a session in the order in which they were prepared; drafts only when asked for."""
    statement = select(LivePoll).where(LivePoll.session_id == session_id).order_by(LivePoll.id)
    return list(db.session.scalars(statement if drafts else statement.where(LivePoll.state != PollState.DRAFT)))


def polls_by_id(ids: Collection[int]) -> dict[int, LivePoll]:
    """Return some polls as the database has them now; only for facts that their channel already guards."""
    if not ids:
        return {}
    statement = select(LivePoll).where(LivePoll.id.in_(list(ids))).execution_options(populate_existing=True)
    return {poll.id: poll for poll in db.session.scalars(statement)}


def load_sheets(polls: Sequence[LivePoll]) -> list[PollSheet]:
    """Return polls with their rounds and results: at most four statements."""
    if not polls:
        return []
    rounds = _rounds([poll.id for poll in polls])
    ids = [one.id for members in rounds.values() for one in members]
    tallies = _tallies(ids)
    texts = [one.id for poll in polls if poll.kind == PollKind.TEXT for one in rounds.get(poll.id, ())]
    groups = _groups(texts) if texts else {}
    sheets = [_sheet(poll, rounds.get(poll.id, []), tallies, groups) for poll in polls]
    moved = _moved([one for one in sheets if _has_shift(one)])
    return [
        PollSheet(one.poll, one.state, one.rounds, moved[one.poll.id]) if one.poll.id in moved else one
        for one in sheets
    ]


def _sheet(
    poll: LivePoll,
    rounds: Sequence[PollRound],
    tallies: dict[int, dict[int, Count]],
    groups: dict[int, list[TextGroup]],
) -> PollSheet:
    shape = shape_of(poll)
    shown = [
        RoundSheet(
            round=one,
            summary=poll_results.summarize(shape, tallies.get(one.id, {}), one.voters),
            groups=groups.get(one.id, []),
            is_withheld=not poll_results.enough_voters(is_anonymous=poll.is_anonymous, voters=one.voters),
        )
        for one in rounds
    ]
    return PollSheet(poll, state_of(poll, rounds[-1] if rounds else None), shown, [])


def state_of(poll: LivePoll, one: PollRound | None) -> PollState:
    """Tell where a poll with this present round stands now: one whose time is up is closed for every reader."""
    return poll_results.present_state(
        poll.state,
        ends_at=one.ends_at if one is not None else None,
        two_rounds=poll.two_rounds,
        number=poll.round,
        moment=clock.now(),
    )


def _rounds(poll_ids: Sequence[int]) -> dict[int, list[PollRound]]:
    statement = select(PollRound).where(PollRound.poll_id.in_(poll_ids)).order_by(PollRound.poll_id, PollRound.number)
    found: dict[int, list[PollRound]] = {}
    for one in db.session.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(one.poll_id, []).append(one)
    return found


def _tallies(round_ids: Sequence[int]) -> dict[int, dict[int, Count]]:
    columns = (PollTally.round_id, PollTally.place, PollTally.count, PollTally.weight, PollTally.firsts)
    found: dict[int, dict[int, Count]] = {}
    rows = db.session.execute(select(*columns).where(PollTally.round_id.in_(round_ids)))
    for round_id, place, count, weight, firsts in rows:
        found.setdefault(round_id, {})[place] = Count(count, weight, firsts)
    return found


def _groups(round_ids: Sequence[int]) -> dict[int, list[TextGroup]]:
    statement = select(PollGroup).where(PollGroup.round_id.in_(round_ids), PollGroup.count > 0)
    # Alphabetical among equals: the order of arrival would be the order of the voters.
    ordered = statement.order_by(PollGroup.count.desc(), PollGroup.norm).execution_options(populate_existing=True)
    rows = list(db.session.scalars(ordered))
    made = {row.id: TextGroup(row.id, row.text, row.count, row.is_hidden) for row in rows}
    found: dict[int, list[TextGroup]] = {}
    for row in rows:
        target = made.get(row.into_id or 0)
        if target is not None:
            target.members.append(made[row.id])
        else:
            found.setdefault(row.round_id, []).append(made[row.id])
    return {key: sorted(members, key=lambda one: -one.count)[:GROUPS_SHOWN] for key, members in found.items()}


def _has_shift(sheet: PollSheet) -> bool:
    """Tell whether it is counted who moved: named polls after their last round. Not while people vote: it reads every ballot."""
    poll = sheet.poll
    return len(sheet.rounds) > 1 and not poll.is_anonymous and poll.kind in WITH_SHIFT and sheet.state != PollState.OPEN


def _moved(sheets: Sequence[PollSheet]) -> dict[int, list[Moved]]:
    if not sheets:
        return {}
    pairs = {(one.rounds[0].round.id, one.rounds[-1].round.id): one.poll.id for one in sheets}
    before, after = aliased(PollBallot), aliased(PollBallot)
    rows = db.session.execute(
        select(before.round_id, after.round_id, before.top, after.top, func.count())
        .join(after, after.user_id == before.user_id)
        .where(
            before.round_id.in_([first for first, _last in pairs]),
            after.round_id.in_([last for _first, last in pairs]),
            before.top.is_not(None),
            after.top.is_not(None),
        )
        .group_by(before.round_id, after.round_id, before.top, after.top)
        .order_by(before.top, after.top)
    )
    found: dict[int, list[Moved]] = {poll_id: [] for poll_id in pairs.values()}
    for first, last, start, end, people in rows:
        poll_id = pairs.get((first, last))
        if poll_id is not None and start is not None and end is not None:
            found[poll_id].append(Moved(start, end, people))
    return found


# ------------------------------------------------------------------ one's own


def my_ballots(actor_id: int | None, sheets: Sequence[PollSheet]) -> dict[int, MyBallot]:
    """Return by poll that somebody has voted in its present round; two statements."""
    rounds = {one.rounds[-1].round.id: one for one in sheets if one.rounds}
    if actor_id is None or not rounds:
        return {}
    marks = select(PollMark.round_id).where(PollMark.user_id == actor_id, PollMark.round_id.in_(rounds))
    kept: dict[int, dict[str, Any] | None] = dict.fromkeys(db.session.scalars(marks))
    own = select(PollBallot).where(PollBallot.user_id == actor_id, PollBallot.round_id.in_(rounds))
    kept |= {ballot.round_id: ballot.kept for ballot in db.session.scalars(own)}
    return {rounds[round_id].poll.id: _mine(rounds[round_id], ballot) for round_id, ballot in kept.items()}


def _mine(sheet: PollSheet, kept: dict[str, Any] | None) -> MyBallot:
    poll = sheet.poll
    score = None
    if kept is not None and sheet.shows_solution:
        score = poll_results.own_score(kept, poll.correct, option_count=len(poll.options))
    return MyBallot(poll.id, poll.round, kept, score)


def has_voted(actor_id: int, round_id: int) -> bool:
    """Tell whether somebody has voted in a round."""
    for model in (PollBallot, PollMark):
        statement = select(model.id).where(model.round_id == round_id, model.user_id == actor_id)
        if db.session.scalar(statement) is not None:
            return True
    return False


# ------------------------------------------------------------------ for others


def list_copyable(ctx: RoomContext, session: LiveSession, *, limit: int = 100) -> list[tuple[LivePoll, LiveSession]]:
    """Return the polls of the room's other sessions that the person leads, the latest first."""
    statement = (
        select(LivePoll, LiveSession)
        .join(LiveSession, LiveSession.id == LivePoll.session_id)
        .where(
            LivePoll.room_id == ctx.room_id,
            LivePoll.session_id != session.id,
            LiveSession.state != SessionState.CANCELLED,
        )
        .order_by(LivePoll.id.desc())
        .limit(limit)
    )
    if not ctx.is_coordinator:
        led = select(SessionMentor.session_id).where(SessionMentor.user_id == ctx.actor_id)
        statement = statement.where(LivePoll.session_id.in_(led))
    return [(poll, other) for poll, other in db.session.execute(statement)]


def polls_answered(session_id: int) -> dict[int, int]:
    """Count by person in how many rounds of a session's polls somebody voted; that one voted is known also of anonymous polls."""
    found: dict[int, int] = {}
    for model in (PollBallot, PollMark):
        rows = db.session.execute(
            select(model.user_id, func.count())
            .join(PollRound, PollRound.id == model.round_id)
            .join(LivePoll, LivePoll.id == PollRound.poll_id)
            .where(LivePoll.session_id == session_id)
            .group_by(model.user_id)
        )
        for user_id, number in rows:
            found[user_id] = found.get(user_id, 0) + number
    return found


def ballots_of(round_ids: Sequence[int], *, batch: int = 500) -> Iterator[list[tuple[PollBallot, Any]]]:
    """Yield the named ballots of some rounds with their voters, some at a time."""
    after = 0
    while True:
        statement = (
            select(PollBallot, User)
            .join(User, User.id == PollBallot.user_id)
            .where(PollBallot.round_id.in_(list(round_ids)), PollBallot.id > after)
            .order_by(PollBallot.id)
            .limit(batch)
        )
        rows = [(ballot, user) for ballot, user in db.session.execute(statement)]
        if rows:
            yield rows
        if len(rows) < batch:
            return
        after = rows[-1][0].id
