"""A session with everything in it."""

from __future__ import annotations

from typing import Any, Self

from social_cme.live.schemas.base import Shown
from social_cme.live.schemas.breakouts import BreakoutOut, GroupOut, LayoutOut, RoundOut, StationOut
from social_cme.live.schemas.chat import ChatOut
from social_cme.live.schemas.questions import QuestionOut
from social_cme.live.schemas.sessions import SessionOut


class BoardOut(Shown):
    """A session with everything in it; messages of its channel after ``seq`` bring it up to date."""

    seq: int
    session: SessionOut
    questions: list[QuestionOut]
    chat: list[ChatOut]
    my_votes: list[int]
    breakout: BreakoutOut | None
    breakout_groups: list[GroupOut]
    breakout_stations: list[StationOut]
    breakout_rounds: list[RoundOut]

    @classmethod
    def of(cls, board: Any) -> Self:
        """Show a board as one person sees it."""
        return cls(
            seq=board.seq,
            session=SessionOut.of(board.session, board.mentors),
            questions=[QuestionOut.of(question) for question in board.questions],
            chat=[ChatOut.of(message) for message in board.chat],
            my_votes=sorted(board.my_votes),
            **dict(LayoutOut.of(board.layout)),
        )
