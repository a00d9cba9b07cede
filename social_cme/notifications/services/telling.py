"""Turns facts into notices: one statement finds the people and writes their rows, however many they are.

Rule: nobody is told of what they may not read, nor of what they did themselves; the same fact heard twice tells once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, and_, cast, exists, insert, literal, or_, select
from sqlalchemy.orm import Session, aliased

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.events import user_channel
from social_cme.discussions.enums import VoteTarget
from social_cme.discussions.models import Follow, Mention, Post, ReadMark, Thread
from social_cme.discussions.rules.authorship import acting
from social_cme.jobs.outbox import MailToQueue, queue_mails
from social_cme.live.enums import RsvpState
from social_cme.live.models import LiveQuestion, LiveSession, Rsvp
from social_cme.notifications.enums import ABOUT_MEMBERSHIP, MAILED, READ_WITH_THREAD, NoticeKind
from social_cme.notifications.models import Notification, NotificationPreference
from social_cme.notifications.queries import may_read_room
from social_cme.notifications.rules import Subject, destination, sentence
from social_cme.persistence.base import UtcDateTime
from social_cme.persistence.facts import FactRecord
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.realtime.gateway import gateway
from social_cme.realtime.presence import send_ephemeral
from social_cme.rooms.enums import MembershipState, RoomRole
from social_cme.rooms.models import Membership, Room


@dataclass(frozen=True, slots=True)
class Telling:
    """Who hears of a fact (a condition on ``User.id``), as what, and what it is about."""

    kind: NoticeKind
    recipients: ColumnElement[bool]
    thread_id: int | None = None
    post_id: int | None = None
    session_id: int | None = None


def tell(fact: FactRecord) -> None:
    """Write the notices that a fact gives rise to, and queue the e-mails that people want of them."""
    find = _TELLINGS.get(fact.kind)
    if find is None:
        return
    with transaction() as tx:
        for telling in find(fact):
            told = _write(tx.session, fact, telling)
            if not told:
                continue
            _queue_mail(tx, fact, telling)
            tx.after_commit(lambda told=told: _ring(told))  # type: ignore[misc]


def _write(session: Session, fact: FactRecord, telling: Telling) -> list[int]:
    """Write the notices and return whom they tell; nobody when the fact was heard before."""
    room_id = _number(fact, "room_id")
    chosen = (
        select(
            User.id,
            cast(literal(fact.id), BigInteger),
            cast(literal(str(telling.kind)), String),
            cast(literal(fact.actor_id), BigInteger),
            cast(literal(room_id), BigInteger),
            cast(literal(telling.thread_id), BigInteger),
            cast(literal(telling.post_id), BigInteger),
            cast(literal(telling.session_id), BigInteger),
            literal(clock.now(), UtcDateTime()),
        )
        .join(Room, Room.id == room_id)
        .outerjoin(Membership, and_(Membership.user_id == User.id, Membership.room_id == room_id))
        .where(
            telling.recipients,
            User.state == AccountState.ACTIVE,
            User.id != (fact.actor_id or 0),
            literal(telling.kind in ABOUT_MEMBERSHIP) | may_read_room(),
            _is_shown(telling),
            ~exists().where(
                Notification.user_id == User.id, Notification.fact_id == fact.id, Notification.kind == str(telling.kind)
            ),
        )
    )
    columns = ["user_id", "fact_id", "kind", "actor_id", "room_id", "thread_id", "post_id", "session_id", "created_at"]
    statement = insert(Notification).from_select(columns, chosen, include_defaults=False)
    return list(session.scalars(statement.returning(Notification.user_id)))


def _is_shown(telling: Telling) -> ColumnElement[bool]:
    """Build the condition that what is told of has not been hidden since."""
    conditions: list[ColumnElement[bool]] = []
    if telling.thread_id is not None:
        conditions.append(exists().where(Thread.id == telling.thread_id, Thread.hidden_at.is_(None)))
    if telling.post_id is not None:
        conditions.append(exists().where(Post.id == telling.post_id, Post.hidden_at.is_(None)))
    return and_(literal(True), *conditions)


def _ring(user_ids: list[int]) -> None:
    """Tell the open windows of people that their inbox changed; who has none sees it on the next page."""
    for user_id in user_ids:
        if gateway.has_audience(user_channel(user_id)):
            send_ephemeral(user_channel(user_id), "inbox.changed", {})


def _queue_mail(tx: Transaction, fact: FactRecord, telling: Telling) -> None:
    if telling.kind not in MAILED:
        return
    people = tx.session.execute(_mail_wanted(fact, telling)).all()
    if not people:
        return
    subject = _subject(tx.session, fact, telling)
    endpoint, values = destination(subject)
    shared = {"sentence": sentence(subject), "room_name": subject.room_name, "endpoint": endpoint, "place": values}
    mails = [
        MailToQueue(recipient=email, user_id=user_id, values={**shared, "display_name": name})
        for user_id, email, name in people
    ]
    queue_mails(tx, event="notification", mails=mails)


def _mail_wanted(fact: FactRecord, telling: Telling) -> Select[*tuple[Any, ...]]:
    """Select those just told who want this kind by e-mail and have no earlier unread notice of the same thread."""
    statement = (
        select(User.id, User.email, User.display_name)
        .join(Notification, and_(Notification.user_id == User.id, Notification.fact_id == fact.id))
        .outerjoin(
            NotificationPreference,
            and_(NotificationPreference.user_id == User.id, NotificationPreference.kind == str(telling.kind)),
        )
        .where(Notification.kind == str(telling.kind))
        .order_by(User.id)
    )
    by_default = NotificationPreference.by_email.is_(None) if MAILED[telling.kind] else literal(False)
    statement = statement.where(or_(NotificationPreference.by_email.is_(True), by_default))
    if telling.kind not in READ_WITH_THREAD:
        return statement
    earlier, mark = aliased(Notification), aliased(ReadMark)
    was_read = exists().where(
        mark.user_id == earlier.user_id, mark.thread_id == earlier.thread_id, mark.last_post_id >= earlier.post_id
    )
    return statement.where(
        ~exists().where(
            earlier.user_id == User.id,
            earlier.thread_id == telling.thread_id,
            earlier.kind == str(telling.kind),
            earlier.fact_id != fact.id,
            earlier.read_at.is_(None),
            ~was_read,
        )
    )


def _subject(session: Session, fact: FactRecord, telling: Telling) -> Subject:
    room = session.get_one(Room, _number(fact, "room_id"))
    person = session.get(User, fact.actor_id) if fact.actor_id is not None else None
    thread = session.get(Thread, telling.thread_id) if telling.thread_id is not None else None
    post = session.get(Post, telling.post_id) if telling.post_id is not None else None
    live = session.get(LiveSession, telling.session_id) if telling.session_id is not None else None
    # One mail is written for all followers; where some have yet to answer themselves, it tells nobody who and where.
    is_held_back = (
        telling.kind == NoticeKind.ANSWER and thread is not None and (thread.post_first or thread.step_count > 1)
    )
    return Subject(
        kind=telling.kind,
        actor_name=acting(person, post, thread).display_name if person is not None and not is_held_back else "Somebody",
        room_slug=room.slug,
        room_name=room.name,
        thread_id=telling.thread_id,
        thread_title=thread.title if thread is not None else "",
        post_id=None if is_held_back else telling.post_id,
        session_id=telling.session_id,
        session_title=live.title if live is not None else "",
    )


# ------------------------------------------------------------------ who hears of what


def _of_answer(fact: FactRecord) -> list[Telling]:
    followers = select(Follow.user_id).where(Follow.thread_id == _number(fact, "thread_id"))
    return [_about_post(fact, NoticeKind.ANSWER, and_(User.id.in_(followers), _is_not_named(fact)))]


def _of_comment(fact: FactRecord) -> list[Telling]:
    parent_id = fact.data.get("parent_id")
    if parent_id is None:
        author = select(Thread.author_id).where(Thread.id == _number(fact, "thread_id"))
    else:
        author = select(Post.author_id).where(Post.id == int(parent_id))
    return [_about_post(fact, NoticeKind.COMMENT, and_(User.id.in_(author), _is_not_named(fact)))]


def _is_not_named(fact: FactRecord) -> ColumnElement[bool]:
    """Build the condition that somebody is not named in the post: who is hears of that instead."""
    named = select(Mention.user_id).where(
        Mention.target == VoteTarget.POST, Mention.target_id == _number(fact, "post_id")
    )
    return User.id.not_in(named)


def _of_mention(fact: FactRecord) -> list[Telling]:
    return [_about_place(fact, NoticeKind.MENTION)]


def _of_reminder(fact: FactRecord) -> list[Telling]:
    return [_about_place(fact, NoticeKind.REMINDER)]


def _about_place(fact: FactRecord, kind: NoticeKind) -> Telling:
    """Tell one person of a post, or of the opening of a thread."""
    post_id = fact.data.get("post_id")
    return Telling(
        kind,
        User.id == _number(fact, "user_id"),
        thread_id=_number(fact, "thread_id"),
        post_id=int(post_id) if post_id is not None else None,
    )


def _of_acceptance(fact: FactRecord) -> list[Telling]:
    return [_about_post(fact, NoticeKind.ACCEPTED, User.id == _number(fact, "author_id"))]


def _of_endorsement(fact: FactRecord) -> list[Telling]:
    return [_about_post(fact, NoticeKind.ENDORSED, User.id == _number(fact, "author_id"))]


def _of_waiting(fact: FactRecord) -> list[Telling]:
    thread_id = _number(fact, "thread_id")
    role = RoomRole.COORDINATOR if fact.data.get("level") == "coordinators" else RoomRole.MENTOR
    guides = select(Membership.user_id).where(
        Membership.room_id == _number(fact, "room_id"),
        Membership.state == MembershipState.ACTIVE,
        Membership.role == role,
    )
    author = select(Thread.author_id).where(Thread.id == thread_id)
    return [Telling(NoticeKind.WAITING, and_(User.id.in_(guides), User.id.not_in(author)), thread_id=thread_id)]


def _of_plan(fact: FactRecord) -> list[Telling]:
    members = select(Membership.user_id).where(
        Membership.room_id == _number(fact, "room_id"), Membership.state == MembershipState.ACTIVE
    )
    return [_about_session(fact, NoticeKind.SESSION_SCHEDULED, User.id.in_(members))]


def _of_start(fact: FactRecord) -> list[Telling]:
    return [_about_session(fact, NoticeKind.SESSION_STARTED, User.id.in_(_coming_to(fact)))]


def _of_cancellation(fact: FactRecord) -> list[Telling]:
    return [_about_session(fact, NoticeKind.SESSION_CANCELLED, User.id.in_(_coming_to(fact)))]


def _of_question(fact: FactRecord) -> list[Telling]:
    if fact.data.get("state") != "answered":
        return []
    author = select(LiveQuestion.author_id).where(LiveQuestion.id == _number(fact, "question_id"))
    return [_about_session(fact, NoticeKind.QUESTION_ANSWERED, User.id.in_(author))]


def _of_joining(fact: FactRecord) -> list[Telling]:
    if fact.data.get("via") != "request":
        return []
    return [Telling(NoticeKind.LET_IN, User.id == _number(fact, "user_id"))]


def _of_refusal(fact: FactRecord) -> list[Telling]:
    return [Telling(NoticeKind.DECLINED, User.id == _number(fact, "user_id"))]


def _of_role(fact: FactRecord) -> list[Telling]:
    return [Telling(NoticeKind.ROLE_CHANGED, User.id == _number(fact, "user_id"))]


def _of_request(fact: FactRecord) -> list[Telling]:
    coordinators = select(Membership.user_id).where(
        Membership.room_id == _number(fact, "room_id"),
        Membership.state == MembershipState.ACTIVE,
        Membership.role == RoomRole.COORDINATOR,
    )
    return [Telling(NoticeKind.JOIN_REQUEST, User.id.in_(coordinators))]


def _coming_to(fact: FactRecord) -> Select[int]:
    return select(Rsvp.user_id).where(Rsvp.session_id == _number(fact, "session_id"), Rsvp.state == RsvpState.GOING)


def _about_post(fact: FactRecord, kind: NoticeKind, recipients: ColumnElement[bool]) -> Telling:
    return Telling(kind, recipients, thread_id=_number(fact, "thread_id"), post_id=_number(fact, "post_id"))


def _about_session(fact: FactRecord, kind: NoticeKind, recipients: ColumnElement[bool]) -> Telling:
    return Telling(kind, recipients, session_id=_number(fact, "session_id"))


def _number(fact: FactRecord, name: str) -> int:
    return int(fact.data[name] or 0)


_TELLINGS: dict[str, Callable[[FactRecord], list[Telling]]] = {
    "answer.posted": _of_answer,
    "comment.posted": _of_comment,
    "member.mentioned": _of_mention,
    "reminder.fell_due": _of_reminder,
    "answer.accepted": _of_acceptance,
    "answer.endorsed": _of_endorsement,
    "thread.escalated": _of_waiting,
    "session.scheduled": _of_plan,
    "session.started": _of_start,
    "session.cancelled": _of_cancellation,
    "question.state_changed": _of_question,
    "membership.joined": _of_joining,
    "membership.declined": _of_refusal,
    "membership.role_changed": _of_role,
    "membership.requested": _of_request,
}
TOLD_KINDS = frozenset(_TELLINGS)
