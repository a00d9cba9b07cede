"""Reads of the inbox.

Rule: a notice is shown only while its reader may read what it is about; the number of unread ones counts the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, load_only

from social_cme.accounts.enums import label
from social_cme.accounts.models import User
from social_cme.cohorts.models import Challenge, Unit
from social_cme.core.pagination import Page, clamp_limit, decode_cursor, make_page
from social_cme.core.text import excerpt
from social_cme.discussions.models import Dispute, Post, ReadMark, Thread
from social_cme.discussions.queries.sight import posts_in_sight
from social_cme.discussions.rules.authorship import Author, acting
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.moderation.models import UnmaskRequest
from social_cme.notifications.enums import (
    ABOUT_MEMBERSHIP,
    MAILED,
    READ_WITH_THREAD,
    TOLD_THOUGH_HIDDEN,
    WITH_CORRECTION,
    NoticeKind,
)
from social_cme.notifications.models import Notification, NotificationPreference
from social_cme.notifications.rules import Subject, destination, sentence
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership, Room

MOST_COUNTED = 100
_actor = aliased(User)


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the inbox."""

    id: int
    kind: NoticeKind
    text: str
    room_name: str
    person: Author | None
    endpoint: str
    values: dict[str, Any]
    at: datetime
    is_unread: bool
    detail: str = ""


def list_notices(actor: User, *, cursor: str | None = None, limit: int | None = None) -> Page[Notice]:
    """Return one's notices, the newest first; one query however many there are."""
    size = clamp_limit(limit)
    statement = _visible_to(
        actor,
        select(
            Notification,
            Room,
            Membership.role,
            Thread,
            Post,
            LiveSession.title,
            Unit.title,
            Challenge.title,
            _reason_of_lifting(),
            _actor,
            is_unread().label("unread"),
            or_(Notification.post_id.is_(None), posts_in_sight(actor)).label("in_sight"),
            _latest_dispute(Dispute.correction_md).label("correction"),
            _latest_dispute(Dispute.outcome).label("outcome"),
        ),
    )
    # The texts of threads and posts are long and not shown here.
    shown = ("author_id", "pseudonym", "pseudonym_verified")
    statement = statement.options(
        load_only(Thread.title, *(getattr(Thread, name) for name in shown), raiseload=True),
        load_only(*(getattr(Post, name) for name in shown), raiseload=True),
    )
    after = decode_cursor(cursor, int)
    if after is not None:
        statement = statement.where(Notification.id < after[0])
    rows = db.session.execute(statement.order_by(Notification.id.desc()).limit(size + 1)).all()
    return make_page([_notice(row) for row in rows], limit=size, key=lambda notice: (notice.id,))


def _latest_dispute(column: ColumnElement[str] | InstrumentedAttribute[str]) -> ScalarSelect[str]:
    return (
        select(column)
        .where(Dispute.post_id == Notification.post_id, Notification.kind.in_(WITH_CORRECTION))
        .order_by(Dispute.id.desc())
        .limit(1)
        .correlate(Notification)
        .scalar_subquery()
    )


def count_unread(actor: User) -> int:
    """Return how many notices one has not read, counting to 100 at most."""
    inner = _visible_to(actor, select(Notification.id)).where(is_unread()).limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def list_mail_choices(actor: User) -> dict[NoticeKind, bool]:
    """Return for each kind that can come by e-mail whether it does."""
    chosen = {
        one.kind: one.by_email
        for one in db.session.scalars(select(NotificationPreference).where(NotificationPreference.user_id == actor.id))
    }
    return {kind: chosen.get(kind, default) for kind, default in MAILED.items()}


def _reason_of_lifting() -> ColumnElement[str | None]:
    """Select why a pseudonym was lifted, for the notice that tells of it."""
    reason = (
        select(UnmaskRequest.reason)
        .where(UnmaskRequest.thread_id == Notification.thread_id, UnmaskRequest.confirmed_at <= Notification.created_at)
        .order_by(UnmaskRequest.id.desc())
        .limit(1)
        .correlate(Notification)
        .scalar_subquery()
    )
    return case((Notification.kind == str(NoticeKind.UNMASKED), reason))


def is_unread() -> ColumnElement[bool]:
    """Build the condition that a notice is unread; needs the reader's ``ReadMark`` of its thread joined."""
    was_seen_in_thread = and_(
        Notification.kind.in_(READ_WITH_THREAD),
        ReadMark.last_post_id.is_not(None),
        ReadMark.last_post_id >= Notification.post_id,
    )
    return and_(Notification.read_at.is_(None), ~func.coalesce(was_seen_in_thread, False))


def may_read_room() -> ColumnElement[bool]:
    """Build the condition that the person of a joined ``Membership`` may read the joined ``Room``."""
    is_member = Membership.state == MembershipState.ACTIVE
    is_not_banned = or_(Membership.state.is_(None), Membership.state != MembershipState.BANNED)
    return or_(is_member, and_(Room.visibility == Visibility.PUBLIC, is_not_banned))


def _visible_to(actor: User, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Notification)
        .join(Room, Room.id == Notification.room_id)
        .outerjoin(
            Membership, and_(Membership.room_id == Notification.room_id, Membership.user_id == Notification.user_id)
        )
        .outerjoin(Thread, Thread.id == Notification.thread_id)
        .outerjoin(Post, Post.id == Notification.post_id)
        .outerjoin(LiveSession, LiveSession.id == Notification.session_id)
        .outerjoin(Unit, Unit.id == Notification.unit_id)
        .outerjoin(Challenge, Challenge.id == Notification.challenge_id)
        .outerjoin(
            ReadMark, and_(ReadMark.thread_id == Notification.thread_id, ReadMark.user_id == Notification.user_id)
        )
        .outerjoin(_actor, _actor.id == Notification.actor_id)
        .where(
            Notification.user_id == actor.id,
            or_(Notification.kind.in_(ABOUT_MEMBERSHIP), may_read_room()),
            # A thread that was moved elsewhere is told of by the room it is in now.
            or_(
                Notification.thread_id.is_(None),
                Notification.kind.in_(TOLD_THOUGH_HIDDEN),
                and_(Thread.hidden_at.is_(None), Thread.room_id == Notification.room_id),
            ),
            or_(Notification.post_id.is_(None), Post.hidden_at.is_(None)),
            # A unit or a challenge that was removed is told of no more.
            or_(Notification.unit_id.is_(None), Unit.id.is_not(None)),
            or_(Notification.challenge_id.is_(None), Challenge.id.is_not(None)),
        )
    )


def _notice(row: Row[*tuple[Any, ...]]) -> Notice:
    notification, room, role, thread, post, *titles, account, unread, in_sight, correction, outcome = tuple(row)
    session_title, unit_title, challenge_title, reason = titles
    if not in_sight:
        # Who answered, and where, opens with the reader's own answer.
        account, correction, outcome = None, "", ""
    person = acting(account, post, thread) if account is not None else None
    about = Subject(
        kind=NoticeKind(notification.kind),
        actor_name=person.display_name if person is not None else "Somebody",
        room_slug=room.slug,
        room_name=room.name,
        role=label(role).lower() if role else "",
        thread_id=notification.thread_id,
        thread_title=thread.title if thread is not None else "",
        post_id=notification.post_id if in_sight else None,
        session_id=notification.session_id,
        session_title=session_title or "",
        unit_id=notification.unit_id,
        unit_title=unit_title or "",
        challenge_id=notification.challenge_id,
        challenge_title=challenge_title or "",
        reason=reason or "",
    )
    endpoint, values = destination(about)
    return Notice(
        id=notification.id,
        kind=about.kind,
        text=sentence(about),
        room_name=room.name,
        person=person,
        endpoint=endpoint,
        values=values,
        at=notification.created_at,
        is_unread=bool(unread),
        detail=excerpt((correction if about.kind == NoticeKind.CORRECTION else outcome) or "", limit=400),
    )


def newest_id(notices: Sequence[Notice]) -> int:
    """Return the id of the newest of *notices*, 0 when there is none."""
    return max((one.id for one in notices), default=0)
