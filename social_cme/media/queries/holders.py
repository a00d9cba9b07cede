"""What shows pictures: features above say for their own rows who may see them, and which unposted pictures a draft still names.

Rule: a picture is seen by whoever may see what shows it at this moment, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from social_cme.rooms.policies import RoomContext

CanSee = Callable[[RoomContext, int], bool]
Keeper = Callable[[Collection[int]], set[str]]

_holders: dict[str, CanSee] = {}
_keepers: dict[str, Keeper] = {}


def register_holder(holder: str, can_see: CanSee) -> None:
    """Let *can_see* decide who sees the pictures of a kind of row; it gets the room as its reader opened it, and the row's id.

    It must say no for a row of another room. A repeated name replaces the former function.
    """
    _holders[holder] = can_see


def register_keeper(name: str, keys_of: Keeper) -> None:
    """Let *keys_of* tell which pictures the drafts of some people name; it gets the people's ids."""
    _keepers[name] = keys_of


def shows(ctx: RoomContext, holder: str, holder_id: int) -> bool:
    """Tell whether the reader sees what holds a picture; nothing that nobody answers for is shown."""
    can_see = _holders.get(holder)
    return can_see is not None and can_see(ctx, holder_id)


def kept_keys(user_ids: Collection[int]) -> set[str]:
    """Return the pictures that drafts of these people name."""
    return {key for keys_of in _keepers.values() for key in keys_of(user_ids)}
