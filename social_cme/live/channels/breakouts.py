"""Shows facts about breakouts, and what happens inside a group on the group's own channel.

Lists are merged by id: a message carries those members of a list that its fact is about, each as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.queries.breakouts import (
    Layout,
    find_group,
    group_messages_by_id,
    groups_by_id,
    layouts_by_id,
)
from social_cme.live.queries.groups import may_follow
from social_cme.live.queries.sessions import access_session, enter_session
from social_cme.live.schemas import BreakoutOut, GroupLineOut, GroupOut, LayoutOut, NotesOut, RoundOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the breakouts of *facts*, and return what shows one of them."""
    layouts = layouts_by_id(ids_of(facts, "breakout_id"))

    def show(fact: FactRecord) -> Shown:
        layout = layouts.get(id_of(fact, "breakout_id"))
        if layout is None:
            return None
        if fact.kind == "breakout.round_changed":
            return _rounds(layout, id_of(fact, "round_id"))
        if fact.kind == "breakout.person_placed":
            return _groups(layout, {id_of(fact, "group_id"), id_of(fact, "left_group_id")})
        return LayoutOut.of(layout).model_dump(mode="json")

    return show


def _rounds(layout: Layout, round_id: int) -> dict[str, Any]:
    """Show a round and the one after it, whose beginning its end decides."""
    number = next((one.number for one in layout.rounds if one.id == round_id), 0)
    shown = [one for one in layout.rounds if one.number in {number, number + 1}]
    return {
        "breakout": BreakoutOut.of(layout.breakout).model_dump(mode="json"),
        "breakout_rounds": [RoundOut.of(one, layout.meetings_in(one.id)).model_dump(mode="json") for one in shown],
    }


def _groups(layout: Layout, group_ids: set[int]) -> dict[str, Any]:
    shown = [one for one in layout.groups if one.id in group_ids]
    return {
        "breakout": BreakoutOut.of(layout.breakout).model_dump(mode="json"),
        "breakout_groups": [GroupOut.of(one, layout.people(one.id)).model_dump(mode="json") for one in shown],
    }


def authorise_group(viewer: User, group_id: int) -> None:
    """Raise unless *viewer* may follow a group's channel; absent, elsewhere and not one's own look the same."""
    group = find_group(group_id)
    if group is None:
        raise NotFound
    ctx = enter_session(viewer, group.session_id)
    if not may_follow(ctx, access_session(ctx, group.session_id), group):
        raise NotFound


def project_group(facts: Sequence[FactRecord]) -> list[Shown]:
    """Return the public data of facts inside groups, in order."""
    messages = group_messages_by_id(ids_of(facts, "message_id"))
    groups = groups_by_id({id_of(fact, "group_id") for fact in facts if fact.kind == "group.notes_saved"})

    def show(fact: FactRecord) -> Shown:
        if fact.kind == "group.notes_saved":
            group = groups.get(id_of(fact, "group_id"))
            return {"notes": NotesOut.of(group).model_dump(mode="json")} if group is not None else None
        message = messages.get(id_of(fact, "message_id"))
        return {"chat": GroupLineOut.of(message).model_dump(mode="json")} if message is not None else None

    return [show(fact) for fact in facts]
