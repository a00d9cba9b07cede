"""Shapes of what a mentor prepares, and of series."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from social_cme.live.rules import in_words
from social_cme.live.schemas.base import PersonOut, Shown
from social_cme.live.schemas.questions import QuestionOut
from social_cme.live.schemas.sessions import SessionOut


class DuplicateOut(Shown):
    """Two waiting questions that probably ask the same, by how many of their words they share."""

    stays: QuestionOut
    goes: QuestionOut
    percent: int


class WaitingThreadOut(Shown):
    """A case or question of the room that nobody has answered."""

    id: int
    kind: str
    title: str
    created_at: datetime


class DisclosureOut(Shown):
    """What somebody who leads the session has disclosed; empty when nothing was stated yet."""

    person: PersonOut
    disclosure: str


class ShareOut(Shown):
    """How many of those who will come are of one group; ``key`` is empty where the profile says nothing."""

    key: str
    count: int


class PrepOut(Shown):
    """What who leads a session wants to know before it."""

    session: SessionOut
    top_questions: list[QuestionOut]
    waiting_questions: int
    duplicates: list[DuplicateOut]
    waiting_threads: list[WaitingThreadOut]
    disclosures: list[DisclosureOut]
    professions: list[ShareOut]
    stages: list[ShareOut]

    @classmethod
    def of(cls, prep: Any) -> Self:
        """Show a sheet."""
        return cls(
            session=SessionOut.of(prep.session, prep.mentors),
            top_questions=[QuestionOut.of(one) for one in prep.top],
            waiting_questions=prep.waiting_questions,
            duplicates=[
                DuplicateOut(stays=QuestionOut.of(one.stays), goes=QuestionOut.of(one.goes), percent=one.percent)
                for one in prep.duplicates
            ],
            waiting_threads=[WaitingThreadOut.model_validate(one) for one in prep.threads],
            disclosures=[
                DisclosureOut(person=PersonOut.of(one.user), disclosure=one.words) for one in prep.disclosures
            ],
            professions=[ShareOut.model_validate(one) for one in prep.professions],
            stages=[ShareOut.model_validate(one) for one in prep.stages],
        )


class SeriesOut(Shown):
    """A series as it was planned, with its sessions as they are now; ``words`` say the rule."""

    id: int
    rule: str
    words: str
    time_zone: str
    sessions: list[SessionOut]

    @classmethod
    def of(cls, series: Any, sessions: Any, mentors: Any) -> Self:
        """Show a series with its sessions and who leads each of them."""
        shown = [SessionOut.of(one, mentors[one.id]) for one in sessions]
        return cls(
            id=series.id,
            rule=series.rule,
            words=in_words(series.rule),
            time_zone=series.time_zone,
            sessions=shown,
        )
