"""Shapes of polls.

Rule: what is right, the rationale, and results that are held back are put in here or not at all; nothing is sent and then hidden.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from social_cme.live.enums import PollKind, PollState, ResultsWhen, Reveal
from social_cme.live.rules import polls as rules
from social_cme.live.schemas.base import ID, Id, SessionCommand, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody

Option = Annotated[str, Field(max_length=rules.MAX_OPTION)]
Place = Annotated[int, Field(ge=0, le=rules.SCALE_MOST)]


class BarOut(Shown):
    """One option, or one value of a scale. ``value``: how many chose it; points of a ranking; mean likelihood in percent."""

    place: int
    value: float
    percent: float
    count: int
    firsts: int


class MemberOut(Shown):
    """A free answer that a mentor put into another."""

    id: int
    text: str
    own: int


class GroupOut(Shown):
    """Free answers that say the same."""

    id: int
    text: str
    count: int
    is_hidden: bool
    members: list[MemberOut]


class ResultOut(Shown):
    """What a round adds up to. ``is_withheld``: so few anonymous votes that they would tell who voted what."""

    voters: int
    bars: list[BarOut]
    mean: float | None
    median: float | None
    groups: list[GroupOut]
    is_withheld: bool

    @classmethod
    def of(cls, sheet: Any, *, leads: bool) -> Self:
        """Show a round."""
        voters = sheet.round.voters
        if sheet.is_withheld:
            return cls(voters=voters, bars=[], mean=None, median=None, groups=[], is_withheld=True)
        groups = [
            GroupOut(
                id=one.id,
                text=one.text,
                count=one.count,
                is_hidden=one.is_hidden,
                members=[MemberOut.model_validate(member) for member in one.members if leads or not member.is_hidden],
            )
            for one in sheet.groups
            if leads or not one.is_hidden
        ]
        bars = [BarOut.model_validate(bar) for bar in sheet.summary.bars]
        summary = sheet.summary
        return cls(voters=voters, bars=bars, mean=summary.mean, median=summary.median, groups=groups, is_withheld=False)


class RoundOut(Shown):
    """A round of voting; ``results`` is empty while they are held back."""

    id: int
    number: int
    opened_at: datetime
    ends_at: datetime | None
    results: ResultOut | None


class SolutionOut(Shown):
    """What was right, and why; there only once it may be known."""

    correct: list[int]
    rationale: str


class MovedOut(Shown):
    """How many people went from one answer to another between the first vote and the last."""

    start: int
    end: int
    people: int


class PollOut(Shown):
    """A poll; ``options`` are counted from 1, ``voters`` those of the present round.

    ``shift`` says who moved, once the last of several rounds is over.
    """

    id: int
    kind: PollKind
    question: str
    options: list[str]
    max_choices: int | None
    scale_min: int
    scale_max: int
    label_min: str
    label_max: str
    is_anonymous: bool
    may_change: bool
    two_rounds: bool
    results_when: ResultsWhen
    reveal: Reveal
    timer_seconds: int | None
    state: PollState
    round: int
    voters: int
    rounds: list[RoundOut]
    shift: list[MovedOut] | None
    solution: SolutionOut | None

    @classmethod
    def of(cls, sheet: Any, *, voted: bool = False, leads: bool = False) -> Self:
        """Show a poll to everybody, to somebody who has voted, or to those who lead the session."""
        poll = sheet.poll
        sees = leads or sheet.shows_results(voted=voted)
        own = {
            name: getattr(poll, name)
            for name in cls.model_fields
            if name not in {"state", "voters", "rounds", "shift", "solution"}
        }
        rounds = [
            RoundOut(
                id=one.round.id,
                number=one.round.number,
                opened_at=one.round.opened_at,
                ends_at=one.round.ends_at,
                results=ResultOut.of(one, leads=leads) if sees else None,
            )
            for one in sheet.rounds
        ]
        solution = None
        if (leads or sheet.shows_solution) and (poll.correct or poll.rationale):
            solution = SolutionOut(correct=poll.correct, rationale=poll.rationale)
        shift = [MovedOut.model_validate(one) for one in sheet.shift] if sees and len(rounds) > 1 else None
        return cls(**own, state=sheet.state, voters=sheet.voters, rounds=rounds, shift=shift, solution=solution)


class MyBallotOut(Shown):
    """That one has voted in the present round. ``kept`` is empty for an anonymous vote: nobody knows it any more."""

    poll_id: int
    round: int
    kept: dict[str, Any] | None
    score: float | None


class ReceiptOut(Shown):
    """A vote is in. ``poll`` comes with results where they are shown after voting, and ``seq`` is where their channel stands."""

    poll_id: int
    round: int
    round_id: int
    voters: int
    kept: dict[str, Any] | None
    poll: PollOut | None = None
    seq: int | None = None

    @classmethod
    def of(cls, receipt: Any, seen: Any | None) -> Self:
        """Show a receipt, with what its holder may see from now on."""
        own = {name: getattr(receipt, name) for name in cls.model_fields if name not in {"poll", "seq"}}
        if seen is None:
            return cls(**own)
        return cls(**own, poll=PollOut.of(seen.sheet, voted=True), seq=seen.seq)


class PollList(Shown):
    """The polls of a session in the order of their preparation, and one's own votes."""

    items: list[PollOut]
    my_ballots: list[MyBallotOut]


class PollTable(Shown):
    """Results as a table. The CSV file of the page has the same rows, and one with the ballots of named polls."""

    header: list[str]
    rows: list[list[str | int | float | None]]


class BallotFields(Attesting):
    """A vote; only the field of the poll's kind is looked at."""

    choices: list[Place] = Field(default=[], max_length=rules.MAX_OPTIONS, description="Single, multiple, quiz.")
    value: int | None = Field(None, ge=rules.SCALE_LEAST, le=rules.SCALE_MOST, description="Scale.")
    ranks: list[Place] = Field(default=[], max_length=rules.MAX_OPTIONS, description="Ranking: the best first.")
    shares: list[Place] = Field(
        default=[],
        max_length=rules.MAX_OPTIONS,
        description="Differential: percent of each option in order, 100 in all.",
    )
    text: str = Field("", max_length=1_000, description="Free text.")

    def ballot(self) -> rules.Ballot:
        """Return it as the rules take it."""
        shares: dict[int, int | None] = dict(enumerate(self.shares, start=1))
        return rules.Ballot(choices=self.choices, value=self.value, ranks=self.ranks, shares=shares, text=self.text)


class BallotBody(ClientBody, BallotFields):
    """A vote; only the field of the poll's kind is looked at."""


class PollBody(ClientBody, Attesting):
    """A poll to be prepared; ``correct`` counts the options from 1."""

    kind: PollKind
    question: str = Field(min_length=1, max_length=rules.MAX_POLL_QUESTION)
    options: list[Option] = Field(default=[], max_length=rules.MAX_OPTIONS)
    correct: list[Place] = Field(default=[], max_length=rules.MAX_OPTIONS)
    rationale: str = Field("", max_length=rules.MAX_RATIONALE)
    max_choices: int | None = Field(None, ge=1, le=rules.MAX_OPTIONS)
    scale_min: int = Field(1, ge=rules.SCALE_LEAST, le=rules.SCALE_MOST)
    scale_max: int = Field(5, ge=rules.SCALE_LEAST, le=rules.SCALE_MOST)
    label_min: str = Field("", max_length=rules.MAX_LABEL)
    label_max: str = Field("", max_length=rules.MAX_LABEL)
    is_anonymous: bool = False
    may_change: bool = False
    two_rounds: bool = False
    results_when: ResultsWhen = ResultsWhen.CLOSED
    timer_seconds: int | None = Field(None, ge=rules.MIN_TIMER, le=rules.MAX_TIMER)


class PollPatch(Attesting):
    """Changes of a draft; what is left out stays as it is."""

    kind: PollKind | None = None
    question: str | None = Field(None, min_length=1, max_length=rules.MAX_POLL_QUESTION)
    options: list[Option] | None = Field(None, max_length=rules.MAX_OPTIONS)
    correct: list[Place] | None = Field(None, max_length=rules.MAX_OPTIONS)
    rationale: str | None = Field(None, max_length=rules.MAX_RATIONALE)
    max_choices: int | None = Field(None, ge=1, le=rules.MAX_OPTIONS)
    scale_min: int | None = Field(None, ge=rules.SCALE_LEAST, le=rules.SCALE_MOST)
    scale_max: int | None = Field(None, ge=rules.SCALE_LEAST, le=rules.SCALE_MOST)
    label_min: str | None = Field(None, max_length=rules.MAX_LABEL)
    label_max: str | None = Field(None, max_length=rules.MAX_LABEL)
    is_anonymous: bool | None = None
    may_change: bool | None = None
    two_rounds: bool | None = None
    results_when: ResultsWhen | None = None
    timer_seconds: int | None = Field(None, ge=rules.MIN_TIMER, le=rules.MAX_TIMER)


class CopyPollBody(ClientBody):
    """The poll of another session of the room that is taken over."""

    poll_id: Id = ID


class ClosePollBody(ClientBody):
    """How a round ends: into a discussion before the next one, or for good. Left out, the poll itself says."""

    discuss: bool | None = None


class ShowResultsBody(ClientBody):
    """Whether everybody sees the results now."""

    shown: bool


class GroupBody(ClientBody):
    """The answer that another is put into; empty to take it out again."""

    into_id: Id | None = Field(None, ge=1, lt=2**53)


class HideAnswerBody(ClientBody):
    """Whether the words of an answer are taken off every screen."""

    hidden: bool = True


class PollCommand(SessionCommand):
    """A message about a poll."""

    poll_id: int = ID


class VotePoll(PollCommand, BallotFields):
    """Vote in a poll; only the field of its kind is looked at. Again is a change, where that is allowed."""


class OpenPoll(PollCommand):
    """Ask everybody now: a prepared poll, or another round of one."""


class ClosePoll(PollCommand):
    """End the round that is open, or the discussion after it."""

    discuss: bool | None = None


class ShowPollResults(PollCommand):
    """Show the results to everybody now, or hold them back."""

    shown: bool


class GroupPollAnswer(PollCommand):
    """Put a free answer into another; without ``into_id`` it is taken out again."""

    group_id: int = ID
    into_id: int | None = Field(None, ge=1, lt=2**53)


class HidePollAnswer(PollCommand):
    """Take the words of a free answer off every screen, or bring them back."""

    group_id: int = ID
    hidden: bool = True
