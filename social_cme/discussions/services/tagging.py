"""Saying what a thread is about: up to five tags, each written in any of its names.

Rule: words that no tag knows are refused, except from the room's moderators, who thereby add a tag for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from social_cme.core.errors import Invalid
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.discussions import policies
from social_cme.discussions.events import ThreadTagged
from social_cme.discussions.models import FreeTag, Thread, ThreadTag
from social_cme.discussions.queries.tags import free_keys
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.taxonomy import TAG_LIMIT, TAGS_MOST, find_shipped, key_of
from social_cme.persistence.inserting import insert_into
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext


def tag_thread(ctx: RoomContext, *, thread_id: int, tags: Sequence[str]) -> Thread:
    """Say anew what a thread is about; *tags* replace those there. By its author, and by the room's moderators.

    Raises ``Invalid`` for the field ``tags``. The same tags again change nothing and record nothing.
    """
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_tag(ctx, thread))
        if put_tags(tx, ctx, thread_id=thread.id, tags=tags):
            tx.record(ThreadTagged(actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=thread.id))
        return thread


def put_tags(tx: Transaction, ctx: RoomContext, *, thread_id: int, tags: Sequence[str]) -> bool:
    """Give a thread exactly these tags; return whether anything changed. Joins the caller's transaction."""
    keys = _keys_for(tx, ctx, tags)
    mine = select(ThreadTag.key).where(ThreadTag.thread_id == thread_id).order_by(ThreadTag.position)
    if list(tx.session.scalars(mine)) == keys:
        return False
    set_keys(tx, thread_id=thread_id, keys=keys)
    return True


def set_keys(tx: Transaction, *, thread_id: int, keys: Sequence[str]) -> None:
    """Replace the tags of a thread by known *keys*. Joins the caller's transaction."""
    gone = delete(ThreadTag).where(ThreadTag.thread_id == thread_id).execution_options(synchronize_session=False)
    tx.session.execute(gone)
    tx.session.add_all(
        ThreadTag(thread_id=thread_id, key=key, position=position) for position, key in enumerate(keys, start=1)
    )
    tx.session.flush()


def _keys_for(tx: Transaction, ctx: RoomContext, tags: Sequence[str]) -> list[str]:
    names = [name for name in (clean_line(str(tag)[: 4 * TAG_LIMIT]) for tag in tags[:50]) if name]
    found: dict[str, str] = {}
    for name in names:
        shipped = find_shipped(name)
        found[shipped.key if shipped is not None else key_of(name)] = "" if shipped is not None else name
    if len(found) > TAGS_MOST:
        raise _refused(f"A thread can have at most {TAGS_MOST} tags. Keep the ones that matter most.")
    unknown = {key: name for key, name in found.items() if name}
    for name in (name for key, name in unknown.items() if not key or len(name) > TAG_LIMIT):
        raise _refused(f"A tag needs letters or digits and can have at most {TAG_LIMIT} characters: “{name[:60]}”.")
    new = {key: name for key, name in unknown.items() if key not in free_keys(list(unknown))}
    if new and not ctx.moderates:
        words = ", ".join(f"“{name}”" for name in new.values())
        raise _refused(f"There is no tag {words}. Choose from the suggestions; the room's mentors can add new ones.")
    for key, name in new.items():
        _add_free(tx, ctx, key, name)
    return list(found)


def _add_free(tx: Transaction, ctx: RoomContext, key: str, name: str) -> None:
    """Add a tag; two mentors who add the same at once have added one."""
    row = FreeTag(key=key, name=name, created_by_id=ctx.user.id)
    values = {"key": row.key, "name": row.name, "created_by_id": row.created_by_id}
    tx.session.execute(insert_into(tx.session, FreeTag).values(values).on_conflict_do_nothing(index_elements=["key"]))


def _refused(message: str) -> Invalid:
    return Invalid(message, fields={"tags": [message]})
