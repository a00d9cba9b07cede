"""Where somebody is in a breakout, and the whole plan as a table; what the page shows before its script takes over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from social_cme.live import rules
from social_cme.live.enums import BreakoutKind, BreakoutState, RoundState, SessionState
from social_cme.live.forms import GroupChatForm, GroupNotesForm
from social_cme.live.models import LiveSession
from social_cme.live.queries.board import Board
from social_cme.live.queries.breakouts import Layout
from social_cme.live.queries.groups import load_group, may_follow
from social_cme.live.schemas import LayoutOut
from social_cme.rooms.policies import RoomContext

PHASES = {
    "forming": "Groups are being formed",
    "changeover": "Change places",
    "round": "Round under way",
    "ended": "Everybody is back in the session",
}


@dataclass(slots=True)
class Whereabouts:
    """Everything the part of the page about a breakout reads."""

    layout: Layout
    phase: str
    words: str
    until: datetime | None = None
    left: int | None = None
    number: int = 0
    group: Any = None
    people: list[Any] = field(default_factory=list)
    own_station: Any = None
    station: Any = None
    next_station: Any = None
    next_group: Any = None
    is_last: bool = False
    groups: list[Any] = field(default_factory=list)
    stations: list[Any] = field(default_factory=list)
    rows: list[tuple[Any, list[Any]]] = field(default_factory=list)
    is_rotation: bool = True

    @property
    def is_open(self) -> bool:
        """Whether the breakout is not over."""
        return self.phase != "ended"


def look(layout: Layout | None, user_id: int | None) -> Whereabouts | None:
    """Return where somebody is in the latest breakout, ``None`` when there was none."""
    if layout is None:
        return None
    breakout, current = layout.breakout, layout.current
    phase = _phase(layout)
    view = Whereabouts(
        layout,
        phase,
        PHASES[phase],
        is_rotation=breakout.kind == BreakoutKind.ROTATION,
        groups=[one for one in layout.groups if one.gone_at is None],
        stations=[one for one in layout.stations if one.gone_at is None],
    )
    view.own_station = layout.station_of(user_id)
    view.group = layout.group_of(user_id)
    if current is not None:
        view.number, view.is_last = current.number, current.number == len(layout.rounds)
        view.until = current.starts_at if current.state == RoundState.PLANNED else current.ends_at
        if breakout.paused_at is not None and view.until is not None:
            view.left = max(0, int((view.until - breakout.paused_at).total_seconds()))
        _place(view, current.number)
    elif phase == "forming":
        _place(view, 1)
    view.people = layout.people(view.group.id) if view.group is not None else []
    view.rows = _table(layout)
    return view


def _phase(layout: Layout) -> str:
    if layout.breakout.state == BreakoutState.FORMING:
        return "forming"
    current = layout.current
    if layout.breakout.state == BreakoutState.ENDED or current is None:
        return "ended"
    return "round" if current.state == RoundState.RUNNING else "changeover"


def _place(view: Whereabouts, number: int) -> None:
    """Say where somebody's group is in a round and in the one after it; for an expert, which group comes."""
    layout = view.layout
    stations, groups = {one.id: one for one in layout.stations}, {one.id: one for one in layout.groups}
    by_number = {one.number: layout.meetings_in(one.id) for one in layout.rounds}
    for offset, name in ((0, ""), (1, "next_")):
        for meeting in by_number.get(number + offset, []):
            if meeting.cut_at is not None:
                continue
            if view.own_station is not None and meeting.station_id == view.own_station.id:
                setattr(view, f"{name}group", groups[meeting.group_id])
                setattr(view, f"{name}station", view.own_station)
            elif view.group is not None and view.own_station is None and meeting.group_id == view.group.id:
                setattr(view, f"{name}station", stations[meeting.station_id])


def _table(layout: Layout) -> list[tuple[Any, list[Any]]]:
    stations = {one.id: one for one in layout.stations}
    at = {(one.group_id, one.round_id): stations[one.station_id] for one in layout.meetings}
    shown = [one for one in layout.groups if one.gone_at is None or any(one.id == group for group, _ in at)]
    return [(group, [at.get((group.id, one.id)) for one in layout.rounds]) for group in shown]


def breakout_parts(ctx: RoomContext, session: LiveSession, board: Board) -> dict[str, Any]:
    """Return what the session's page reads about its breakout: where the reader is, and what their group wrote."""
    view = look(board.layout, ctx.actor_id)
    group = view.group if view is not None else None
    room = None
    if group is not None and session.state == SessionState.LIVE and may_follow(ctx, session, group):
        room = load_group(ctx, session, group.id)
    return {
        "breakout_view": view,
        "breakout_state": LayoutOut.of(board.layout).model_dump(mode="json"),
        "breakout_defaults": timing_defaults(),
        "group_board": room,
        "group_chat_form": GroupChatForm(formdata=None),
        "group_notes_form": notes_of(room.group) if room is not None else None,
    }


def notes_of(group: Any) -> GroupNotesForm:
    """Return the form with a group's notes as they are now."""
    return GroupNotesForm(formdata=None, notes=group.notes, revision=group.notes_revision)


def timing_defaults() -> dict[str, int]:
    """Return the usual numbers of a breakout, as the form proposes them."""
    return {
        "rounds": rules.ROUNDS_USUAL,
        "round_minutes": int(rules.ROUND_USUAL.total_seconds()) // 60,
        "changeover_seconds": int(rules.CHANGEOVER_USUAL.total_seconds()),
        "size": rules.GROUP_USUAL,
    }
