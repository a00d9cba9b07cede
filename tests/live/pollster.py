"""Polls as tests hold them: prepared, opened and voted on through the real services."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.extensions import db
from social_cme.live.models import LivePoll, LiveSession, PollBallot, PollGroup, PollMark, PollRound, PollTally
from social_cme.live.queries.poll_desk import sheet_of
from social_cme.live.queries.polls import PollSheet
from social_cme.live.rules.polls import Ballot
from social_cme.live.services import ballots, polling, polls
from social_cme.live.services.polls import PollPlan
from tests.live.stage import Stage

OPTIONS = ("Furosemide twice", "Add metolazone", "Wait a day")


def plan(**changes: Any) -> PollPlan:
    """Plan a poll with one choice of three."""
    return PollPlan(**{"kind": "single", "question": "What next?", "options": OPTIONS, **changes})


def draft(stage: Stage, session: LiveSession, **changes: Any) -> LivePoll:
    """Prepare a poll as the mentor."""
    return polls.create_poll(stage.ctx(stage.mentor), session.id, plan=plan(**changes))


def opened(stage: Stage, session: LiveSession, **changes: Any) -> LivePoll:
    """Prepare a poll and open it."""
    return polling.open_round(stage.ctx(stage.mentor), session.id, draft(stage, session, **changes).id)


def vote(
    stage: Stage, poll: LivePoll, user: User, *, client_id: str | None = None, attested: Any = (), **ballot: Any
) -> ballots.Receipt:
    """Vote; ``choices``, ``value``, ``ranks``, ``shares`` or ``text``."""
    ctx = stage.ctx(user)
    made = Ballot(**ballot)
    return ballots.cast_ballot(ctx, poll.session_id, poll.id, ballot=made, attested=attested, client_id=client_id)


def close(stage: Stage, poll: LivePoll, **how: Any) -> LivePoll:
    """End the present round."""
    return polling.close_poll(stage.ctx(stage.mentor), poll.session_id, poll.id, **how)


def again(stage: Stage, poll: LivePoll) -> LivePoll:
    """Open another round."""
    return polling.open_round(stage.ctx(stage.mentor), poll.session_id, poll.id)


def sheet(poll: LivePoll) -> PollSheet:
    """Read a poll anew."""
    poll_id = poll.id
    db.session.expire_all()
    found = db.session.get(LivePoll, poll_id)
    assert found is not None
    return sheet_of(found)


def counts(poll: LivePoll, round_: int = -1) -> list[int]:
    """Return the votes of each place in a round."""
    return [bar.count for bar in sheet(poll).rounds[round_].summary.bars]


def agree(poll: LivePoll) -> None:
    """Fail unless every counter is the sum of the rows that stand behind it."""
    for one in db.session.scalars(select(PollRound).where(PollRound.poll_id == poll.id)).all():
        model = PollMark if poll.is_anonymous else PollBallot
        rows = db.session.scalar(select(func.count()).select_from(model).where(model.round_id == one.id))
        assert rows == one.voters
        ballots_ = db.session.scalars(select(PollBallot).where(PollBallot.round_id == one.id)).all()
        if poll.kind == "text":
            total = db.session.scalar(select(func.sum(PollGroup.count)).where(PollGroup.round_id == one.id)) or 0
            assert total == one.voters
        elif not poll.is_anonymous and poll.kind in {"single", "quiz", "multiple"}:
            for tally in db.session.scalars(select(PollTally).where(PollTally.round_id == one.id)):
                assert tally.count == sum(tally.place in ballot.kept["choices"] for ballot in ballots_)
        elif poll.kind == "single":
            total = db.session.scalar(select(func.sum(PollTally.count)).where(PollTally.round_id == one.id))
            assert total == one.voters
