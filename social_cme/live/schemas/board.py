"""A session with everything in it."""

from __future__ import annotations

from typing import Any, Self

from social_cme.live.schemas.base import PersonOut, Shown
from social_cme.live.schemas.chat import ChatOut
from social_cme.live.schemas.questions import QuestionOut
from social_cme.live.schemas.sessions import SessionOut
from social_cme.live.schemas.slides import SlidesOut
from social_cme.live.schemas.stage import CaptionOut, HandOut, LinkOut, ProjectorOut, VideoOut


class BoardOut(Shown):
    """A session with everything in it; messages of its channel after ``seq`` bring it up to date."""

    seq: int
    session: SessionOut
    questions: list[QuestionOut]
    chat: list[ChatOut]
    my_votes: list[int]
    slides: SlidesOut
    hands: list[HandOut]
    captions: list[CaptionOut]
    captioner: PersonOut | None
    links: list[LinkOut]
    projector: ProjectorOut
    video: VideoOut

    @classmethod
    def of(cls, board: Any) -> Self:
        """Show a board as one person sees it."""
        return cls(
            seq=board.seq,
            session=SessionOut.of(board.session, board.mentors),
            questions=[QuestionOut.of(question) for question in board.questions],
            chat=[ChatOut.of(message) for message in board.chat],
            my_votes=sorted(board.my_votes),
            slides=SlidesOut.of(board.stage.slides),
            hands=[HandOut.of(hand) for hand in board.stage.hands],
            captions=[CaptionOut.of(line) for line in board.stage.captions],
            captioner=PersonOut.of(board.stage.captioner) if board.stage.captioner is not None else None,
            links=[LinkOut.of(link) for link in board.stage.links],
            projector=ProjectorOut(view=board.stage.projector),
            video=VideoOut.of(board.stage.video_url),
        )
