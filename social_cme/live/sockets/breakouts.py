"""Messages about breakouts: make, form, steer, place people, heal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.breakouts import find_layout, load_layout
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import breakouts, placing, rounds, stations
from social_cme.live.services.breakouts import Timing
from social_cme.live.services.stations import StationPlan
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]
# Messages that need no more than the breakout they are about.
_PLAIN: dict[str, tuple[type[Any], Callable[..., Any]]] = {
    "breakout.start": (schemas.StartBreakout, rounds.start),
    "breakout.next": (schemas.NextStep, rounds.next_step),
    "breakout.end_round": (schemas.EndRound, rounds.end_round),
    "breakout.extend": (schemas.ExtendRound, rounds.extend_round),
    "breakout.pause": (schemas.PauseRound, rounds.pause),
    "breakout.resume": (schemas.ResumeRound, rounds.resume),
    "breakout.end": (schemas.EndBreakout, rounds.end_breakout),
    "breakout.form": (schemas.FormGroups, breakouts.form),
    "breakout.add_round": (schemas.AddRound, breakouts.add_round),
    "breakout.drop_station": (schemas.DropStation, stations.drop_station),
    "breakout.return_station": (schemas.ReturnStation, stations.return_station),
    "breakout.add_group": (schemas.AddGroup, placing.new_group),
    "breakout.drop_group": (schemas.DropGroup, placing.drop_group),
    "breakout.rename_group": (schemas.RenameGroup, placing.rename_group),
    "breakout.join": (schemas.JoinGroups, placing.join),
    "breakout.leave": (schemas.LeaveGroup, placing.leave),
    "breakout.move": (schemas.MovePerson, placing.move),
}


def register(gateway: Gateway) -> None:
    """Add the messages about breakouts."""

    @gateway.on("breakout.sync", schemas.SyncBreakout)
    def sync(actor: Any, message: schemas.SyncBreakout) -> Answer:
        enter_session(actor, message.session_id)
        rounds.catch_up(message.session_id)
        return schemas.LayoutOut.of(find_layout(message.session_id)).model_dump(mode="json")

    @gateway.on("breakout.create", schemas.CreateBreakout)
    def create(actor: Any, message: schemas.CreateBreakout) -> Answer:
        ctx = enter_session(actor, message.session_id)
        timing = Timing(message.rounds, message.round_seconds, message.changeover_seconds)
        return _layout(
            breakouts.create_breakout(
                ctx, message.session_id, kind=message.kind, timing=timing, client_id=message.client_id
            )
        )

    @gateway.on("breakout.add_station", schemas.AddStation)
    def add_station(actor: Any, message: schemas.AddStation) -> Answer:
        ctx = enter_session(actor, message.session_id)
        station = StationPlan(message.name, message.topic, message.expert_id)
        return _layout(
            stations.add_station(
                ctx, message.session_id, message.breakout_id, station=station, client_id=message.client_id
            )
        )

    for event, (schema, act) in _PLAIN.items():
        _register_plain(gateway, event, schema, act)


def _register_plain(gateway: Gateway, event: str, schema: type[Any], act: Callable[..., Any]) -> None:
    def handle(actor: Any, message: Any) -> Answer:
        ctx = enter_session(actor, message.session_id)
        rest = message.model_dump(exclude={"session_id", "breakout_id"})
        return _layout(act(ctx, message.session_id, message.breakout_id, **rest))

    handle.__doc__ = schema.__doc__
    gateway.on(event, schema)(handle)


def _layout(layout: Any) -> Answer:
    return schemas.LayoutOut.of(load_layout(layout.breakout)).model_dump(mode="json")
