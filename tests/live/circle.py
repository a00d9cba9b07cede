"""A session with a breakout in it, as tests hold it: people in groups, experts at stations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.live.enums import BreakoutKind
from social_cme.live.models import LiveSession
from social_cme.live.queries.breakouts import Layout, find_layout
from social_cme.live.services import breakouts, placing, rounds, stations
from social_cme.live.services.breakouts import Timing
from social_cme.live.services.stations import StationPlan
from tests.live.stage import NOON, Stage

ROUND, CHANGEOVER = 600, 60


class Circle:
    """A running session of a stage with people, experts and one breakout; its verbs are the real services."""

    def __init__(self, stage: Stage, *, people: int = 4, experts: int = 2) -> None:
        self.stage = stage
        self.people = [stage.make.user(f"Person {number}") for number in range(people)]
        self.experts = [stage.make.user(f"Expert {number}") for number in range(experts)]
        for user in (*self.people, *self.experts):
            stage.make.membership(stage.room, user)
        self.mentor = stage.ctx(stage.mentor)
        self.session: LiveSession = stage.running()
        self.breakout_id = 0

    def create(self, kind: str = BreakoutKind.ROTATION, *, rounds: int = 3, **timing: Any) -> Layout:
        """Make the breakout, with the experts' stations for a rotation."""
        values = {"round_seconds": ROUND, "changeover_seconds": CHANGEOVER, **timing}
        made = breakouts.create_breakout(self.mentor, self.session.id, kind=kind, timing=Timing(rounds, **values))
        self.breakout_id = made.breakout.id
        for number, expert in enumerate(self.experts if kind == BreakoutKind.ROTATION else []):
            station = StationPlan(f"Station {number + 1}", "A topic", expert.id)
            stations.add_station(self.mentor, self.session.id, self.breakout_id, station=station)
        return self.layout()

    def form(self, *groups: list[User]) -> Layout:
        """Form groups by hand; without any, everybody in groups of one."""
        named = [[one.id for one in group] for group in (groups or [[one] for one in self.people])]
        breakouts.form(self.mentor, self.session.id, self.breakout_id, by_hand=named)
        return self.layout()

    def start(self) -> Layout:
        rounds.start(self.mentor, self.session.id, self.breakout_id)
        return self.layout()

    def do(self, act: Any, **values: Any) -> Layout:
        """Let the mentor do something about the breakout."""
        act(self.mentor, self.session.id, self.breakout_id, **values)
        return self.layout()

    def at(self, seconds: float) -> Any:
        """Move the clock to some seconds after noon."""
        return clock.at(NOON + timedelta(seconds=seconds))

    def layout(self) -> Layout:
        found = find_layout(self.session.id)
        assert found is not None
        return found

    def after(self, seconds: float) -> Layout:
        """Return the breakout some seconds after noon, as somebody finds it who looks at it then."""
        with self.at(seconds):
            rounds.catch_up(self.session.id)
            return self.layout()

    def join(self, user: User) -> Layout:
        placing.join(self.stage.ctx(user), self.session.id, self.breakout_id)
        return self.layout()

    def table(self, layout: Layout | None = None) -> list[dict[str, str]]:
        """Return who meets whom, round by round, by the names of groups and stations."""
        layout = layout or self.layout()
        names = {one.id: one.name for one in layout.groups}
        places = {one.id: one.name for one in layout.stations}
        return [{names[m.group_id]: places[m.station_id] for m in layout.meetings_in(one.id)} for one in layout.rounds]
