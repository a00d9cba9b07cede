"""Requests to lift a pseudonym, and who stands behind one for the two moderators who lifted it.

Rule: this is the one place outside the models that reads the account behind a text, and only after two people agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.discussions.models import Thread
from social_cme.discussions.queries.threads import read_thread
from social_cme.discussions.rules.authorship import Author, by_name
from social_cme.extensions import db
from social_cme.moderation.models import UnmaskRequest
from social_cme.moderation.policies import can_unmask
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class UnmaskState:
    """How it stands about a pseudonym; ``identity`` only for the two who lifted it, until ``shown_until``."""

    thread: Thread
    is_author: bool
    waiting: UnmaskRequest | None
    lifted: Sequence[UnmaskRequest]
    identity: Author | None
    shown_until: datetime | None


def access_masked(ctx: RoomContext, thread_id: int) -> Thread:
    """Return a thread under a pseudonym for moderators and its author; raise ``NotFound`` for everybody else."""
    thread = read_thread(ctx, thread_id)
    is_own = thread.author_id == ctx.actor_id
    if not thread.pseudonym or not (is_own or ctx.moderates):
        raise NotFound
    return thread


def find_open_request(thread_id: int, *, lock: bool = False) -> UnmaskRequest | None:
    """Return the request of a thread that is neither confirmed nor ended, also one that has expired meanwhile."""
    statement = (
        select(UnmaskRequest)
        .options(joinedload(UnmaskRequest.requested_by))
        .where(
            UnmaskRequest.thread_id == thread_id,
            UnmaskRequest.confirmed_at.is_(None),
            UnmaskRequest.ended_at.is_(None),
        )
    )
    if lock:
        statement = statement.with_for_update(of=UnmaskRequest).execution_options(populate_existing=True)
    return db.session.scalar(statement)


def list_lifted(thread_id: int) -> Sequence[UnmaskRequest]:
    """Return the requests by which the pseudonym of a thread was lifted, the latest first."""
    return db.session.scalars(
        select(UnmaskRequest)
        .where(UnmaskRequest.thread_id == thread_id, UnmaskRequest.confirmed_at.is_not(None))
        .order_by(UnmaskRequest.id.desc())
        .limit(20)
    ).all()


def list_open_requests(ctx: RoomContext) -> list[tuple[UnmaskRequest, str]]:
    """Return the requests of a room that wait for a second moderator, with the titles of their threads."""
    rows = db.session.execute(
        select(UnmaskRequest, Thread.title)
        .join(Thread, Thread.id == UnmaskRequest.thread_id)
        .options(joinedload(UnmaskRequest.requested_by))
        .where(
            UnmaskRequest.room_id == ctx.room_id,
            UnmaskRequest.confirmed_at.is_(None),
            UnmaskRequest.ended_at.is_(None),
            UnmaskRequest.expires_at > clock.now(),
        )
        .order_by(UnmaskRequest.id)
    )
    return [(row[0], row[1]) for row in rows]


def find_state(ctx: RoomContext, thread_id: int) -> UnmaskState:
    """Return how it stands about a pseudonym, for a moderator or its author; raise ``NotFound`` for everybody else."""
    thread = access_masked(ctx, thread_id)
    is_author = thread.author_id == ctx.actor_id
    waiting = None if is_author else find_open_request(thread.id)
    own = None if is_author else _lifted_by(ctx, thread)
    return UnmaskState(
        thread=thread,
        is_author=is_author,
        waiting=waiting if waiting is not None and waiting.expires_at > clock.now() else None,
        lifted=list_lifted(thread.id),
        identity=by_name(thread.account_behind) if own is not None else None,
        shown_until=own.shown_until if own is not None else None,
    )


def _lifted_by(ctx: RoomContext, thread: Thread) -> UnmaskRequest | None:
    """Return the request by which the reader, with somebody else, may see who it is; ``None`` for everybody else."""
    if not can_unmask(ctx, author_id=thread.author_id, pseudonym=thread.pseudonym):
        return None
    return db.session.scalar(
        select(UnmaskRequest)
        .where(
            UnmaskRequest.thread_id == thread.id,
            or_(UnmaskRequest.requested_by_id == ctx.actor_id, UnmaskRequest.confirmed_by_id == ctx.actor_id),
            UnmaskRequest.shown_until > clock.now(),
        )
        .order_by(UnmaskRequest.id.desc())
        .limit(1)
    )
