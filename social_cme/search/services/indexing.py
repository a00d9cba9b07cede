"""Reads threads, posts, rooms and people into the search's entries.

Rule: an entry is made from the rows as they are now and nothing else, so doing it twice, late or out of order changes nothing.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, or_, select

from social_cme.accounts.enums import AccountState, label
from social_cme.accounts.models import User
from social_cme.discussions.enums import PostKind
from social_cme.discussions.models import CaseStep, Citation, Post, Thread, ThreadSummary
from social_cme.discussions.queries.tags import TagName, tags_of
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.models import Room
from social_cme.search.enums import EntryKind
from social_cme.search.models import SearchBacklog, SearchEntry
from social_cme.web.markdown import plain_text

# More words than any reader looks for; keeps one entry from filling the index.
MAX_WORDS = 60_000


def index_threads(thread_ids: Sequence[int]) -> int:
    """Read threads with all their posts; return how many entries were written."""
    with transaction() as tx:
        post_ids = tx.session.scalars(select(Post.id).where(Post.thread_id.in_(thread_ids))).all()
        return index_thread_texts(thread_ids) + index_posts(post_ids)


def index_thread_texts(thread_ids: Sequence[int]) -> int:
    """Read opening texts alone; the posts below them have entries of their own."""
    with transaction() as tx:
        threads = tx.session.scalars(select(Thread).where(Thread.id.in_(thread_ids))).all()
        on_top: dict[int, list[str]] = {}
        for thread_id, html in tx.session.execute(
            select(ThreadSummary.thread_id, ThreadSummary.body_html)
            .where(ThreadSummary.thread_id.in_(thread_ids))
            .order_by(ThreadSummary.id)
        ):
            on_top.setdefault(thread_id, []).append(html)
        first = select(CaseStep).where(CaseStep.thread_id.in_(thread_ids), CaseStep.position == 1)
        # Later steps have to be earned by answering; an entry is the same for everybody, so they are never read here.
        steps = {step.thread_id: step for step in tx.session.scalars(first)}
        tags = tags_of(thread_ids)
        return write_entries(
            tx,
            [_thread_values(one, tags.get(one.id, ()), on_top.get(one.id, ()), steps.get(one.id)) for one in threads],
        )


def forget_thread(thread_id: int) -> None:
    """Forget the opening of a thread whose words now stand elsewhere; entries of its posts are left alone."""
    with transaction() as tx:
        gone = delete(SearchEntry).where(SearchEntry.kind == EntryKind.THREAD, SearchEntry.object_id == thread_id)
        tx.session.execute(gone.execution_options(synchronize_session=False))


def index_posts(post_ids: Sequence[int]) -> int:
    """Read answers and comments with their sources; what was answered to a step of a case cannot be found."""
    with transaction() as tx:
        posts = tx.session.scalars(select(Post).where(Post.id.in_(post_ids), Post.kind != PostKind.STEP)).all()
        sources: dict[int, list[str]] = {}
        for post_id, text, value in tx.session.execute(
            select(Citation.post_id, Citation.label, Citation.value).where(Citation.post_id.in_(post_ids))
        ):
            sources.setdefault(post_id, []).append(f"{text} {value}".strip())
        return write_entries(tx, [_post_values(post, sources.get(post.id, ())) for post in posts])


def index_rooms(room_ids: Sequence[int]) -> int:
    """Read rooms: name, summary, description, gap and objectives."""
    with transaction() as tx:
        rooms = tx.session.scalars(select(Room).where(Room.id.in_(room_ids))).all()
        return write_entries(tx, [_room_values(room) for room in rooms])


def index_people(user_ids: Sequence[int]) -> int:
    """Read people: name, profession, specialty, interests and what they say about themselves."""
    with transaction() as tx:
        people = tx.session.scalars(select(User).where(User.id.in_(user_ids), User.state == AccountState.ACTIVE)).all()
        return write_entries(tx, [_person_values(person) for person in people])


def remember_import(*, fact_id: int, room_id: int, first_id: int, last_id: int) -> None:
    """Note a range of imported threads for the job that reads them in small steps; a repeat changes nothing."""
    with transaction() as tx:
        known = tx.session.scalar(select(SearchBacklog.id).where(SearchBacklog.fact_id == fact_id))
        if known is None:
            tx.add(SearchBacklog(fact_id=fact_id, room_id=room_id, next_id=first_id, last_id=last_id))


def work_off_backlog(*, threads: int = 25) -> int:
    """Read the next *threads* imported threads in one short transaction; return how many entries were written, 0 at the end.

    A thread that is moved in between keeps its entry: entries do not know their room.
    """
    with transaction() as tx:
        row = tx.session.scalars(
            select(SearchBacklog).order_by(SearchBacklog.id).limit(1).with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return 0
        ids = tx.session.scalars(
            select(Thread.id).where(Thread.id.between(row.next_id, row.last_id)).order_by(Thread.id).limit(threads)
        ).all()
        written = index_threads(ids) if ids else 0
        if len(ids) < threads:
            tx.session.delete(row)
        else:
            row.next_id = ids[-1] + 1
        return max(written, 1)


def write_entries(tx: Transaction, rows: Iterable[dict[str, Any]]) -> int:
    """Write entries; return how many. One that says the same already is left alone."""
    values = list(rows)
    if not values:
        return 0
    statement = insert_into(tx.session, SearchEntry)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "object_id"],
        set_={"title": new.title, "body": new.body, "thread_id": new.thread_id},
        # An entry that says the same already is left alone: the word index is rewritten only for new words.
        where=or_(
            SearchEntry.title != new.title,
            SearchEntry.body != new.body,
            SearchEntry.thread_id.is_distinct_from(new.thread_id),
        ),
    )
    tx.session.execute(statement, values)
    return len(values)


def _thread_values(
    thread: Thread, tags: Sequence[TagName], on_top: Iterable[str], first_step: CaseStep | None
) -> dict[str, Any]:
    parts = [thread.body_html, *(str(part) for part in (thread.case_html or {}).values())]
    if not thread.post_first and thread.step_count <= 1:
        # Elsewhere the summaries belong to what a reader has to earn, and an entry is the same for everybody.
        parts += [thread.summary_html, *on_top]
    if first_step is not None:
        parts += [first_step.body_html, html.escape(first_step.title), html.escape(first_step.question)]
    facts = [label(value) for value in (thread.setting, thread.age_band) if value]
    return {
        "kind": EntryKind.THREAD,
        "object_id": thread.id,
        "thread_id": thread.id,
        "title": thread.title,
        "body": joined_words(*(plain_text(part) for part in parts), *facts, *(tag.name for tag in tags)),
        "created_at": thread.created_at,
    }


def _post_values(post: Post, sources: Iterable[str]) -> dict[str, Any]:
    return {
        "kind": EntryKind(post.kind),
        "object_id": post.id,
        "thread_id": post.thread_id,
        "title": "",
        "body": joined_words(
            plain_text(post.body_html),
            *(plain_text(str(part)) for part in (post.think_aloud_html or {}).values()),
            *sources,
        ),
        "created_at": post.created_at,
    }


def _room_values(room: Room) -> dict[str, Any]:
    return {
        "kind": EntryKind.ROOM,
        "object_id": room.id,
        "thread_id": None,
        "title": room.name,
        "body": joined_words(
            room.summary,
            plain_text(room.description_html),
            room.practice_gap,
            plain_text(room.agenda_html),
            *room.objectives,
            label(room.specialty),
        ),
        "created_at": room.created_at,
    }


def _person_values(person: User) -> dict[str, Any]:
    about = [label(value) for value in (person.profession, person.specialty, person.career_stage) if value]
    return {
        "kind": EntryKind.PERSON,
        "object_id": person.id,
        "thread_id": None,
        "title": person.display_name,
        "body": joined_words(*about, *person.interests, person.bio),
        "created_at": person.created_at,
    }


def joined_words(*texts: str) -> str:
    """Join plain texts to the words of an entry."""
    return " ".join(" ".join(text.split()) for text in texts if text)[:MAX_WORDS]
