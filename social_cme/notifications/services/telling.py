"""Turns facts into notices: one statement finds the people and writes their rows, however many they are.

Rule: nobody is told of what they may not read, nor of what they did themselves; the same fact heard twice tells once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, and_, cast, exists, insert, literal, or_, select
from sqlalchemy.orm import Session, aliased

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.cohorts.models import Challenge, Unit
from social_cme.core import clock
from social_cme.core.events import user_channel
from social_cme.discussions.models import Post, ReadMark, Thread
from social_cme.discussions.rules.authorship import acting
from social_cme.jobs.outbox import MailToQueue, queue_mails
from social_cme.live.models import LiveSession
from social_cme.live.rules import times_in_words
from social_cme.moderation.models import UnmaskRequest
from social_cme.notifications.enums import (
    ABOUT_MEMBERSHIP,
    MAILED,
    MAILED_LIKE,
    READ_WITH_THREAD,
    TOLD_THOUGH_HIDDEN,
    WITH_TIMES,
    NoticeKind,
)
from social_cme.notifications.models import Notification, NotificationPreference
from social_cme.notifications.queries import may_read_room
from social_cme.notifications.rules import Subject, destination, sentence
from social_cme.notifications.services.recipients import TELLINGS, Telling, number
from social_cme.persistence.base import UtcDateTime
from social_cme.persistence.facts import FactRecord
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.realtime.gateway import gateway
from social_cme.realtime.presence import send_ephemeral
from social_cme.rooms.models import Membership, Room


def tell(fact: FactRecord) -> None:
    """Write the notices that a fact gives rise to, and queue the e-mails that people want of them."""
    find = TELLINGS.get(fact.kind)
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
    room_id = number(fact, "room_id")
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
            cast(literal(telling.unit_id), BigInteger),
            cast(literal(telling.challenge_id), BigInteger),
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
    columns = ["user_id", "fact_id", "kind", "actor_id", "room_id", *_PLACES, "created_at"]
    statement = insert(Notification).from_select(columns, chosen, include_defaults=False)
    return list(session.scalars(statement.returning(Notification.user_id)))


_PLACES = ("thread_id", "post_id", "session_id", "unit_id", "challenge_id")


def _is_shown(telling: Telling) -> ColumnElement[bool]:
    """Build the condition that what is told of has not been hidden since."""
    conditions: list[ColumnElement[bool]] = []
    if telling.thread_id is not None and telling.kind not in TOLD_THOUGH_HIDDEN:
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
    if _mailed_as(telling.kind) not in MAILED:
        return
    wanted = tx.session.execute(_mail_wanted(fact, telling)).all()
    if not wanted:
        return
    subject = _subject(tx.session, fact, telling)
    endpoint, values = destination(subject)
    shared = {"sentence": sentence(subject), "room_name": subject.room_name, "endpoint": endpoint, "place": values}
    mails = [
        MailToQueue(
            recipient=email,
            user_id=user_id,
            values={**shared, "display_name": name, "when": _times(tx.session, telling, zone)},
        )
        for user_id, email, name, zone in wanted
    ]
    queue_mails(tx, event="notification", mails=mails)


def _mailed_as(kind: NoticeKind) -> NoticeKind:
    return MAILED_LIKE.get(kind, kind)


def _times(session: Session, telling: Telling, zone: str) -> list[str]:
    """Return the times of the session in the reader's zone and the host's, for the notices that tell them."""
    if telling.session_id is None or telling.kind not in WITH_TIMES:
        return []
    live = session.get(LiveSession, telling.session_id)
    return times_in_words(live.starts_at, live.ends_at, reader=zone, host=live.time_zone) if live is not None else []


def _mail_wanted(fact: FactRecord, telling: Telling) -> Select[*tuple[Any, ...]]:
    """Select those just told who want this kind by e-mail and have no earlier unread notice of the same thread."""
    asked = _mailed_as(telling.kind)
    statement = (
        select(User.id, User.email, User.display_name, User.time_zone)
        .join(Notification, and_(Notification.user_id == User.id, Notification.fact_id == fact.id))
        .outerjoin(
            NotificationPreference,
            and_(NotificationPreference.user_id == User.id, NotificationPreference.kind == str(asked)),
        )
        .where(Notification.kind == str(telling.kind))
        .order_by(User.id)
    )
    by_default = NotificationPreference.by_email.is_(None) if MAILED[asked] else literal(False)
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
    room = session.get_one(Room, number(fact, "room_id"))
    person = session.get(User, fact.actor_id) if fact.actor_id is not None else None
    thread = session.get(Thread, telling.thread_id) if telling.thread_id is not None else None
    post = session.get(Post, telling.post_id) if telling.post_id is not None else None
    live = session.get(LiveSession, telling.session_id) if telling.session_id is not None else None
    unit = session.get(Unit, telling.unit_id) if telling.unit_id is not None else None
    challenge = session.get(Challenge, telling.challenge_id) if telling.challenge_id is not None else None
    is_lifting = telling.kind == NoticeKind.UNMASKED
    lifted = session.get(UnmaskRequest, number(fact, "request_id")) if is_lifting else None
    # One mail is written for all followers; where some have yet to answer themselves, it tells nobody who and where.
    is_held_back = (
        telling.kind in {NoticeKind.ANSWER, NoticeKind.MENTION}
        and telling.post_id is not None
        and thread is not None
        and (thread.post_first or thread.step_count > 1)
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
        unit_id=telling.unit_id,
        unit_title=unit.title if unit is not None else "",
        challenge_id=telling.challenge_id,
        challenge_title=challenge.title if challenge is not None else "",
        reason=lifted.reason if lifted is not None else "",
    )


TOLD_KINDS = frozenset(TELLINGS)
