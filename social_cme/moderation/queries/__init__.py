"""Reads of reports and of the log.

Rule: what a page shows is loaded for all its rows at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, Text, and_, case, cast, false, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.core.errors import NotFound
from social_cme.core.pagination import Page, decode_cursor, make_page
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.policies import can_see_text
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import read_thread
from social_cme.discussions.rules.authorship import Author
from social_cme.extensions import db
from social_cme.moderation.enums import FlagReason, FlagTarget
from social_cme.moderation.events import moderation_channel
from social_cme.moderation.models import Flag, LogEntry
from social_cme.persistence.facts import last_seq
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext

_SITE_MODERATORS = {SiteRole.MODERATOR, SiteRole.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything members say about one thread or post."""

    flags: Sequence[Flag]
    thread: Thread
    post: Post | None

    @property
    def flag_id(self) -> int:
        """The report under which a decision is made."""
        return self.flags[0].id

    @property
    def row(self) -> Thread | Post:
        """What is reported."""
        return self.thread if self.post is None else self.post

    @property
    def author(self) -> Author:
        """Who is shown as having written it."""
        return self.row.author

    @property
    def at(self) -> datetime:
        """When it was first reported."""
        return self.flags[0].created_at

    @property
    def reasons(self) -> list[tuple[FlagReason, int]]:
        """The reasons given, the most frequent first, with how often."""
        return Counter(FlagReason(flag.reason) for flag in self.flags).most_common()

    @property
    def notes(self) -> list[Flag]:
        """The reports with words."""
        return [flag for flag in self.flags if flag.note]

    @property
    def is_urgent(self) -> bool:
        """Whether somebody says that it could identify a patient."""
        return any(flag.reason == FlagReason.IDENTIFIER for flag in self.flags)


def access_flag(ctx: RoomContext, flag_id: int) -> Flag:
    """Return a report of the room; raise ``NotFound`` when it is absent or in another room."""
    flag = db.session.scalar(select(Flag).where(Flag.id == flag_id, Flag.room_id == ctx.room_id))
    if flag is None:
        raise NotFound
    return flag


def access_reportable(ctx: RoomContext, target: str, target_id: int) -> tuple[Thread, Post | None]:
    """Return a thread, or a post with its thread, whose words the reader sees; raise ``NotFound`` otherwise."""
    if target == FlagTarget.THREAD:
        return read_thread(ctx, target_id), None
    thread, post = access_post(ctx, target_id)
    if not can_see_text(ctx, post):
        raise NotFound
    return thread, post


def list_queue(ctx: RoomContext, *, cursor: str | None = None, limit: int = 20) -> Page[Report]:
    """Return what waits for a decision, what could identify a patient first, then the oldest."""
    urgent = func.max(case((Flag.reason == FlagReason.IDENTIFIER, 1), else_=0))
    first = func.min(Flag.id)
    statement = (
        select(Flag.target, Flag.target_id, (1 - urgent).label("later"), first.label("first"))
        .where(Flag.room_id == ctx.room_id, Flag.resolved_at.is_(None))
        .group_by(Flag.target, Flag.target_id)
        .order_by((1 - urgent), first)
        .limit(limit + 1)
    )
    after = decode_cursor(cursor, int, int)
    if after is not None:
        statement = statement.having(tuple_(1 - urgent, first) > tuple_(*after))
    rows = db.session.execute(statement).all()
    page = make_page(rows, limit=limit, key=lambda row: (row[2], row[3]))
    targets = [(row[0], row[1]) for row in page.items]
    return Page(items=_reports(ctx, targets), next_cursor=page.next_cursor)


def count_open(room_id: int) -> int:
    """Return how many texts of a room wait for a decision."""
    texts = (
        select(Flag.target, Flag.target_id)
        .where(Flag.room_id == room_id, Flag.resolved_at.is_(None))
        .distinct()
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(texts)) or 0


def list_log(ctx: RoomContext, *, cursor: str | None = None, limit: int = 50) -> Page[LogEntry]:
    """Return the log of a room, the newest first, with the people in it."""
    statement = (
        select(LogEntry)
        .options(joinedload(LogEntry.actor), joinedload(LogEntry.subject))
        .where(LogEntry.room_id == ctx.room_id)
        .order_by(LogEntry.id.desc())
        .limit(limit + 1)
    )
    before = decode_cursor(cursor, int)
    if before is not None:
        statement = statement.where(LogEntry.id < before[0])
    rows = db.session.scalars(statement).all()
    return make_page(rows, limit=limit, key=lambda row: (row.id,))


def titles_of(entries: Sequence[LogEntry]) -> dict[int, str]:
    """Return the titles of the threads that log entries are about, by thread id."""
    ids = {entry.thread_id for entry in entries if entry.thread_id is not None}
    return {row[0]: row[1] for row in db.session.execute(select(Thread.id, Thread.title).where(Thread.id.in_(ids)))}


def last_seen(ctx: RoomContext) -> int:
    """Return the number of the newest fact on the channel of the room's moderators."""
    return last_seq(db.session(), moderation_channel(ctx.room_id))


def list_my_queues(actor: User) -> list[tuple[Room, int]]:
    """Return the rooms that somebody moderates with how many texts wait in each, the fullest first."""
    waiting = _waiting()
    statement = select(Room, waiting).where(_moderated_by(actor)).order_by(waiting.desc(), Room.name)
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def count_for_moderator(actor: User, slug: str) -> int | None:
    """Return how many texts wait in a room, ``None`` for somebody who does not moderate it; a single statement."""
    return db.session.scalar(select(_waiting()).select_from(Room).where(Room.slug == slug, _moderated_by(actor)))


def list_destinations(ctx: RoomContext) -> Sequence[Room]:
    """Return the other rooms to which the reader may move a thread: open ones that they moderate as well."""
    statement = (
        select(Room)
        .where(Room.id != ctx.room_id, Room.is_archived.is_(False), _moderated_by(ctx.user))
        .order_by(Room.name)
    )
    return db.session.scalars(statement).all()


def own_flag(ctx: RoomContext, *, target: str, target_id: int) -> Flag | None:
    """Return the report that the reader made about something, ``None`` when there is none."""
    return db.session.scalar(select(Flag).filter_by(reporter_id=ctx.actor_id, target=target, target_id=target_id))


def _moderated_by(actor: User) -> ColumnElement[bool]:
    """Say ``rooms.policies.can_moderate`` as a condition on rooms."""
    if actor.site_role in _SITE_MODERATORS:
        return Room.id.is_not(None)
    mine: Select[int] = select(Membership.room_id).where(
        Membership.user_id == actor.id,
        Membership.state == MembershipState.ACTIVE,
        Membership.role.in_([RoomRole.MENTOR, RoomRole.COORDINATOR]),
    )
    return Room.id.in_(mine)


def _waiting() -> ScalarSelect[int]:
    texts = func.distinct(Flag.target + "-" + cast(Flag.target_id, Text))
    waiting = select(func.count(texts)).where(Flag.room_id == Room.id, Flag.resolved_at.is_(None))
    return waiting.correlate(Room).scalar_subquery()


def _reports(ctx: RoomContext, targets: Sequence[tuple[str, int]]) -> list[Report]:
    flags: dict[tuple[str, int], list[Flag]] = {}
    wanted = or_(*(and_(Flag.target == kind, Flag.target_id == number) for kind, number in targets), false())
    statement = (
        select(Flag)
        .options(joinedload(Flag.reporter))
        .where(Flag.room_id == ctx.room_id, Flag.resolved_at.is_(None), wanted)
        .order_by(Flag.id)
    )
    for flag in db.session.scalars(statement):
        flags.setdefault((flag.target, flag.target_id), []).append(flag)
    threads = {
        thread.id: thread
        for thread in db.session.scalars(
            select(Thread)
            .options(joinedload(Thread.account_behind))
            .where(Thread.id.in_([one[0].thread_id for one in flags.values()]))
        )
    }
    posts = {
        post.id: post
        for post in db.session.scalars(
            select(Post)
            .options(joinedload(Post.account_behind))
            .where(Post.id.in_([number for kind, number in targets if kind == FlagTarget.POST]))
        )
    }
    return [
        Report(
            flags[key], threads[flags[key][0].thread_id or 0], posts.get(key[1]) if key[0] == FlagTarget.POST else None
        )
        for key in targets
        if key in flags
    ]
