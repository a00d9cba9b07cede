"""What the parts of a session's pages that show polls read.

Rule: a page shows polls in the very shapes that travel over the channel, so what must not leave the server early cannot be in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from social_cme.live.enums import KIND_WORDS, RESULTS_WORDS, STATE_WORDS, PollState, ResultsWhen, SessionState
from social_cme.live.forms import PollTextForm
from social_cme.live.models import LiveSession
from social_cme.live.queries.board import Board
from social_cme.live.queries.poll_desk import load_desk, load_seen
from social_cme.live.queries.polls import list_copyable
from social_cme.live.rules.poll_results import ANONYMOUS_LEAST
from social_cme.live.schemas import MyBallotOut, PollOut
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class RefusedBallot:
    """A vote that was not taken, with what was chosen, so that the page can show it again."""

    poll_id: int
    message: str
    filled: Mapping[str, Sequence[str]]
    form: PollTextForm


def poll_frame(
    ctx: RoomContext, session: LiveSession, board: Board, *, leads: bool, refused: RefusedBallot | None = None
) -> dict[str, Any]:
    """Return what the parts about polls read; who leads the session sees drafts, results and solutions."""
    seq = 0
    if leads:
        desk = load_desk(ctx, session)
        seq = desk.seq
        items = [PollOut.of(sheet, leads=True) for sheet in desk.sheets]
    else:
        items = [PollOut.of(sheet, voted=sheet.poll.id in board.my_ballots) for sheet in board.polls]
    round_seq = _see_voted(items, board, leads=leads)
    mine = {one.poll_id: MyBallotOut.model_validate(one) for one in board.my_ballots.values()}
    filled: dict[int, Mapping[str, Sequence[str]]] = {
        poll_id: _filled(one.kept) for poll_id, one in mine.items() if one.kept is not None
    }
    if refused is not None:
        filled[refused.poll_id] = refused.filled
    preparing = leads and session.state in {SessionState.SCHEDULED, SessionState.LIVE}
    asked = sorted(
        (one for one in items if one.rounds), key=lambda one: (one.rounds[-1].opened_at, one.id), reverse=True
    )
    now = [one for one in asked if one.state in {PollState.OPEN, PollState.DISCUSSING}] or asked[:1]
    return {
        "polls": [one for one in items if one.state != PollState.DRAFT],
        "polls_now": now,
        "polls_earlier": [one for one in asked if one not in now],
        "poll_drafts": [one for one in items if one.state == PollState.DRAFT],
        "poll_copies": list_copyable(ctx, session) if preparing else [],
        "my_ballots": mine,
        "poll_filled": filled,
        "poll_refused": refused,
        "poll_text_form": refused.form if refused is not None else PollTextForm(formdata=None),
        "polls_state": {
            "polls": [one.model_dump(mode="json") for one in items],
            "ballots": [one.model_dump(mode="json") for one in mine.values()],
            "leads": leads,
            "seq": seq,
            "round_seq": round_seq,
        },
        "poll_words": {"kind": KIND_WORDS, "state": STATE_WORDS, "results": RESULTS_WORDS},
        "anonymous_least": ANONYMOUS_LEAST,
    }


def _see_voted(items: list[PollOut], board: Board, *, leads: bool) -> int:
    """Read the open poll again whose results are for those who have voted, together with where their channel stands."""
    for index, one in enumerate(items):
        told = one.results_when == ResultsWhen.VOTED and one.state == PollState.OPEN
        if told and (leads or one.id in board.my_ballots):
            seen = load_seen(one.id, one.rounds[-1].id)
            items[index] = PollOut.of(seen.sheet, voted=True, leads=leads)
            return seen.seq
    return 0


def _filled(kept: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a named ballot as the fields of its form."""
    found: dict[str, list[str]] = {"choices": [str(place) for place in kept.get("choices", ())]}
    found |= {name: [str(kept[name])] for name in ("value", "text") if name in kept}
    found |= {f"rank-{place}": [str(rank)] for rank, place in enumerate(kept.get("ranks", ()), start=1)}
    found |= {f"share-{place}": [str(share)] for place, share in kept.get("shares", {}).items()}
    return found
