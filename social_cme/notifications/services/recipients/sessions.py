"""Who hears of live sessions."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, or_, select

from social_cme.accounts.models import User
from social_cme.live.enums import RsvpState
from social_cme.live.models import LiveQuestion, LiveSession, Rsvp, SessionMentor
from social_cme.notifications.enums import NoticeKind
from social_cme.notifications.services.recipients.base import Telling, number
from social_cme.persistence.facts import FactRecord
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership


def _of_plan(fact: FactRecord) -> list[Telling]:
    if fact.data.get("in_series"):
        return []
    return [about_session(fact, NoticeKind.SESSION_SCHEDULED, _is_member(fact))]


def _of_series_plan(fact: FactRecord) -> list[Telling]:
    return [about_session(fact, NoticeKind.SERIES_SCHEDULED, _is_member(fact))]


def _is_member(fact: FactRecord) -> ColumnElement[bool]:
    members = select(Membership.user_id).where(
        Membership.room_id == number(fact, "room_id"), Membership.state == MembershipState.ACTIVE
    )
    return User.id.in_(members)


def _of_session_change(fact: FactRecord) -> list[Telling]:
    kind = {"times": NoticeKind.SESSION_MOVED, "details": NoticeKind.SESSION_CHANGED}.get(str(fact.data.get("change")))
    return [about_session(fact, kind, _concerned_by(fact))] if kind is not None else []


def _of_series_change(fact: FactRecord) -> list[Telling]:
    return [about_session(fact, NoticeKind.SERIES_CHANGED, _concerned_by_series(fact))]


def _of_series_cancellation(fact: FactRecord) -> list[Telling]:
    return [about_session(fact, NoticeKind.SERIES_CANCELLED, _concerned_by_series(fact))]


def _of_moving_up(fact: FactRecord) -> list[Telling]:
    return [about_session(fact, NoticeKind.PLACE_FREE, User.id == number(fact, "user_id"))]


def _of_release(fact: FactRecord) -> list[Telling]:
    if fact.data.get("reason") != "eligibility":
        # Whoever left knows it.
        return []
    return [about_session(fact, NoticeKind.PLACE_LOST, User.id == number(fact, "user_id"))]


def _of_start(fact: FactRecord) -> list[Telling]:
    return [about_session(fact, NoticeKind.SESSION_STARTED, User.id.in_(_coming_to(fact)))]


def _of_cancellation(fact: FactRecord) -> list[Telling]:
    if fact.data.get("in_series"):
        return []
    return [about_session(fact, NoticeKind.SESSION_CANCELLED, _concerned_by(fact))]


def _of_question(fact: FactRecord) -> list[Telling]:
    kind = _OF_QUESTION_STATE.get(str(fact.data.get("state")))
    if kind is None:
        return []
    author = select(LiveQuestion.author_id).where(LiveQuestion.id == number(fact, "question_id"))
    return [about_session(fact, kind, User.id.in_(author))]


_OF_QUESTION_STATE = {
    "answered": NoticeKind.QUESTION_ANSWERED,
    "declined": NoticeKind.QUESTION_DECLINED,
    "later": NoticeKind.QUESTION_LATER,
}


def _of_chat_mention(fact: FactRecord) -> list[Telling]:
    return [about_session(fact, NoticeKind.CHAT_MENTION, User.id == number(fact, "user_id"))]


def _of_live_privacy(fact: FactRecord) -> list[Telling]:
    kind = NoticeKind.PRIVATE_QUESTION if fact.kind.endswith(".asked") else NoticeKind.PRIVATE_ANSWER
    return [about_session(fact, kind, User.id == number(fact, "user_id"))]


def _coming_to(fact: FactRecord) -> Select[int]:
    return select(Rsvp.user_id).where(Rsvp.session_id == number(fact, "session_id"), Rsvp.state == RsvpState.GOING)


def _concerned_by(fact: FactRecord) -> ColumnElement[bool]:
    """Whoever comes to a session, waits for a place in it or leads it."""
    return _concerned([number(fact, "session_id")])


def _concerned_by_series(fact: FactRecord) -> ColumnElement[bool]:
    """Whoever comes to, waits for or leads one of the sessions of a series that a fact is about; each of them once."""
    return _concerned(
        select(LiveSession.id).where(
            LiveSession.series_id == number(fact, "series_id"), LiveSession.series_place >= number(fact, "from_place")
        )
    )


def _concerned(session_ids: Select[int] | list[int]) -> ColumnElement[bool]:
    said = select(Rsvp.user_id).where(
        Rsvp.session_id.in_(session_ids), Rsvp.state.in_((RsvpState.GOING, RsvpState.WAITING))
    )
    leading = select(SessionMentor.user_id).where(SessionMentor.session_id.in_(session_ids))
    return or_(User.id.in_(said), User.id.in_(leading))


def about_session(fact: FactRecord, kind: NoticeKind, recipients: ColumnElement[bool]) -> Telling:
    """Say that it is about a session."""
    return Telling(kind, recipients, session_id=number(fact, "session_id"))


TELLINGS: dict[str, Callable[[FactRecord], list[Telling]]] = {
    "session.scheduled": _of_plan,
    "session.started": _of_start,
    "session.cancelled": _of_cancellation,
    "session.changed": _of_session_change,
    "series.scheduled": _of_series_plan,
    "series.changed": _of_series_change,
    "series.cancelled": _of_series_cancellation,
    "rsvp.moved_up": _of_moving_up,
    "rsvp.released": _of_release,
    "question.state_changed": _of_question,
    "chat.mentioned": _of_chat_mention,
    "live_clarification.asked": _of_live_privacy,
    "live_clarification.answered": _of_live_privacy,
}
