"""A session with everything in it."""

from __future__ import annotations

from typing import Any, Self

from social_cme.live.enums import RsvpState
from social_cme.live.schemas.agenda import AgendaOut
from social_cme.live.schemas.archive import ArchiveOut
from social_cme.live.schemas.base import Shown
from social_cme.live.schemas.chat import ChatOut
from social_cme.live.schemas.polls import MyBallotOut, PollOut
from social_cme.live.schemas.questions import QuestionOut
from social_cme.live.schemas.sessions import SessionOut


class BoardOut(Shown):
    """A session with everything in it; messages of its channel after ``seq`` bring it up to date."""

    seq: int
    session: SessionOut
    questions: list[QuestionOut]
    chat: list[ChatOut]
    agenda: AgendaOut
    my_votes: list[int]
    archive: ArchiveOut | None
    my_rsvp: RsvpState | None
    my_position: int | None
    polls: list[PollOut]
    my_ballots: list[MyBallotOut]

    @classmethod
    def of(cls, board: Any) -> Self:
        """Show a board as one person sees it."""
        return cls(
            seq=board.seq,
            session=SessionOut.of(board.session, board.mentors),
            questions=[QuestionOut.of(question) for question in board.questions],
            chat=[ChatOut.of(message) for message in board.chat],
            agenda=AgendaOut.of(board.agenda),
            my_votes=sorted(board.my_votes),
            archive=ArchiveOut.of(board.archive) if board.archive is not None else None,
            my_rsvp=board.my_rsvp.state,
            my_position=board.my_rsvp.position,
            polls=[PollOut.of(one, voted=one.poll.id in board.my_ballots) for one in board.polls],
            my_ballots=[MyBallotOut.model_validate(one) for one in board.my_ballots.values()],
        )
