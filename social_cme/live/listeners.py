"""Hears of people who left a room or the server, so that their places in its sessions go to whoever waits."""

from __future__ import annotations

from social_cme.live.services.rsvps import release_places
from social_cme.persistence.facts import FactRecord, Listener
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.queries.members import find_membership


def _release(fact: FactRecord) -> None:
    user_id = int(fact.data["user_id"] or 0)
    if fact.kind == "account.banned":
        release_places(user_id=user_id)
        return
    room_id = int(fact.data["room_id"] or 0)
    present = find_membership(room_id, user_id)
    # A fact may arrive late; whoever is a member again by then keeps what they took since.
    if present is None or present.state != MembershipState.ACTIVE:
        release_places(user_id=user_id, room_id=room_id)


LISTENERS = (
    Listener(
        name="live.release_places",
        kinds=frozenset({"membership.left", "membership.removed", "membership.banned", "account.banned"}),
        function=_release,
    ),
)
