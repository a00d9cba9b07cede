"""Links for auditors: made, revoked, opened. Rule: the secret is returned once, and every visit leaves a trace."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.ids import new_token, token_hash
from social_cme.core.permissions import require
from social_cme.live import events, rules
from social_cme.live.enums import SessionState
from social_cme.live.models import LiveSession, ObserverLink, ObserverOpening
from social_cme.live.policies import can_lead
from social_cme.live.queries.observers import access_by_token, access_observer, list_observers
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.services.texts import required_line
from social_cme.persistence.transaction import transaction
from social_cme.rooms.policies import RoomContext


def make_observer(
    ctx: RoomContext, session_id: int, *, label: str, days: int, client_id: str | None = None
) -> tuple[ObserverLink, str]:
    """Make a link that ends after *days* (1, 7, 30 or 90); return it with its secret, which cannot be shown again."""
    name = required_line(label, field="label", limit=rules.MAX_OBSERVER_LABEL, name="for whom it is")
    if days not in rules.OBSERVER_DAYS:
        raise Invalid(fields={"days": ["Choose 1, 7, 30 or 90 days."]})
    secret = new_token()
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        claim = tx.claim(ctx.user.id, client_id, "observer.make")
        if claim.object_id is not None:
            raise Conflict("This link was made already and shown once. Revoke it if you did not keep it.")
        if session.state == SessionState.CANCELLED:
            raise Conflict("This session was canceled; there is nothing to observe.")
        good = [one for one in list_observers(session.id) if is_good(one)]
        if len(good) >= rules.MAX_OBSERVERS:
            raise Conflict(f"This session has {rules.MAX_OBSERVERS} links for observers. Revoke one first.")
        link = ObserverLink(
            session_id=session.id,
            room_id=ctx.room_id,
            created_by_id=ctx.user.id,
            label=name,
            token_hash=token_hash(secret),
            expires_at=clock.now() + timedelta(days=days),
        )
        tx.add(link)
        tx.record(
            events.ObserverInvited(
                actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, observer_id=link.id
            )
        )
        claim.settle(link.id)
    return link, secret


def revoke_observer(ctx: RoomContext, session_id: int, observer_id: int) -> ObserverLink:
    """Let a link lead nowhere from now on; revoking it again changes nothing."""
    with transaction() as tx:
        session = access_session(ctx, session_id, lock=True)
        require(can_lead(ctx, mentor_ids(session.id)))
        link = access_observer(session, observer_id)
        if link.revoked_at is None:
            link.revoked_at = clock.now()
            tx.record(
                events.ObserverRevoked(
                    actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, observer_id=link.id
                )
            )
    return link


def open_as_observer(token: str, *, address: str) -> tuple[RoomContext, LiveSession]:
    """Return what a secret opens, and note the visit with the network it came from; raise ``NotFound`` for a bad secret."""
    link, ctx, session = access_by_token(token)
    link_id, session_id = link.id, session.id
    with transaction() as tx:
        moment, place = clock.now(), rules.network_of(address)
        latest = tx.session.scalar(
            select(ObserverOpening)
            .where(ObserverOpening.link_id == link_id, ObserverOpening.place == place)
            .order_by(ObserverOpening.last_at.desc())
            .limit(1)
        )
        if latest is not None and moment - latest.last_at < rules.SAME_VISIT:
            latest.last_at, latest.times = max(moment, latest.last_at), latest.times + 1
        else:
            tx.add(ObserverOpening(link_id=link_id, place=place, first_at=moment, last_at=moment, times=1))
        fresh = tx.session.get(LiveSession, session_id)
    return ctx, fresh or session


def is_good(link: ObserverLink) -> bool:
    """Tell whether a link still leads to its session."""
    return link.revoked_at is None and link.expires_at > clock.now()
