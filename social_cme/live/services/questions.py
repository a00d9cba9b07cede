"""The question queue as everybody uses it: ask, vote, take a vote back.

Rule: everything in a session is written one after the other (its row is locked), and a score changes with the votes while it
is locked; so a number on the screen is always the number of people.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value

from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.discussions.services.masking import choose_line
from social_cme.live import events, rules
from social_cme.live.enums import QuestionState
from social_cme.live.models import LiveQuestion, LiveSession, QuestionVote
from social_cme.live.policies import can_ask, can_lead, can_vote
from social_cme.live.queries.board import access_question, count_asked
from social_cme.live.queries.options import Options, find_options
from social_cme.live.queries.sessions import access_session, mentor_ids
from social_cme.live.queries.voting import access_standing, list_votes_in_family
from social_cme.live.services.approval import note_waiting
from social_cme.live.services.joining import decide_to_join
from social_cme.live.services.texts import required_text
from social_cme.persistence.inserting import PreparedInsert
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.policies import RoomContext


def ask(
    ctx: RoomContext,
    session_id: int,
    *,
    body: str,
    pseudonym: str | None = None,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> LiveQuestion:
    """Put a question into the queue, before or during the session; plain text of 1 to 500 characters.

    *pseudonym* names one of the levels that ``list_pseudonyms`` offers; without it the author asks under the own name. Where
    the session wants it, the question waits until who leads approves it.
    """
    text = required_text(body, field="body", limit=rules.MAX_QUESTION, name="a question")
    with transaction() as tx:
        session = _take_part(ctx, session_id)
        claim = tx.claim(ctx.user.id, client_id, "question.ask")
        if claim.object_id is not None:
            return access_question(session, claim.object_id)
        require(can_ask(session))
        if count_asked(ctx.user.id, session.id) >= rules.MAX_QUESTIONS_EACH:
            raise Conflict(
                f"You have {rules.MAX_QUESTIONS_EACH} questions waiting. Let others ask before you add more."
            )
        checked = check_before_publishing(
            tx, ctx, kind=ObjectKind.LIVE_QUESTION, parts={"body": text}, attested=attested, place_id=session.id
        )
        options = find_options(session.id)
        question = LiveQuestion(session_id=session.id, room_id=ctx.room_id, author_id=ctx.user.id, body=text, labels=[])
        if pseudonym:
            _put_on(ctx, options, question, pseudonym)
        if options.approve_first and not can_lead(ctx, mentor_ids(session.id)):
            question.state = QuestionState.PENDING
        tx.add(question)
        tx.record(
            events.QuestionAsked(
                actor_id=ctx.user.id, room_id=ctx.room_id, session_id=session.id, question_id=question.id
            )
        )
        if question.state == QuestionState.PENDING:
            note_waiting(tx, question)
        checked.note(question.id)
        claim.settle(question.id)
    return question


def vote(ctx: RoomContext, session_id: int, question_id: int, *, client_id: str | None = None) -> LiveQuestion:
    """Support a question; a merged one stands for the one it was merged into. Voting twice changes nothing."""
    with transaction() as tx:
        session = _take_part(ctx, session_id)
        question = access_standing(session, question_id, actor_id=ctx.user.id)
        if tx.claim(ctx.user.id, client_id, "question.vote", object_id=question.id).object_id is not None:
            return question
        require(can_vote(ctx, session, question))
        votes = list_votes_in_family(ctx.user.id, question)
        if all(one.withdrawn_at is not None for one in votes):
            _give(tx, ctx.user.id, question, votes)
            _count(tx, question, 1)
            _tell(tx, ctx.user.id, question, supports=True, first=not votes)
    return question


def unvote(ctx: RoomContext, session_id: int, question_id: int, *, client_id: str | None = None) -> LiveQuestion:
    """Take one's support of a question back; without any this changes nothing."""
    with transaction() as tx:
        session = _take_part(ctx, session_id)
        question = access_standing(session, question_id, actor_id=ctx.user.id)
        if tx.claim(ctx.user.id, client_id, "question.unvote", object_id=question.id).object_id is not None:
            return question
        require(can_vote(ctx, session, question))
        given = [one for one in list_votes_in_family(ctx.user.id, question) if one.withdrawn_at is None]
        for one in given:
            one.withdrawn_at = clock.now()
            if one.question_id != question.id:
                # What was merged goes on counting its own, in case it stands alone again.
                tx.session.execute(_COUNT, {"of_question": one.question_id, "more": -1})
        if given:
            _count(tx, question, -1)
            _tell(tx, ctx.user.id, question, supports=False, first=False)
    return question


def _take_part(ctx: RoomContext, session_id: int) -> LiveSession:
    session = access_session(ctx, session_id, lock=True)
    require(decide_to_join(ctx, session))
    return session


def _put_on(ctx: RoomContext, options: Options, question: LiveQuestion, level: str) -> None:
    if not options.allow_pseudonyms:
        raise Invalid(fields={"pseudonym": ["Questions carry names in this session. Choose your name, or ask later."]})
    line = choose_line(ctx, level)
    question.pseudonym, question.pseudonym_verified = line.text, line.is_verified


_GIVE = PreparedInsert(QuestionVote, lambda one: one)
_COUNT = (
    update(LiveQuestion)
    .where(LiveQuestion.id == bindparam("of_question"))
    .values(score=LiveQuestion.score + bindparam("more"))
    .returning(LiveQuestion.score)
    .execution_options(synchronize_session=False)
)


def _give(tx: Transaction, user_id: int, question: LiveQuestion, votes: list[QuestionVote]) -> None:
    own = next((one for one in votes if one.question_id == question.id), None)
    if own is not None:
        own.withdrawn_at = None
    else:
        tx.session.execute(
            _GIVE.of(tx.session), {"question_id": question.id, "user_id": user_id, "created_at": clock.now()}
        )


def _count(tx: Transaction, question: LiveQuestion, more: int) -> None:
    """Count somebody who had no vote among the question and those merged into it, or has none there any more."""
    score = tx.session.scalar(_COUNT, {"of_question": question.id, "more": more})
    set_committed_value(question, "score", score)


def _tell(tx: Transaction, user_id: int, question: LiveQuestion, *, supports: bool, first: bool) -> None:
    tx.record(
        events.QuestionVoted(
            actor_id=user_id,
            room_id=question.room_id,
            session_id=question.session_id,
            question_id=question.id,
            supports=supports,
            first=first,
        )
    )
