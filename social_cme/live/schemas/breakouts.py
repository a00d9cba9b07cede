"""Shapes of breakouts: what is shown of them, and what is sent to make and steer them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.enums import BreakoutKind, BreakoutState, RoundRole, RoundState
from social_cme.live.schemas.base import ID, Id, PersonOut, SessionCommand, Shown
from social_cme.realtime.messages import Incoming
from social_cme.web.api import ClientBody

_Group = Annotated[list[Annotated[int, Field(ge=1, lt=2**53)]], Field(max_length=rules.MAX_PEOPLE)]
_ROUND = {"ge": int(rules.ROUND_LEAST.total_seconds()), "le": int(rules.ROUND_MOST.total_seconds())}
_CHANGEOVER = {"ge": 0, "le": int(rules.CHANGEOVER_MOST.total_seconds())}


class BreakoutOut(Shown):
    """A breakout as a whole; while ``paused_at`` is set the time of the current round stands still."""

    id: int
    kind: BreakoutKind
    state: BreakoutState
    round_count: int
    round_seconds: int
    changeover_seconds: int
    warning_seconds: int
    started_at: datetime | None
    paused_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, breakout: Any) -> Self:
        """Show a breakout."""
        own = {name: getattr(breakout, name) for name in cls.model_fields if name != "warning_seconds"}
        return cls(**own, warning_seconds=int(rules.WARNING.total_seconds()))


class MeetingOut(Shown):
    """A group at a station; ``cut_at`` when one of the two was lost meanwhile."""

    group_id: int
    station_id: int
    cut_at: datetime | None


class RoundOut(Shown):
    """A round: ``starts_at`` is known once the one before has ended, ``ends_at`` once it runs."""

    id: int
    number: int
    state: RoundState
    starts_at: datetime | None
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    meetings: list[MeetingOut]

    @classmethod
    def of(cls, row: Any, meetings: Any) -> Self:
        """Show a round with who meets whom in it."""
        own = {name: getattr(row, name) for name in cls.model_fields if name != "meetings"}
        return cls(**own, meetings=[MeetingOut.model_validate(one) for one in meetings])


class GroupOut(Shown):
    """A group and who is in it now."""

    id: int
    position: int
    name: str
    is_gone: bool
    people: list[PersonOut]

    @classmethod
    def of(cls, group: Any, people: Any) -> Self:
        """Show a group."""
        return cls(
            id=group.id,
            position=group.position,
            name=group.name,
            is_gone=group.gone_at is not None,
            people=[PersonOut.of(one) for one in people],
        )


class StationOut(Shown):
    """A station; one that is gone keeps its place in what was played."""

    id: int
    position: int
    name: str
    topic: str
    expert: PersonOut | None
    is_gone: bool

    @classmethod
    def of(cls, station: Any) -> Self:
        """Show a station whose expert was loaded with it."""
        return cls(
            id=station.id,
            position=station.position,
            name=station.name,
            topic=station.topic,
            expert=PersonOut.of(station.expert) if station.expert is not None else None,
            is_gone=station.gone_at is not None,
        )


class LayoutOut(Shown):
    """The latest breakout of a session with everything in it; ``breakout`` is empty while there was none."""

    breakout: BreakoutOut | None
    breakout_groups: list[GroupOut]
    breakout_stations: list[StationOut]
    breakout_rounds: list[RoundOut]

    @classmethod
    def of(cls, layout: Any) -> Self:
        """Show a breakout with everything in it."""
        if layout is None:
            return cls(breakout=None, breakout_groups=[], breakout_stations=[], breakout_rounds=[])
        return cls(
            breakout=BreakoutOut.of(layout.breakout),
            breakout_groups=[GroupOut.of(one, layout.people(one.id)) for one in layout.groups],
            breakout_stations=[StationOut.of(one) for one in layout.stations],
            breakout_rounds=[RoundOut.of(one, layout.meetings_in(one.id)) for one in layout.rounds],
        )


class CreateBody(ClientBody):
    """A breakout to be made; a plain one has groups alone, a rotation sends them from station to station."""

    kind: BreakoutKind = BreakoutKind.ROTATION
    rounds: int = Field(rules.ROUNDS_USUAL, ge=1, le=rules.MAX_ROUNDS)
    round_seconds: int = Field(int(rules.ROUND_USUAL.total_seconds()), **_ROUND)  # type: ignore[call-overload]
    changeover_seconds: int = Field(int(rules.CHANGEOVER_USUAL.total_seconds()), **_CHANGEOVER)  # type: ignore[call-overload]


class FormBody(ClientBody):
    """How groups are formed: of everybody here, of some people, or by hand."""

    size: int = Field(rules.GROUP_USUAL, ge=1, le=rules.MAX_PEOPLE)
    count: int | None = Field(None, ge=1, le=rules.MAX_GROUPS)
    mix: Literal["profession", "career_stage", "none"] = "profession"
    people: _Group | None = None
    by_hand: Annotated[list[_Group], Field(max_length=rules.MAX_GROUPS)] | None = None


class StationBody(ClientBody):
    """A station to be added."""

    name: str = Field(min_length=1, max_length=rules.MAX_STATION_NAME)
    topic: str = Field("", max_length=rules.MAX_TOPIC)
    expert_id: Id | None = Field(None, ge=1, lt=2**53)


class ExtendRoundBody(ClientBody):
    """Minutes to add to the running round."""

    minutes: int = Field(2, ge=1, le=30)


class MoveBody(ClientBody):
    """The group that somebody is put into; none takes them out of theirs."""

    group_id: Id | None = Field(None, ge=1, lt=2**53)


class NameBody(ClientBody):
    """Another name."""

    name: str = Field(min_length=1, max_length=rules.MAX_GROUP_NAME)


class SyncBreakout(Incoming):
    """Ask how the breakout stands; a round whose time has come is moved on by it."""

    session_id: int = ID
    client_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{8,64}$")


class BreakoutCommand(SessionCommand):
    """A message about a breakout."""

    breakout_id: int = ID


class CreateBreakout(SessionCommand):
    """Make a breakout. Only for who leads the session, like everything that plans or steers it."""

    kind: BreakoutKind = BreakoutKind.ROTATION
    rounds: int = Field(rules.ROUNDS_USUAL, ge=1, le=rules.MAX_ROUNDS)
    round_seconds: int = Field(int(rules.ROUND_USUAL.total_seconds()), **_ROUND)  # type: ignore[call-overload]
    changeover_seconds: int = Field(int(rules.CHANGEOVER_USUAL.total_seconds()), **_CHANGEOVER)  # type: ignore[call-overload]


class FormGroups(BreakoutCommand):
    """Form the groups anew, before the start."""

    size: int = Field(rules.GROUP_USUAL, ge=1, le=rules.MAX_PEOPLE)
    count: int | None = Field(None, ge=1, le=rules.MAX_GROUPS)
    mix: Literal["profession", "career_stage", "none"] = "profession"
    people: _Group | None = None
    by_hand: Annotated[list[_Group], Field(max_length=rules.MAX_GROUPS)] | None = None


class StartBreakout(BreakoutCommand):
    """Send everybody to the groups; the first round begins after one changeover."""


class NextStep(BreakoutCommand):
    """Go on at once: from the changeover into the round, from the round into the changeover."""


class EndRound(BreakoutCommand):
    """End the running round before its time."""


class ExtendRound(BreakoutCommand):
    """Minutes to add to the running round."""

    minutes: int = Field(2, ge=1, le=30)


class PauseRound(BreakoutCommand):
    """Let the time of all groups stand still."""


class ResumeRound(BreakoutCommand):
    """Let the time go on where it stood still."""


class EndBreakout(BreakoutCommand):
    """Bring everybody back to the session."""


class AddRound(BreakoutCommand):
    """Add a round at the end."""


class AddStation(BreakoutCommand):
    """Add a station; groups go there from the next round on."""

    name: str = Field(min_length=1, max_length=rules.MAX_STATION_NAME)
    topic: str = Field("", max_length=rules.MAX_TOPIC)
    expert_id: int | None = Field(None, ge=1, lt=2**53)


class StationCommand(BreakoutCommand):
    """A message about a station."""

    station_id: int = ID


class DropStation(StationCommand):
    """Take out a station that was lost; the plan heals."""


class ReturnStation(StationCommand):
    """Take a lost station in again."""


class AddGroup(BreakoutCommand):
    """Add an empty group, for people who come late."""


class DropGroup(BreakoutCommand):
    """Take a group out; the others' plan heals."""

    group_id: int = ID


class RenameGroup(BreakoutCommand):
    """Give a group another name."""

    group_id: int = ID
    name: str = Field(min_length=1, max_length=rules.MAX_GROUP_NAME)


class JoinGroups(BreakoutCommand):
    """Come into the smallest group."""


class LeaveGroup(BreakoutCommand):
    """Leave one's group."""


class MovePerson(BreakoutCommand):
    """Put somebody into a group, or without one take them out of theirs; for who leads."""

    user_id: int = ID
    group_id: int | None = Field(None, ge=1, lt=2**53)


class AttendedOut(Shown):
    """One person's part in one round; ``seconds`` is measured, ``of_seconds`` is how long the round ran."""

    number: int
    started_at: datetime
    ended_at: datetime
    person: PersonOut
    role: RoundRole
    group: str
    station: str
    seconds: int
    of_seconds: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a row of the reckoning."""
        own = {name: getattr(row, name) for name in cls.model_fields if name != "person"}
        return cls(**own, person=PersonOut.of(row.person))


class AttendedList(Shown):
    """Who attended which round, in order."""

    items: list[AttendedOut]
