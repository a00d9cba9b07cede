"""The words and the destination of a notice, made from values in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from social_cme.notifications.enums import NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a notice is about, as its rows are now."""

    kind: NoticeKind
    actor_name: str
    room_slug: str
    room_name: str
    role: str = ""
    thread_id: int | None = None
    thread_title: str = ""
    post_id: int | None = None
    session_id: int | None = None
    session_title: str = ""
    unit_id: int | None = None
    unit_title: str = ""
    challenge_id: int | None = None
    challenge_title: str = ""
    reason: str = ""


def sentence(about: Subject) -> str:
    """Say in one sentence what happened."""
    who, thread, session, room = about.actor_name, about.thread_title, about.session_title, about.room_name
    return {
        NoticeKind.ANSWER: f"{who} answered “{thread}”",
        NoticeKind.COMMENT: f"{who} commented in “{thread}”",
        NoticeKind.MENTION: f"{who} mentioned you in “{thread}”",
        NoticeKind.REMINDER: f"You wanted to be reminded of “{thread}”",
        NoticeKind.ACCEPTED: f"{who} marked your answer in “{thread}” as helpful",
        NoticeKind.ENDORSED: f"{who} endorsed your answer in “{thread}”",
        NoticeKind.WAITING: f"“{thread}” in {room} still waits for a first answer",
        NoticeKind.CORRECTION: f"Correction: an answer that you read in “{thread}” is disputed",
        NoticeKind.CORRECTION_SETTLED: f"The dispute about an answer in “{thread}” was settled",
        NoticeKind.SOURCE_RETRACTED: f"A paper behind an answer in “{thread}” was retracted",
        NoticeKind.REVIEW_DUE: f"Your endorsement in “{thread}” lapses soon. Look at the answer again and renew it",
        NoticeKind.ENDORSEMENT_LAPSED: f"Your endorsement in “{thread}” has lapsed. You can renew it there",
        NoticeKind.SESSION_SCHEDULED: f"{who} planned the live session “{session}”",
        NoticeKind.SESSION_STARTED: f"The live session “{session}” has started",
        NoticeKind.SESSION_CANCELLED: f"The live session “{session}” was cancelled",
        NoticeKind.SESSION_MOVED: f"The live session “{session}” has new times",
        NoticeKind.SESSION_CHANGED: f"The live session “{session}” was changed",
        NoticeKind.SERIES_SCHEDULED: f"{who} planned a series of live sessions, “{session}”",
        NoticeKind.SERIES_CHANGED: f"The live session “{session}” and those that follow it in its series were changed",
        NoticeKind.SERIES_CANCELLED: f"The live session “{session}” and those that follow it in its series were cancelled",
        NoticeKind.PLACE_FREE: f"You have a place in the live session “{session}”",
        NoticeKind.PLACE_LOST: f"The live session “{session}” is now for others, so your place was given back",
        NoticeKind.QUESTION_ANSWERED: f"Your question in “{session}” was answered",
        NoticeKind.QUESTION_DECLINED: f"Your question in “{session}” was not taken into the queue. Its page says why",
        NoticeKind.QUESTION_LATER: f"Your question in “{session}” will be answered in writing",
        NoticeKind.CHAT_MENTION: f"{who} mentioned you in the chat of “{session}”",
        NoticeKind.LET_IN: f"You are now a member of {room}",
        NoticeKind.DECLINED: f"Your request to join {room} was declined",
        NoticeKind.ROLE_CHANGED: f"Your role in {room} is now {about.role or 'another one'}",
        NoticeKind.JOIN_REQUEST: f"{who} asks to join {room}",
        NoticeKind.UNIT_OPENED: f"The unit “{about.unit_title}” is open",
        NoticeKind.CHALLENGE_DUE: f"The work for “{about.challenge_title}” is due in two days",
        NoticeKind.FEEDBACK_RECEIVED: f"Your team has new feedback on its work for “{about.challenge_title}”",
        NoticeKind.OUTCOME_ASKED: f"What happened with the patient of “{thread}”? Colleagues would like to know",
        NoticeKind.OUTCOME: f"{who} told what happened in “{thread}”",
        NoticeKind.PRIVATE_QUESTION: (
            f"{who} asks you in private about “{thread}”"
            if about.thread_id is not None
            else f"{who} asks you in private about your question in “{session}”"
        ),
        NoticeKind.PRIVATE_ANSWER: (
            f"The author of “{thread}” answered you in private"
            if about.thread_id is not None
            else f"The author of a question in “{session}” answered you in private"
        ),
        NoticeKind.UNMASK_REQUESTED: f"{who} asks to lift the pseudonym of “{thread}”; a second moderator decides",
        NoticeKind.UNMASKED: f"Two moderators lifted your pseudonym in “{thread}”. Their reason: {about.reason}",
    }[about.kind]


def _private_place(about: Subject, room: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if about.session_id is not None:
        return "live.private", room | {"session_id": about.session_id}
    return "discussions.clarify", room | {"thread_id": about.thread_id or 0}


def destination(about: Subject) -> tuple[str, dict[str, Any]]:
    """Return the page that a notice leads to: the name of its endpoint and the values of its address."""
    room: dict[str, Any] = {"slug": about.room_slug}
    if about.kind == NoticeKind.JOIN_REQUEST:
        return "rooms.requests", room
    if about.kind in {NoticeKind.LET_IN, NoticeKind.DECLINED, NoticeKind.ROLE_CHANGED}:
        return "rooms.about", room
    if about.unit_id is not None:
        return "cohorts.show_unit", room | {"unit_id": about.unit_id}
    if about.challenge_id is not None:
        return "cohorts.show_challenge", room | {"challenge_id": about.challenge_id}
    if about.kind in {NoticeKind.PRIVATE_QUESTION, NoticeKind.PRIVATE_ANSWER}:
        return _private_place(about, room)
    if about.kind in {NoticeKind.UNMASK_REQUESTED, NoticeKind.UNMASKED}:
        return "moderation.unmask", room | {"thread_id": about.thread_id or 0}
    if about.session_id is not None:
        return "live.show", room | {"session_id": about.session_id}
    if about.kind == NoticeKind.OUTCOME_ASKED:
        return "discussions.new_outcome", room | {"thread_id": about.thread_id or 0}
    if about.post_id is not None:
        return "discussions.show_post", room | {"post_id": about.post_id}
    return "discussions.show_thread", room | {"thread_id": about.thread_id or 0}
