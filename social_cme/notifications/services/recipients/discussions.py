"""Who hears of discussions, rooms, cohorts and moderation."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, and_, or_, select

from social_cme.accounts.models import User
from social_cme.cohorts.queries import people
from social_cme.discussions.enums import LapseReason, PaperStatus, VoteTarget
from social_cme.discussions.models import Endorsement, Follow, Mention, Post, ReadMark, Thread
from social_cme.notifications.enums import NoticeKind
from social_cme.notifications.services.recipients.base import Telling, about_post, has_role, number
from social_cme.persistence.facts import FactRecord
from social_cme.rooms.enums import RoomRole


def _of_answer(fact: FactRecord) -> list[Telling]:
    followers = select(Follow.user_id).where(Follow.thread_id == number(fact, "thread_id"))
    return [about_post(fact, NoticeKind.ANSWER, and_(User.id.in_(followers), _is_not_named(fact)))]


def _of_comment(fact: FactRecord) -> list[Telling]:
    parent_id = fact.data.get("parent_id")
    if parent_id is None:
        author = select(Thread.author_id).where(Thread.id == number(fact, "thread_id"))
    else:
        author = select(Post.author_id).where(Post.id == int(parent_id))
    return [about_post(fact, NoticeKind.COMMENT, and_(User.id.in_(author), _is_not_named(fact)))]


def _is_not_named(fact: FactRecord) -> ColumnElement[bool]:
    """Build the condition that somebody is not named in the post: who is hears of that instead."""
    named = select(Mention.user_id).where(
        Mention.target == VoteTarget.POST, Mention.target_id == number(fact, "post_id")
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
        User.id == number(fact, "user_id"),
        thread_id=number(fact, "thread_id"),
        post_id=int(post_id) if post_id is not None else None,
    )


def _of_acceptance(fact: FactRecord) -> list[Telling]:
    return [about_post(fact, NoticeKind.ACCEPTED, User.id == number(fact, "author_id"))]


def _of_endorsement(fact: FactRecord) -> list[Telling]:
    return [about_post(fact, NoticeKind.ENDORSED, User.id == number(fact, "author_id"))]


def _of_waiting(fact: FactRecord) -> list[Telling]:
    thread_id = number(fact, "thread_id")
    role = RoomRole.COORDINATOR if fact.data.get("level") == "coordinators" else RoomRole.MENTOR
    return [Telling(NoticeKind.WAITING, and_(has_role(fact, role), ~_is_author(fact)), thread_id=thread_id)]


def _of_dispute(fact: FactRecord) -> list[Telling]:
    return [about_post(fact, NoticeKind.CORRECTION, _read_or_concerned(fact))]


def _of_settlement(fact: FactRecord) -> list[Telling]:
    return [about_post(fact, NoticeKind.CORRECTION_SETTLED, _read_or_concerned(fact))]


def _read_or_concerned(fact: FactRecord) -> ColumnElement[bool]:
    """Whoever has read the answer, wrote it, endorsed it or follows its thread; each of them once."""
    thread_id, post_id = number(fact, "thread_id"), number(fact, "post_id")
    readers = select(ReadMark.user_id).where(ReadMark.thread_id == thread_id, ReadMark.last_post_id >= post_id)
    return or_(
        User.id.in_(readers),
        User.id == number(fact, "author_id"),
        User.id.in_(_endorsers(post_id)),
        User.id.in_(select(Follow.user_id).where(Follow.thread_id == thread_id)),
    )


def _of_source(fact: FactRecord) -> list[Telling]:
    if fact.data.get("status") != PaperStatus.RETRACTED:
        return []
    concerned = or_(User.id == number(fact, "author_id"), User.id.in_(_endorsers(number(fact, "post_id"))))
    return [about_post(fact, NoticeKind.SOURCE_RETRACTED, concerned)]


def _of_review(fact: FactRecord) -> list[Telling]:
    return [about_post(fact, NoticeKind.REVIEW_DUE, User.id == number(fact, "mentor_id"))]


def _of_lapse(fact: FactRecord) -> list[Telling]:
    if fact.data.get("reason") != LapseReason.REVIEW_DATE:
        # The fact about the retracted paper tells both its author and its mentors.
        return []
    return [about_post(fact, NoticeKind.ENDORSEMENT_LAPSED, User.id == number(fact, "mentor_id"))]


def _endorsers(post_id: int) -> Select[int]:
    return select(Endorsement.mentor_id).where(Endorsement.post_id == post_id)


def _of_outcome(fact: FactRecord) -> list[Telling]:
    thread_id = number(fact, "thread_id")
    followers = select(Follow.user_id).where(Follow.thread_id == thread_id)
    return [Telling(NoticeKind.OUTCOME, User.id.in_(followers), thread_id=thread_id)]


def _of_asking(fact: FactRecord) -> list[Telling]:
    asked = User.id == number(fact, "user_id")
    return [Telling(NoticeKind.OUTCOME_ASKED, asked, thread_id=number(fact, "thread_id"))]


def _of_joining(fact: FactRecord) -> list[Telling]:
    if fact.data.get("via") != "request":
        return []
    return [Telling(NoticeKind.LET_IN, User.id == number(fact, "user_id"))]


def _of_refusal(fact: FactRecord) -> list[Telling]:
    return [Telling(NoticeKind.DECLINED, User.id == number(fact, "user_id"))]


def _of_role(fact: FactRecord) -> list[Telling]:
    return [Telling(NoticeKind.ROLE_CHANGED, User.id == number(fact, "user_id"))]


def _of_request(fact: FactRecord) -> list[Telling]:
    return [Telling(NoticeKind.JOIN_REQUEST, has_role(fact, RoomRole.COORDINATOR))]


def _of_private_words(fact: FactRecord) -> list[Telling]:
    kind = NoticeKind.PRIVATE_QUESTION if fact.kind == "clarification.asked" else NoticeKind.PRIVATE_ANSWER
    return [Telling(kind, User.id == number(fact, "user_id"), thread_id=number(fact, "thread_id"))]


def _of_unmask_request(fact: FactRecord) -> list[Telling]:
    others = and_(has_role(fact, RoomRole.MENTOR, RoomRole.COORDINATOR), ~_is_author(fact))
    return [Telling(NoticeKind.UNMASK_REQUESTED, others, thread_id=number(fact, "thread_id"))]


def _of_lifting(fact: FactRecord) -> list[Telling]:
    return [Telling(NoticeKind.UNMASKED, _is_author(fact), thread_id=number(fact, "thread_id"))]


def _is_author(fact: FactRecord) -> ColumnElement[bool]:
    """Build the condition that somebody opened the thread."""
    return User.id.in_(select(Thread.author_id).where(Thread.id == number(fact, "thread_id")))


def _of_unit(fact: FactRecord) -> list[Telling]:
    members = people.taking_part(number(fact, "cohort_id"))
    return [Telling(NoticeKind.UNIT_OPENED, User.id.in_(members), unit_id=number(fact, "unit_id"))]


def _of_due_work(fact: FactRecord) -> list[Telling]:
    challenge_id = number(fact, "challenge_id")
    waiting = people.yet_to_hand_in(number(fact, "cohort_id"), challenge_id)
    return [Telling(NoticeKind.CHALLENGE_DUE, User.id.in_(waiting), challenge_id=challenge_id)]


def _of_feedback(fact: FactRecord) -> list[Telling]:
    team = people.of_team(number(fact, "team_id"))
    return [Telling(NoticeKind.FEEDBACK_RECEIVED, User.id.in_(team), challenge_id=number(fact, "challenge_id"))]


TELLINGS: dict[str, Callable[[FactRecord], list[Telling]]] = {
    "answer.posted": _of_answer,
    "comment.posted": _of_comment,
    "member.mentioned": _of_mention,
    "reminder.fell_due": _of_reminder,
    "answer.accepted": _of_acceptance,
    "answer.endorsed": _of_endorsement,
    "thread.escalated": _of_waiting,
    "answer.disputed": _of_dispute,
    "answer.dispute_resolved": _of_settlement,
    "answer.source_status_changed": _of_source,
    "endorsement.review_due": _of_review,
    "endorsement.lapsed": _of_lapse,
    "outcome.told": _of_outcome,
    "outcome.asked": _of_asking,
    "membership.joined": _of_joining,
    "membership.declined": _of_refusal,
    "membership.role_changed": _of_role,
    "membership.requested": _of_request,
    "unit.opened": _of_unit,
    "challenge.due_soon": _of_due_work,
    "feedback.given": _of_feedback,
    "clarification.asked": _of_private_words,
    "clarification.answered": _of_private_words,
    "unmask.requested": _of_unmask_request,
    "unmask.confirmed": _of_lifting,
}
