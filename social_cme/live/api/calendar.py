"""Calendars and who will come."""

from __future__ import annotations

from flask import current_app, url_for

from social_cme.core.errors import NotFound
from social_cme.live import schemas
from social_cme.live.api import SESSION, WRITE, bp
from social_cme.live.policies import can_come
from social_cme.live.queries import rsvps, sessions
from social_cme.live.queries.calendar import find_feed
from social_cme.live.services import calendar
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import endpoint


@endpoint(bp, f"{SESSION}/rsvp", "GET", result=schemas.RsvpOut, public=True)
def show_rsvp(slug: str, session_id: int) -> schemas.RsvpOut:
    """Show what one said about coming, one's place in line, and whether one may come."""
    ctx = read_room(current_actor(), slug)
    session = sessions.access_session(ctx, session_id)
    mine = rsvps.my_rsvp(ctx.actor_id, session.id)
    decision = can_come(ctx, session)
    return schemas.RsvpOut(
        state=mine.state, position=mine.position, may_come=bool(decision), reason=decision.reason or None
    )


@endpoint(bp, "/calendar-feed", "GET", result=schemas.FeedOut)
def show_feed() -> schemas.FeedOut:
    """Show one's calendar feed without its address, which was shown when it was made."""
    feed = find_feed(require_actor().id)
    if feed is None:
        raise NotFound
    return schemas.FeedOut.of(feed)


@endpoint(bp, "/calendar-feed", "POST", result=schemas.NewFeedOut, body=schemas.FeedBody, status=201, scope=WRITE)
def renew_feed(body: schemas.FeedBody) -> schemas.NewFeedOut:
    """Make a calendar feed, or give it another address; the address is in this answer alone."""
    feed, secret = calendar.renew_feed(require_actor(), all_sessions=body.all_sessions)
    address = current_app.extensions["settings"].site_url + url_for("live.calendar_feed", token=secret)
    return schemas.NewFeedOut(**schemas.FeedOut.of(feed).model_dump(), address=address)


@endpoint(bp, "/calendar-feed", "PATCH", result=schemas.FeedOut, body=schemas.FeedPatch, scope=WRITE)
def choose_feed(body: schemas.FeedPatch) -> schemas.FeedOut:
    """Say which sessions the feed holds."""
    return schemas.FeedOut.of(calendar.choose_sessions(require_actor(), all_sessions=body.all_sessions))


@endpoint(bp, "/calendar-feed", "DELETE", result=None, status=204, scope=WRITE)
def end_feed() -> None:
    """End one's calendar feed; its address is not found any more."""
    calendar.end_feed(require_actor())
