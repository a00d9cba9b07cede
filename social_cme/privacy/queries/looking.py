"""Looking through texts with the names of those who take part in mind."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.queries.people import participant_names
from social_cme.privacy.rules.names import is_of_participant
from social_cme.privacy.rules.refusal import Found, find_in_parts
from social_cme.privacy.rules.wording import with_wordings
from social_cme.rooms.policies import RoomContext


def look_through(actor: User, ctx: RoomContext | None, parts: Mapping[str, str]) -> list[Found]:
    """Return what could identify a patient; the names of the room's members are loaded only when a name was found."""
    today = clock.now().date()
    found = find_in_parts(parts, known_names=(actor.display_name,), own_addresses={actor.email.lower()}, today=today)
    if ctx is None or not any(_is_name(one) for one in found):
        return found
    names = participant_names(ctx.room_id, actor.display_name)
    return [one for one in found if not (_is_name(one) and is_of_participant(one.words, names))]


def with_chosen_wordings(
    ctx: RoomContext, texts: Mapping[str, str], chosen: Collection[str]
) -> tuple[dict[str, str], list[Found]]:
    """Return texts with the chosen proposals (``field:key``) put in, and what is still found in them."""
    found = look_through(ctx.user, ctx, texts)
    changed = {
        name: with_wordings(text, [one.finding for one in found if one.field == name and f"{name}:{one.key}" in chosen])
        for name, text in texts.items()
    }
    return changed, look_through(ctx.user, ctx, changed)


def _is_name(found: Found) -> bool:
    return found.finding.class_ == IdentifierClass.NAME
