"""Keeps the search's entries up with what people write.

Rule: an entry is made from the rows as they are, so a fact that is heard twice or late does no harm. Hiding and moving need no
listener: a search asks the rows themselves.
"""

from __future__ import annotations

from social_cme.persistence.facts import FactRecord, Listener
from social_cme.search.services import indexing, indexing_live


def _read_thread(fact: FactRecord) -> None:
    indexing.index_thread_texts([_id(fact, "thread_id")])


def _read_post(fact: FactRecord) -> None:
    indexing.index_posts([_id(fact, "post_id")])


def _read_merged(fact: FactRecord) -> None:
    indexing.index_threads([_id(fact, "thread_id")])
    indexing.forget_thread(_id(fact, "from_thread_id"))


def _read_split(fact: FactRecord) -> None:
    indexing.index_threads([_id(fact, "new_thread_id")])


def _read_room(fact: FactRecord) -> None:
    indexing.index_rooms([_id(fact, "room_id")])


def _read_person(fact: FactRecord) -> None:
    indexing.index_people([_id(fact, "user_id")])


def _read_question(fact: FactRecord) -> None:
    indexing_live.index_questions([_id(fact, "question_id")])


def _read_session(fact: FactRecord) -> None:
    indexing_live.index_session(_id(fact, "session_id"))


def _read_chat(fact: FactRecord) -> None:
    indexing_live.index_chat([_id(fact, "message_id")])


def _read_caption(fact: FactRecord) -> None:
    indexing_live.index_captions([_id(fact, "caption_id")])


def _note_import(fact: FactRecord) -> None:
    indexing.remember_import(
        fact_id=fact.id,
        room_id=_id(fact, "room_id"),
        first_id=_id(fact, "first_thread_id"),
        last_id=_id(fact, "last_thread_id"),
    )


def _id(fact: FactRecord, name: str) -> int:
    return int(fact.data[name] or 0)


LISTENERS = (
    Listener(
        name="search.read_thread",
        kinds=frozenset(
            {"thread.posted", "thread.edited", "thread.state_changed", "thread.tagged", "thread.summary_changed"}
        ),
        function=_read_thread,
    ),
    Listener(
        name="search.read_post",
        kinds=frozenset({"answer.posted", "comment.posted", "post.edited", "post.state_changed"}),
        function=_read_post,
    ),
    Listener(name="search.read_merged", kinds=frozenset({"thread.merged"}), function=_read_merged),
    Listener(name="search.read_split", kinds=frozenset({"thread.split"}), function=_read_split),
    Listener(name="search.read_room", kinds=frozenset({"room.created", "room.changed"}), function=_read_room),
    Listener(
        name="search.read_person",
        kinds=frozenset({"account.confirmed", "account.profile_changed", "account.ban_lifted"}),
        function=_read_person,
    ),
    Listener(
        name="search.read_question",
        kinds=frozenset({"question.asked", "question.state_changed"}),
        function=_read_question,
    ),
    Listener(name="search.read_session", kinds=frozenset({"session.ended"}), function=_read_session),
    Listener(name="search.read_chat", kinds=frozenset({"chat.hidden"}), function=_read_chat),
    Listener(name="search.read_caption", kinds=frozenset({"caption.hidden"}), function=_read_caption),
    Listener(name="search.note_import", kinds=frozenset({"threads.imported"}), function=_note_import),
)
