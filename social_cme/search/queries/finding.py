"""The search itself: match words, keep what the reader may see, order, count and fetch what is shown.

Rule: the number of statements does not depend on how much is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, case, cast, false, func, not_, null, or_, select, true
from sqlalchemy.orm import aliased

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.models import User
from social_cme.core.errors import BadRequest
from social_cme.core.pagination import decode_cursor, encode_cursor
from social_cme.discussions.enums import CloseReason, ThreadStatus
from social_cme.discussions.models import Endorsement, Post, Thread, ThreadTag
from social_cme.discussions.queries.sight import posts_in_sight
from social_cme.discussions.rules.authorship import by_name
from social_cme.extensions import db
from social_cme.live.models import ChatMessage, LiveQuestion, LiveSession
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.rules import is_slug
from social_cme.search.enums import SCOPE_KINDS, EntryKind, SearchOrder, SearchScope
from social_cme.search.models import SearchEntry
from social_cme.search.queries.live_lines import LIVE_KINDS, join_lines, lines_shown, room_of_line, session_of_line
from social_cme.search.queries.matching import excerpts, matching
from social_cme.search.queries.results import Filters, Result, SearchPage
from social_cme.search.rules import Query, pieces_of

PAGE = 20
# Nobody reads further; a narrower search helps more than the hundredth page.
MAX_RESULTS = 400
_STAFF = {SiteRole.ADMINISTRATOR, SiteRole.MODERATOR, SiteRole.AUDITOR}
_POSTS = (EntryKind.ANSWER, EntryKind.COMMENT)


def find(actor: User | None, query: Query, filters: Filters, *, cursor: str | None = None) -> SearchPage:
    """Return one page of what *actor* may see; when nothing holds every word, of what holds some of them."""
    start = _offset(cursor)
    if query.is_empty:
        return SearchPage(query=query)
    every = True
    counts, ids = _matches(actor, query, filters, every=every, start=start)
    if not counts[SearchScope.ALL] and len(query.wanted) > 1:
        every = False
        counts, ids = _matches(actor, query, filters, every=every, start=start)
    more = len(ids) > PAGE and start + PAGE < MAX_RESULTS
    return SearchPage(
        query=query,
        items=_results(query, ids[:PAGE], every=every),
        counts=counts,
        next_cursor=encode_cursor(start + PAGE) if more else None,
        only_some_words=not every and counts[SearchScope.ALL] > 0,
    )


def list_searchable_rooms(actor: User | None) -> Sequence[Room]:
    """Return the rooms whose threads *actor* may read, by name; for the choice of a room."""
    return db.session.scalars(select(Room).where(Room.id.in_(_readable_rooms(actor))).order_by(Room.name)).all()


def _offset(cursor: str | None) -> int:
    values = decode_cursor(cursor, int)
    offset = int(values[0] or 0) if values else 0
    if not 0 <= offset < MAX_RESULTS:
        raise BadRequest("This page address is not valid. Start again from the first page.")
    return offset


def _own(actor: User | None, *states: str) -> Select[Any]:
    person = actor.id if actor is not None else None
    return select(Membership.room_id).where(Membership.user_id == person, Membership.state.in_(states))


def _readable_rooms(actor: User | None) -> Select[Any]:
    """Select the ids of the rooms whose content may be read: the rule of ``rooms.policies.can_read`` as a query."""
    rooms = select(Room.id).where(Room.id.not_in(_own(actor, MembershipState.BANNED)))
    if actor is not None and actor.site_role in _STAFF:
        return rooms
    return rooms.where(or_(Room.visibility == Visibility.PUBLIC, Room.id.in_(_own(actor, MembershipState.ACTIVE))))


def _listed_rooms(actor: User | None) -> Select[Any]:
    """Select the ids of the rooms that may be named: the rule of ``rooms.policies.can_see_room`` as a query."""
    rooms = select(Room.id).where(Room.id.not_in(_own(actor, MembershipState.BANNED)))
    if actor is not None and actor.site_role in _STAFF:
        return rooms
    return rooms.where(or_(Room.visibility != Visibility.INVITATION, Room.id.in_(_own(actor, MembershipState.ACTIVE))))


def _visible(actor: User | None, statement: Select[Any]) -> Select[Any]:
    """Join the real rows to the entries and keep what may be seen now."""
    hit = statement.subquery("hit")
    parent = aliased(Post, name="parent")
    is_post, is_room = SearchEntry.kind.in_(_POSTS), SearchEntry.kind == EntryKind.ROOM
    is_person = SearchEntry.kind == EntryKind.PERSON
    people = and_(is_person, User.state == AccountState.ACTIVE) if actor is not None else false()
    rows = (
        select(SearchEntry.id, SearchEntry.kind, hit.c.rank, SearchEntry.created_at.label("place"))
        .join_from(hit, SearchEntry, SearchEntry.id == hit.c.entry_id)
        .outerjoin(Thread, Thread.id == SearchEntry.thread_id)
        .outerjoin(Post, and_(is_post, Post.id == SearchEntry.object_id))
        .outerjoin(parent, parent.id == Post.parent_id)
    )
    return (
        join_lines(rows)
        .outerjoin(Room, Room.id == _case_room(is_room))
        .outerjoin(User, and_(is_person, User.id == SearchEntry.object_id))
        .where(
            or_(
                and_(
                    SearchEntry.thread_id.is_not(None),
                    Thread.room_id.in_(_readable_rooms(actor)),
                    Thread.hidden_at.is_(None),
                    or_(not_(is_post), and_(Post.id.is_not(None), Post.hidden_at.is_(None), posts_in_sight(actor))),
                    parent.hidden_at.is_(None),
                ),
                and_(lines_shown(), room_of_line().in_(_readable_rooms(actor))),
                and_(is_room, Room.id.in_(_listed_rooms(actor))),
                people,
            )
        )
    )


def _case_room(is_room: ColumnElement[bool]) -> ColumnElement[Any]:
    return case((is_room, SearchEntry.object_id), else_=func.coalesce(Thread.room_id, room_of_line()))


def _narrowed(statement: Select[Any], filters: Filters) -> Select[Any]:
    statement = statement.where(_fitting(filters))
    if filters.room:
        statement = statement.where(Room.slug == filters.room if is_slug(filters.room) else false())
    if filters.author_id is not None:
        written_by = func.coalesce(Post.author_id, Thread.author_id, LiveQuestion.author_id, ChatMessage.author_id)
        # What somebody wrote under a pseudonym is nobody's when it is asked for by author.
        statement = statement.where(
            written_by == filters.author_id,
            func.coalesce(Post.pseudonym, Thread.pseudonym, LiveQuestion.pseudonym, "") == "",
        )
    if filters.specialty:
        statement = statement.where(func.coalesce(Room.specialty, User.specialty) == filters.specialty)
    if filters.tag and not filters.tag.isprintable():
        statement = statement.where(false())
    elif filters.tag:
        tagged = select(ThreadTag.thread_id).where(ThreadTag.key == filters.tag)
        statement = statement.where(SearchEntry.thread_id.in_(tagged))
    is_thread = SearchEntry.kind == EntryKind.THREAD
    if filters.solved:
        solved = or_(
            Thread.accepted_count > 0,
            Thread.endorsed_count > 0,
            Thread.status == ThreadStatus.ANSWERED,
            Thread.closed_reason == CloseReason.RESOLVED,
        )
        statement = statement.where(or_(and_(is_thread, solved), Post.is_accepted == true()))
    if filters.endorsed or filters.evidence is not None:
        statement = statement.where(or_(and_(is_thread, Thread.endorsed_count > 0), Post.is_endorsed == true()))
    if filters.evidence is not None:
        level = select(Endorsement.id).where(
            Endorsement.evidence_level == filters.evidence, Endorsement.lapsed_at.is_(None)
        )
        answer = aliased(Post, name="answer")
        inside = level.join(answer, answer.id == Endorsement.post_id).where(answer.thread_id == Thread.id)
        statement = statement.where(
            or_(and_(is_thread, inside.exists()), level.where(Endorsement.post_id == Post.id).exists())
        )
    return statement


def _fitting(filters: Filters) -> ColumnElement[bool]:
    in_threads = SearchEntry.thread_id.is_not(None)
    if filters.is_about_threads:
        return in_threads
    return or_(in_threads, SearchEntry.kind.in_(LIVE_KINDS)) if filters.is_about_texts else true()


def _matches(
    actor: User | None, query: Query, filters: Filters, *, every: bool, start: int
) -> tuple[dict[SearchScope, int], list[int]]:
    """Return how many entries each scope has, and the ids of one page and one more, in order; all in one statement."""
    seen = _narrowed(_visible(actor, matching(query, every=every)), filters).cte("seen")
    newest = filters.order == SearchOrder.NEWEST
    # The newest entries have the highest place, the best ones the lowest rank.
    place = seen.c.place.desc() if newest else seen.c.rank
    page = select(seen.c.kind, seen.c.id, seen.c.rank, seen.c.place).order_by(place, seen.c.id.desc())
    if filters.scope != SearchScope.ALL:
        page = page.where(seen.c.kind.in_(SCOPE_KINDS[filters.scope]))
    shown = page.limit(PAGE + 1).offset(start).subquery()
    # PostgreSQL wants to know of which type the empty places of a union are.
    blanks = (cast(null(), Float).label("rank"), cast(null(), seen.c.place.type).label("place"))
    counted = select(seen.c.kind, func.count(), *blanks).group_by(seen.c.kind)
    rows = db.session.execute(
        select(true().label("shown"), shown).union_all(select(false(), *counted.subquery().c))
    ).all()
    by_kind = {row[1]: row[2] for row in rows if not row[0]}
    ordered = sorted((row for row in rows if row[0]), key=lambda row: row[2], reverse=True)
    ordered.sort(key=lambda row: row[4] if newest else row[3], reverse=newest)
    counts = {scope: sum(by_kind.get(kind, 0) for kind in kinds) for scope, kinds in SCOPE_KINDS.items()}
    return counts, [row[2] for row in ordered]


def _results(query: Query, entry_ids: Sequence[int], *, every: bool) -> list[Result]:
    marked = excerpts(query, entry_ids, every=every)
    author = aliased(User, name="author")
    person = aliased(User, name="person")
    tables: tuple[Any, ...] = (SearchEntry, Thread, Post, LiveQuestion, LiveSession, Room, person, author)
    statement = (
        select(*tables)
        .outerjoin(Thread, Thread.id == SearchEntry.thread_id)
        .outerjoin(Post, and_(SearchEntry.kind.in_(_POSTS), Post.id == SearchEntry.object_id))
    )
    # Whoever types captions is not the one who speaks, so captions have no author.
    written_by = func.coalesce(Post.author_id, Thread.author_id, LiveQuestion.author_id, ChatMessage.author_id)
    statement = (
        join_lines(statement)
        .outerjoin(LiveSession, LiveSession.id == session_of_line())
        .outerjoin(Room, Room.id == _case_room(SearchEntry.kind == EntryKind.ROOM))
        .outerjoin(person, and_(SearchEntry.kind == EntryKind.PERSON, person.id == SearchEntry.object_id))
        .outerjoin(author, author.id == written_by)
        .where(SearchEntry.id.in_(entry_ids))
    )
    found = {row[0].id: row for row in db.session.execute(statement)}
    return [_result(found[entry_id], marked.get(entry_id)) for entry_id in entry_ids if entry_id in found]


def _result(row: Any, marked: tuple[str, str] | None) -> Result:
    entry, thread, post, question, session, room, person, author = row
    written = post or thread or question
    title, excerpt = marked or (entry.title, entry.body[:200])
    return Result(
        kind=EntryKind(entry.kind),
        object_id=entry.object_id,
        title=pieces_of(title or (thread or session or entry).title),
        excerpt=pieces_of(excerpt),
        created_at=entry.created_at,
        room=room,
        thread=thread,
        post=post,
        person=person,
        session=session,
        author=None if author is None else written.mask(author) if written is not None else by_name(author),
    )
