"""Shows facts about polls: to everybody, to those who lead the session, and to those who have voted.

Rule: a poll is read once for all facts about it, however many ballots they tell of. A ballot changes counters alone, so its
message carries nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, NotFound
from social_cme.core.permissions import require
from social_cme.extensions import db
from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.enums import PollState, ResultsWhen
from social_cme.live.models import LivePoll, PollRound
from social_cme.live.policies import can_lead
from social_cme.live.queries.polls import PollSheet, has_voted, load_sheets, polls_by_id
from social_cme.live.queries.sessions import enter_session, mentor_ids
from social_cme.live.schemas import PollOut
from social_cme.persistence.facts import FactRecord
from social_cme.realtime.messages import ChannelKind

Shown = dict[str, Any] | None
# What a ballot changes, for those who see results and for those who do not.
COUNTED = {"id", "state", "round", "voters", "rounds"}
NUMBER = {"id", "state", "round", "voters"}


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the polls of *facts*, and return what shows one of them to everybody."""
    sheets = _sheets(facts)
    shown: dict[tuple[int, bool], dict[str, Any]] = {}

    def show(fact: FactRecord) -> Shown:
        sheet = sheets.get(id_of(fact, "poll_id"))
        if sheet is None or sheet.state == PollState.DRAFT:
            return None
        counted = fact.kind == "poll.voted"
        key = (sheet.poll.id, counted)
        if key not in shown:
            fields = (COUNTED if sheet.shows_results() else NUMBER) if counted else None
            shown[key] = PollOut.of(sheet).model_dump(mode="json", include=fields)
        return {"polls": [shown[key]]}

    return show


def _sheets(facts: Sequence[FactRecord]) -> dict[int, PollSheet]:
    polls: list[LivePoll] = list(polls_by_id(ids_of(facts, "poll_id")).values())
    return {sheet.poll.id: sheet for sheet in load_sheets(polls)}


# ------------------------------------------------------------------ those who lead


def authorise_desk(viewer: User, session_id: int) -> None:
    """Raise unless *viewer* leads the session."""
    ctx = enter_session(viewer, session_id)
    require(can_lead(ctx, mentor_ids(session_id)))


def project_desk(facts: Sequence[FactRecord]) -> list[Shown]:
    """Return polls as those who lead the session see them; a draft that was thrown away is named in ``gone``."""
    sheets = _sheets(facts)
    shown: dict[int, dict[str, Any]] = {}
    told: list[Shown] = []
    for fact in facts:
        poll_id = id_of(fact, "poll_id")
        sheet = sheets.get(poll_id)
        if sheet is None:
            told.append({"gone": [poll_id]})
            continue
        if poll_id not in shown:
            shown[poll_id] = PollOut.of(sheet, leads=True).model_dump(mode="json")
        told.append({"polls": [shown[poll_id]]})
    return told


# ------------------------------------------------------------------ those who have voted


def authorise_round(viewer: User, round_id: int) -> None:
    """Raise unless *viewer* has voted in the round of a poll that shows its results after voting, or leads the session."""
    columns = select(LivePoll.session_id, LivePoll.results_when)
    statement = columns.join(PollRound, PollRound.poll_id == LivePoll.id).where(PollRound.id == round_id)
    found = db.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    session_id, results_when = found
    ctx = enter_session(viewer, session_id)
    if can_lead(ctx, mentor_ids(session_id)):
        return
    if results_when != ResultsWhen.VOTED or not has_voted(viewer.id, round_id):
        raise Forbidden("Results are shown to those who have voted.")


def project_round(facts: Sequence[FactRecord]) -> list[Shown]:
    """Return counters of a poll for those who have voted in the round that the fact is about."""
    sheets = _sheets(facts)
    shown: dict[int, dict[str, Any]] = {}
    told: list[Shown] = []
    for fact in facts:
        sheet = sheets.get(id_of(fact, "poll_id"))
        # Who voted in an earlier round has to vote again to see the present one.
        if sheet is None or not sheet.rounds or sheet.rounds[-1].round.id != id_of(fact, "round_id"):
            told.append(None)
            continue
        if sheet.poll.id not in shown:
            shown[sheet.poll.id] = PollOut.of(sheet, voted=True).model_dump(mode="json", include=COUNTED)
        told.append({"polls": [shown[sheet.poll.id]]})
    return told


KINDS = (
    ChannelKind("polldesk", authorise=authorise_desk, project=project_desk),
    ChannelKind("pollround", authorise=authorise_round, project=project_round),
)
