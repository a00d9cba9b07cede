"""What happened with the patient of a case: the author is asked, and tells it once or several times.

Rule: the author is asked once for each interval, and no more after a final outcome. Nobody is asked about a case that is hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import exists, select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.discussions import policies
from social_cme.discussions.enums import (
    DIAGNOSIS_LIMIT,
    OUTCOME_LIMIT,
    REASON_LIMIT,
    WITHDRAWN,
    ThreadKind,
)
from social_cme.discussions.events import OutcomeAsked, OutcomeHidden, OutcomeTold
from social_cme.discussions.models import CaseOutcome, OutcomeRequest, Thread
from social_cme.discussions.queries.outcomes import access_outcome
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.rules.schedules import ASK_AFTER_WEEKS, LATEST_WEEKS, weeks_to_ask
from social_cme.discussions.services.steps import solve_poll
from social_cme.discussions.services.texts import line_text, long_text
from social_cme.persistence.transaction import transaction
from social_cme.privacy.enums import ObjectKind
from social_cme.privacy.services.checking import check_before_publishing
from social_cme.rooms.enums import MembershipState
from social_cme.rooms.models import Membership, Room
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown

# Cases looked at in one transaction; the job comes again.
BATCH = 200


def tell_outcome(
    ctx: RoomContext,
    *,
    thread_id: int,
    body: str,
    diagnosis: str = "",
    right_options: Sequence[int] = (),
    is_final: bool = False,
    attested: Collection[str] = (),
    client_id: str | None = None,
) -> CaseOutcome:
    """Tell what happened with the patient of one's case; earlier outcomes stay, each with its date.

    *right_options* are the options of the case's polls that proved right, one for each poll at most. Followers hear of it.
    Raises ``Invalid`` naming the fields.
    """
    with transaction() as tx:
        thread = access_thread(ctx, thread_id, lock=True)
        require(policies.can_tell_outcome(ctx, thread))
        claim = tx.claim(ctx.user.id, client_id, "outcome.tell")
        if claim.object_id is not None:
            return access_outcome(ctx, claim.object_id)[1]
        text = long_text(body, "body", OUTCOME_LIMIT)
        outcome = CaseOutcome(
            room_id=ctx.room_id,
            thread_id=thread.id,
            author_id=ctx.user.id,
            body_md=text,
            body_html=render_markdown(text),
            diagnosis=line_text(diagnosis, "diagnosis", DIAGNOSIS_LIMIT),
            is_final=bool(is_final),
        )
        told = {"body": text, "diagnosis": outcome.diagnosis}
        check_before_publishing(
            tx, ctx, kind=ObjectKind.THREAD, parts=told, attested=attested, object_id=thread.id
        ).note(thread.id)
        for option_id in dict.fromkeys(right_options):
            solve_poll(tx, thread, option_id)
        tx.add(outcome)
        tx.record(
            OutcomeTold(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                thread_id=thread.id,
                outcome_id=outcome.id,
                is_final=outcome.is_final,
            )
        )
        claim.settle(outcome.id)
        return outcome


def hide_outcome(ctx: RoomContext, *, outcome_id: int, reason: str = "") -> CaseOutcome:
    """Put an outcome out of sight: its author takes it back, a moderator needs a reason."""
    with transaction() as tx:
        _thread, outcome = access_outcome(ctx, outcome_id, lock=True)
        require(policies.can_hide_outcome(ctx, outcome))
        is_own = outcome.author_id == ctx.user.id
        text = WITHDRAWN if is_own else line_text(reason, "reason", REASON_LIMIT, required=True)
        outcome.hidden_at, outcome.hidden_reason = clock.now(), text
        tx.record(
            OutcomeHidden(actor_id=ctx.user.id, room_id=ctx.room_id, thread_id=outcome.thread_id, outcome_id=outcome.id)
        )
        return outcome


def ask_for_outcomes(*, after: int = 0) -> tuple[int, int]:
    """Ask the authors of cases that came of age what happened; return how many were asked, and where to go on (0: all done).

    Only who can tell it is asked: active authors who still take part in a room that is open.
    """
    moment = clock.now()
    with transaction() as tx:
        final = exists().where(
            CaseOutcome.thread_id == Thread.id, CaseOutcome.is_final.is_(True), CaseOutcome.hidden_at.is_(None)
        )
        threads = tx.session.scalars(
            select(Thread)
            .join(Room, Room.id == Thread.room_id)
            .join(User, User.id == Thread.author_id)
            .join(Membership, (Membership.room_id == Room.id) & (Membership.user_id == User.id))
            .where(
                Thread.id > after,
                Thread.kind == ThreadKind.CASE,
                Thread.hidden_at.is_(None),
                Thread.locked_at.is_(None),
                Thread.source_ref.is_(None),
                Thread.created_at <= moment - timedelta(weeks=ASK_AFTER_WEEKS[0]),
                Thread.created_at >= moment - timedelta(weeks=LATEST_WEEKS),
                Room.is_archived.is_(False),
                User.state == AccountState.ACTIVE,
                Membership.state == MembershipState.ACTIVE,
                ~final,
            )
            .order_by(Thread.id)
            .limit(BATCH)
            .with_for_update(of=Thread, skip_locked=True)
        ).all()
        asked: dict[int, set[int]] = {}
        rows = select(OutcomeRequest.thread_id, OutcomeRequest.weeks).where(
            OutcomeRequest.thread_id.in_([thread.id for thread in threads])
        )
        for thread_id, weeks in tx.session.execute(rows):
            asked.setdefault(thread_id, set()).add(weeks)
        count = 0
        for thread in threads:
            due = weeks_to_ask(moment - thread.created_at, asked.get(thread.id, ()))
            if due is None:
                continue
            tx.session.add(OutcomeRequest(thread_id=thread.id, weeks=due))
            tx.record(
                OutcomeAsked(
                    actor_id=None, user_id=thread.author_id, room_id=thread.room_id, thread_id=thread.id, weeks=due
                )
            )
            count += 1
        return count, threads[-1].id if len(threads) == BATCH else 0
