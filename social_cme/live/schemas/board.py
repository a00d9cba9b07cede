"""A session with everything in it."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from social_cme.live.enums import RsvpState
from social_cme.live.schemas.agenda import AgendaOut
from social_cme.live.schemas.archive import ArchiveOut
from social_cme.live.schemas.base import PersonOut, Shown
from social_cme.live.schemas.breakouts import BreakoutOut, GroupOut, LayoutOut, RoundOut, StationOut
from social_cme.live.schemas.chat import ChatOut, MyReaction, QuoteOut
from social_cme.live.schemas.options import OptionsOut
from social_cme.live.schemas.polls import MyBallotOut, PollOut
from social_cme.live.schemas.questions import QuestionOut
from social_cme.live.schemas.sessions import SessionOut
from social_cme.live.schemas.slides import SlidesOut
from social_cme.live.schemas.stage import CaptionOut, HandOut, LinkOut, ProjectorOut, VideoOut


class StageOut(Shown):
    """What who leads sees beyond the others: questions that wait for approval or were declined, the earliest first."""

    seq: int
    questions: list[QuestionOut]

    @classmethod
    def of(cls, board: Any) -> Self:
        """Show what waits on a board of who leads."""
        return cls(seq=board.stage_seq, questions=[QuestionOut.of(question) for question in board.unseen.staged])


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
    options: OptionsOut
    order: list[int] = Field(description="The questions whose place was chosen by hand; they stand before the others.")
    my_questions: list[int] = Field(
        description="The ids of one's own questions among these, also those under a pseudonym."
    )
    my_unseen: list[QuestionOut] = Field(description="One's own questions that wait for approval or were declined.")
    stage: StageOut | None = Field(
        description="For who leads: what waits, as of ``seq`` of the channel ``stage:<id>``."
    )
    pinned: QuoteOut | None = Field(description="The line that is pinned to the top of the chat.")
    my_reactions: list[MyReaction]
    slides: SlidesOut
    hands: list[HandOut]
    captions: list[CaptionOut]
    captioner: PersonOut | None
    links: list[LinkOut]
    projector: ProjectorOut
    video: VideoOut
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
            agenda=AgendaOut.of(board.agenda),
            my_votes=sorted(board.my_votes),
            archive=ArchiveOut.of(board.archive) if board.archive is not None else None,
            my_rsvp=board.my_rsvp.state,
            my_position=board.my_rsvp.position,
            polls=[PollOut.of(one, voted=one.poll.id in board.my_ballots) for one in board.polls],
            my_ballots=[MyBallotOut.model_validate(one) for one in board.my_ballots.values()],
            options=OptionsOut.of(board.options),
            order=board.order,
            my_questions=sorted(board.mine),
            my_unseen=[QuestionOut.of(question) for question in board.unseen.mine],
            stage=StageOut.of(board) if board.stage_seq is not None else None,
            pinned=QuoteOut.of(board.pinned) if board.pinned is not None else None,
            my_reactions=MyReaction.all_of(board.my_reactions),
            slides=SlidesOut.of(board.stage.slides),
            hands=[HandOut.of(hand) for hand in board.stage.hands],
            captions=[CaptionOut.of(line) for line in board.stage.captions],
            captioner=PersonOut.of(board.stage.captioner) if board.stage.captioner is not None else None,
            links=[LinkOut.of(link) for link in board.stage.links],
            projector=ProjectorOut(view=board.stage.projector),
            video=VideoOut.of(board.stage.video_url),
            **dict(LayoutOut.of(board.layout)),
        )
