"""Addresses that people share in a session. Rule: they are looked at as text and never fetched."""

from __future__ import annotations

from collections.abc import Collection

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.models import SharedLink
from social_cme.live.policies import can_lead, can_remove_link, can_share_link
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.stage import access_link, count_links
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


def share_link(
    ctx: RoomContext,
    session_id: int,
    *,
    title: str,
    url: str,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> SharedLink:
    """Put an http(s) address with a title on the list of the session."""
    name = required_line(title, field="title", limit=rules.MAX_LINK_TITLE, name="a title")
    address = rules.checked_address(url)
    if address is None:
        message = "Give the whole address; it begins with https:// or http:// and holds no blanks and no password."
        raise Invalid(message, fields={"url": [message]})
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(decide_to_join(ctx, session))
        claim = tx.claim(ctx.user.id, client_id, "link.share")
        if claim.object_id is not None:
            return access_link(session, claim.object_id)
        leads = bool(can_lead(ctx, mentor_ids(session.id)))
        require(can_share_link(session, leads=leads))
        if not leads and count_links(session.id, author_id=ctx.user.id) >= rules.MAX_LINKS_EACH:
            raise Conflict(f"You have shared {rules.MAX_LINKS_EACH} links here. Remove one before you add more.")
        if count_links(session.id) >= rules.MAX_LINKS:
            raise Conflict(f"This session has {rules.MAX_LINKS} links. Remove one before you add more.")
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.SHARED_LINK, parts={"title": name}, attested=attested, place_id=session.id
        )
        link = SharedLink(
            session_id=session.id,
            room_id=ctx.room_id,
            author_id=ctx.user.id,
            title=name,
            url=address,
            host=rules.host_of(address)[:255],
        )
        tx.add(link)
        tx.record(events.LinkShared(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, link_id=link.id))
        checked.note(link.id)
        claim.settle(link.id)
    return link


def remove_link(ctx: RoomContext, session_id: int, link_id: int, *, client_id: str | None = None) -> SharedLink:
    """Take an address off the list; taking it off again changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        link = access_link(session, link_id)
        require(can_remove_link(ctx, link, leads=bool(can_lead(ctx, mentor_ids(session.id)))))
        claim = tx.claim(ctx.user.id, client_id, "link.remove")
        if claim.object_id is not None or link.removed_at is not None:
            return link
        link.removed_at = clock.now()
        tx.record(events.LinkRemoved(actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, link_id=link.id))
        claim.settle(link.id)
    return link
