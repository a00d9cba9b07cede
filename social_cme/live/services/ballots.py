"""Voting in a poll. Rule: every ballot exactly once, and counters change only in the transaction of the ballot itself.

The session's row is not locked. The unique row of the ballot (or of the mark) decides who was first, the round's row decides
whether the ballot came in time, and both keep their locks until the commit; so counters are always the sum of the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, or_, select, update

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden
from social_cme.core.permissions import require
from social_cme.extensions import current_settings
from social_cme.live import events
from social_cme.live.enums import PollKind, PollState, ResultsWhen
from social_cme.live.models import LivePoll, PollBallot, PollGroup, PollMark, PollRound, PollTally
from social_cme.live.models.polls import unordered_id
from social_cme.live.policies import can_cast
from social_cme.live.queries.casting import Booth, enter_booth
from social_cme.live.queries.polls import shape_of, state_of
from social_cme.live.rules import poll_results
from social_cme.live.rules.polls import Addition, Ballot, Count, addition_of, checked_ballot, normalized
from social_cme.live.services.joining import decide_to_join
from social_cme.persistence.inserting import PreparedInsert, insert_into
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.queries.looking import look_through
from social_cme.privacy.rules.refusal import IdentifiersFound
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext

LATE = "This poll is closed. Your vote was not counted."


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a ballot is in: ``voters`` is how many there are now, ``kept`` what can be shown to its writer again."""

    poll_id: int
    round: int
    round_id: int
    results_when: str
    voters: int
    kept: dict[str, Any] | None

    @property
    def shows_results(self) -> bool:
        """Whether results are told to those who have voted, and so to the holder of this."""
        return self.results_when == ResultsWhen.VOTED


def cast_ballot(
    ctx: RoomContext,
    session_id: int,
    poll_id: int,
    *,
    ballot: Ballot,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> Receipt:
    """Vote, or change one's vote where that is allowed; a repeat with the same *client_id* changes nothing.

    Raises ``Forbidden`` before and after the round, ``Invalid`` for what this poll does not offer, and ``Conflict`` for a
    second vote that cannot replace the first.
    """
    user_id, room_id = ctx.user.id, ctx.room_id
    with transaction() as tx:
        booth = enter_booth(ctx, user_id=user_id, room_id=room_id, session_id=session_id, poll_id=poll_id)
        require(decide_to_join(ctx, booth.session))
        poll, one = booth.poll, booth.round
        if one is None:
            raise Forbidden(LATE)
        addition = checked_ballot(shape_of(poll), ballot)
        if poll.is_anonymous:
            return _mark(tx, ctx, booth, one, addition, attested=attested, client_id=client_id)
        return _keep(tx, ctx, booth, one, addition, attested=attested, client_id=client_id)


def _mark(
    tx: Transaction,
    ctx: RoomContext,
    booth: Booth,
    one: PollRound,
    addition: Addition,
    *,
    attested: Collection[str],
    client_id: str | None,
) -> Receipt:
    """Count an anonymous ballot: a mark that says who has voted, and counters that say what; nothing joins them.

    There is no named request, no checked text with an author, and no fact with an actor: each of them has a time.
    """
    poll, user_id = booth.poll, ctx.user.id
    values = {"id": unordered_id(), "round_id": one.id, "user_id": user_id, "client_id": client_id or ""}
    if _insert_once(tx, _MARK, values) is None:
        known = tx.session.scalar(select(PollMark.client_id).filter_by(round_id=one.id, user_id=user_id))
        if client_id and known == client_id:
            return _receipt(poll, one.id, one.voters, None)
        raise Conflict("You have voted already. An anonymous vote cannot be changed.")
    _require_open(booth)
    if addition.text:
        _refuse_identifiers(ctx, addition.text, attested)
    voters = _count_voter(tx, one.id)
    _add(tx, poll, one.id, addition)
    _tell(tx, poll, one.id, actor_id=None, first=True)
    return _receipt(poll, one.id, voters, None)


def _keep(
    tx: Transaction,
    ctx: RoomContext,
    booth: Booth,
    one: PollRound,
    addition: Addition,
    *,
    attested: Collection[str],
    client_id: str | None,
) -> Receipt:
    poll, user_id, moment = booth.poll, ctx.user.id, clock.now()
    values = {
        "round_id": one.id,
        "user_id": user_id,
        "kept": addition.kept,
        "top": addition.top,
        "client_id": client_id or "",
        "created_at": moment,
        "changed_at": moment,
    }
    ballot_id = _insert_once(tx, _BALLOT, values)
    if ballot_id is None:
        return _change(tx, ctx, booth, one, addition, attested=attested, client_id=client_id)
    _require_open(booth)
    _check_text(tx, ctx, poll, addition, attested, earlier="", ballot_id=ballot_id)
    voters = _count_voter(tx, one.id)
    _add(tx, poll, one.id, addition)
    _tell(tx, poll, one.id, actor_id=user_id, first=True)
    return _receipt(poll, one.id, voters, addition.kept)


def _change(
    tx: Transaction,
    ctx: RoomContext,
    booth: Booth,
    one: PollRound,
    addition: Addition,
    *,
    attested: Collection[str],
    client_id: str | None,
) -> Receipt:
    """Replace a named ballot: what it had added is taken back in the same transaction."""
    poll = booth.poll
    statement = select(PollBallot).filter_by(round_id=one.id, user_id=ctx.user.id)
    own = tx.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one()
    if (client_id and own.client_id == client_id) or own.kept == addition.kept:
        return _receipt(poll, one.id, one.voters, own.kept)
    claim = tx.claim(ctx.user.id, client_id, "poll.vote")
    if claim.object_id is not None:
        return _receipt(poll, one.id, one.voters, own.kept)
    _require_open(booth)
    if not poll.may_change:
        raise Conflict("You have voted already. In this poll a vote stays as it was given.")
    _check_text(tx, ctx, poll, addition, attested, earlier=str(own.kept.get("text", "")), ballot_id=own.id)
    voters = _count_voter(tx, one.id, by=0)
    _add(tx, poll, one.id, addition_of(own.kept, shape_of(poll)), sign=-1)
    _add(tx, poll, one.id, addition)
    own.kept, own.top, own.changed_at = addition.kept, addition.top, clock.now()
    _tell(tx, poll, one.id, actor_id=ctx.user.id, first=False)
    claim.settle(own.id)
    return _receipt(poll, one.id, voters, own.kept)


def _receipt(poll: LivePoll, round_id: int, voters: int, kept: dict[str, Any] | None) -> Receipt:
    return Receipt(poll.id, poll.round, round_id, poll.results_when, voters, kept)


def _require_open(booth: Booth) -> None:
    require(can_cast(booth.session, state=state_of(booth.poll, booth.round)))


def _once(model: Any) -> PreparedInsert:
    return PreparedInsert(
        model,
        lambda insert: insert.on_conflict_do_nothing(index_elements=["round_id", "user_id"]).returning(model.id),
    )


_BALLOT, _MARK = _once(PollBallot), _once(PollMark)
_VOTER = (
    update(PollRound)
    .where(
        PollRound.id == bindparam("of_round"),
        PollRound.closed_at.is_(None),
        or_(PollRound.ends_at.is_(None), PollRound.ends_at > bindparam("moment")),
    )
    .values(voters=PollRound.voters + bindparam("more"))
    .returning(PollRound.voters)
    .execution_options(synchronize_session=False)
)


def _insert_once(tx: Transaction, insert: PreparedInsert, values: Mapping[str, Any]) -> int | None:
    """Insert the row of somebody's ballot; return its id, ``None`` when there is one. Who comes second waits for the first."""
    found: int | None = tx.session.scalar(insert.of(tx.session), dict(values))
    return found


def _count_voter(tx: Transaction, round_id: int, *, by: int = 1) -> int:
    """Add to the people of a round and return their number; raise ``Forbidden`` when the round has ended meanwhile."""
    voters = tx.session.scalar(_VOTER, {"of_round": round_id, "moment": clock.now(), "more": by})
    if voters is None:
        raise Forbidden(LATE)
    return voters


def _add(tx: Transaction, poll: LivePoll, round_id: int, addition: Addition, *, sign: int = 1) -> None:
    """Add a ballot to the counters of its round, or take it back: one statement."""
    if poll.kind == PollKind.TEXT:
        _add_text(tx, round_id, addition.text, sign)
        return
    counts = addition.counts

    def by(name: str) -> Any:
        values = {place: sign * getattr(one, name) for place, one in counts.items()}
        return case(values, value=PollTally.place) if any(values.values()) else 0

    names = [name for name in Count.__dataclass_fields__ if any(getattr(one, name) for one in counts.values())]
    changes = {name: getattr(PollTally, name) + by(name) for name in names}
    statement = update(PollTally).where(PollTally.round_id == round_id, PollTally.place.in_(list(counts)))
    tx.session.execute(statement.values(changes).execution_options(synchronize_session=False))


def _add_text(tx: Transaction, round_id: int, text: str, sign: int) -> None:
    norm = normalized(text)
    if sign < 0:
        statement = update(PollGroup).where(PollGroup.round_id == round_id, PollGroup.norm == norm)
        taken = statement.values(count=PollGroup.count - 1).execution_options(synchronize_session=False)
        tx.session.execute(taken)
        return
    insert = insert_into(tx.session, PollGroup).values(
        round_id=round_id, norm=norm, text=text, count=1, is_hidden=False
    )
    grown = {"count": PollGroup.count + 1}
    tx.session.execute(insert.on_conflict_do_update(index_elements=["round_id", "norm"], set_=grown))


def _check_text(
    tx: Transaction,
    ctx: RoomContext,
    poll: LivePoll,
    addition: Addition,
    attested: Collection[str],
    *,
    earlier: str,
    ballot_id: int,
) -> None:
    if addition.text:
        check_before_publishing(
            tx,
            ctx,
            kind=ObjectKind.POLL_ANSWER,
            parts={"text": addition.text},
            attested=attested,
            earlier={"text": earlier} if earlier else None,
            place_id=poll.session_id,
        ).note(ballot_id)


def _refuse_identifiers(ctx: RoomContext, text: str, attested: Collection[str]) -> None:
    """Look through an anonymous answer by the same rules; the log of checks names authors, so nothing is written there."""
    level = current_settings().identifier_check
    if level == "off":
        return
    parts = {"text": text}
    found = look_through(ctx.user, ctx, parts)
    known = set(attested)
    open_ones = [one for one in found if (one.finding.blocks and level == "block") or one.key not in known]
    if open_ones:
        raise IdentifiersFound(open_ones, parts)


def _tell(tx: Transaction, poll: LivePoll, round_id: int, *, actor_id: int | None, first: bool) -> None:
    """Record that a ballot came in; results that not everybody may see yet go to those who may, on channels of their own."""
    about: dict[str, Any] = {"room_id": poll.room_id, "session_id": poll.session_id, "poll_id": poll.id}
    tx.record(events.PollVoted(actor_id=actor_id, **about, round=poll.round, first=first))

    def shown(*, voted: bool) -> bool:
        return poll_results.shows_results(state=PollState.OPEN, when=poll.results_when, reveal=poll.reveal, voted=voted)

    if shown(voted=False):
        return
    if poll.results_when == ResultsWhen.VOTED and shown(voted=True):
        tx.record(events.PollRoundCounted(actor_id=actor_id, **about, round_id=round_id))
    else:
        tx.record(events.PollDeskChanged(actor_id=actor_id, **about, change="voted"))
