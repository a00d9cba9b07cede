"""The threads of the demonstration, with answers, comments, votes, endorsements and what moderators did."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from social_cme.core import clock
from social_cme.demo.schemas import AnswerText, PictureText, RoomText, ThreadText
from social_cme.demo.services import evidence, measures
from social_cme.demo.services.cases import add_steps
from social_cme.demo.services.script import Stage, draw
from social_cme.discussions.enums import VoteTarget
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.reading import mark_read
from social_cme.discussions.services.threads import post_thread
from social_cme.discussions.services.votes import cast_vote
from social_cme.media.enums import Consent
from social_cme.media.services.statements import Statement
from social_cme.media.services.uploading import upload_image
from social_cme.rooms.policies import RoomContext

# Votes come in three waves after an answer, in hours.
VOTE_WAVES = (3.0, 20.0, 70.0)


def add_threads(stage: Stage, threads: Sequence[ThreadText], rooms: Sequence[RoomText]) -> None:
    """Put the threads on the stage."""
    members = {room.slug: [*room.members, *(one.person for one in room.mentors)] for room in rooms}
    for thread in threads:
        opened = stage.present - timedelta(days=thread.days_ago)
        key = f"thread.{thread.key}"
        stage.act(opened, key, partial(_open, stage, thread))
        add_steps(stage, thread, key, opened)
        for number, answer in enumerate(thread.answer, start=1):
            _add_answer(stage, thread, answer, f"{key}.{number}", opened, members[thread.room])
        evidence.add_evidence(stage, thread, key, opened)
        if thread.pinned:
            mentor = next(room.mentors[0].person for room in rooms if room.slug == thread.room)
            stage.act(stage.soon_after(opened, 6), f"{key}.pinned", partial(measures.pin, stage, thread, key, mentor))
        if thread.locked is not None:
            last = max([opened, *(_moment(opened, hours) for hours in _hours(thread))])
            locking = partial(measures.lock, stage, thread, key, thread.locked)
            stage.act(stage.soon_after(last, 90), f"{key}.locked", locking)


def add_visits(
    stage: Stage, visits: dict[str, float], threads: Sequence[ThreadText], rooms: Sequence[RoomText]
) -> None:
    """Let people have read, so many days ago, what their rooms held then; what came later is new to them."""
    for person, days in visits.items():
        at = stage.present - timedelta(days=days)
        for room in rooms:
            inside = {*room.members, *room.coordinators, *(one.person for one in room.mentors)}
            seen = [one for one in threads if one.room == room.slug and one.days_ago > days]
            if person in inside and seen:
                stage.act(
                    at,
                    f"visit.{person}.{room.slug}",
                    partial(_read, stage, person, room.slug, seen),
                )


def _moment(opened: datetime, hours: float) -> datetime:
    return opened + timedelta(hours=hours)


def _hours(thread: ThreadText) -> list[float]:
    comments = [one.hours_after for answer in thread.answer for one in answer.comment]
    return [*(one.hours_after for one in thread.answer), *comments]


def _add_answer(
    stage: Stage, thread: ThreadText, answer: AnswerText, key: str, opened: datetime, members: Sequence[str]
) -> None:
    at = _moment(opened, answer.hours_after)
    stage.act(at, key, partial(_answer, stage, thread, answer))
    for number, comment in enumerate(answer.comment, start=1):
        stage.act(
            _moment(opened, comment.hours_after),
            f"{key}.comment.{number}",
            partial(_comment, stage, thread, key, comment.author, comment.body),
        )
    voters = draw([one for one in members if one != answer.author], answer.votes, seed=key)
    for wave, hours in enumerate(VOTE_WAVES):
        chosen = voters[wave :: len(VOTE_WAVES)]
        if chosen:
            moment = stage.soon_after(at, hours, share=0.3 + 0.2 * wave)
            stage.act(moment, f"{key}.votes.{wave}", partial(_vote, stage, thread, key, chosen))
    if answer.accepted:
        stage.act(stage.soon_after(at, 9), f"{key}.accepted", partial(_accept, stage, thread, key))
    if answer.endorsed_by is not None:
        stage.act(stage.soon_after(at, 14), f"{key}.endorsed", partial(_endorse, stage, thread, answer, key))
    if answer.flag is not None:
        stage.act(stage.soon_after(at, 30), f"{key}.flagged", partial(measures.flag, stage, thread, key, answer.flag))
    if answer.hidden is not None:
        stage.act(stage.soon_after(at, 5), f"{key}.hidden", partial(measures.hide, stage, thread, key, answer.hidden))


def _open(stage: Stage, thread: ThreadText) -> int:
    ctx = stage.enter(thread.author, thread.room)
    pictures = [_bring(ctx, thread.picture)] if thread.picture is not None else []
    if thread.case is None:
        return post_thread(
            ctx,
            kind=thread.kind,
            title=thread.title,
            body=thread.body,
            image_keys=pictures,
            pseudonym=thread.pseudonym,
        ).id
    case = thread.case.model_dump(exclude={"setting", "age_band"})
    return post_thread(
        ctx,
        kind=thread.kind,
        title=thread.title,
        case=case,
        setting=thread.case.setting,
        age_band=thread.case.age_band,
        image_keys=pictures,
        pseudonym=thread.pseudonym,
    ).id


def _bring(ctx: RoomContext, picture: PictureText) -> str:
    # Drawing needs a library that nothing else in the server's own process does; it is loaded with the demonstration alone.
    drawings = importlib.import_module("social_cme.demo.services.drawings")
    said = Statement(alt=picture.alt, caption=picture.caption, consent=Consent.NOT_A_PATIENT.value, is_attested=True)
    return upload_image(ctx, data=drawings.drawn(picture.drawing), statement=said).key


def _answer(stage: Stage, thread: ThreadText, answer: AnswerText) -> int:
    sources = [f"{one.label} {_PREFIX[one.kind]}{one.value}" for one in answer.citations]
    post = post_answer(
        stage.enter(answer.author, thread.room),
        thread_id=_id(stage, thread),
        body=answer.body,
        citations=sources,
        think_aloud=answer.think_aloud.model_dump() if answer.think_aloud is not None else None,
    )
    return post.id


_PREFIX = {"doi": "https://doi.org/", "pmid": "PMID ", "url": ""}


def _comment(stage: Stage, thread: ThreadText, answer_key: str, author: str, body: str) -> int:
    ctx = stage.enter(author, thread.room)
    return post_comment(ctx, thread_id=_id(stage, thread), parent_id=stage.made[answer_key], body=body).id


def _vote(stage: Stage, thread: ThreadText, answer_key: str, voters: Sequence[str]) -> None:
    for voter in voters:
        ctx = stage.enter(voter, thread.room)
        cast_vote(ctx, target=VoteTarget.POST, target_id=stage.made[answer_key], value=1)


def _accept(stage: Stage, thread: ThreadText, answer_key: str) -> None:
    accept_answer(stage.enter(thread.author, thread.room), post_id=stage.made[answer_key])


def _endorse(stage: Stage, thread: ThreadText, answer: AnswerText, answer_key: str) -> None:
    endorse_answer(
        stage.enter(str(answer.endorsed_by), thread.room),
        post_id=stage.made[answer_key],
        evidence_level=answer.evidence_level,
        note=answer.endorsement_note,
        review_by=clock.now().date() + timedelta(days=answer.review_in_days) if answer.review_in_days else None,
    )


def _read(stage: Stage, person: str, room: str, threads: Sequence[ThreadText]) -> None:
    ctx = stage.enter(person, room)
    for one in threads:
        thread_id = _id(stage, one)
        mark_read(ctx, thread_id=thread_id, up_to=access_thread(ctx, thread_id).last_post_id)


def _id(stage: Stage, thread: ThreadText) -> int:
    return stage.made[f"thread.{thread.key}"]
