"""What happened with the patient of a case."""

from __future__ import annotations

from social_cme.discussions.api import ROOM, THREAD, bp
from social_cme.discussions.queries.outcomes import list_outcomes as found_outcomes
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.schemas.steps import HideOutcomeIn, OutcomeIn, OutcomeList, OutcomeOut
from social_cme.discussions.services import outcomes
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import ApiScope, endpoint

WRITE = ApiScope.WRITE


@endpoint(bp, f"{THREAD}/outcomes", "GET", result=OutcomeList, public=True)
def list_outcomes(slug: str, thread_id: int) -> OutcomeList:
    """List what the author told of how a case went on, the latest first; nothing while steps of the case are closed to you."""
    ctx = read_room(current_actor(), slug)
    thread = access_thread(ctx, thread_id)
    return OutcomeList(items=[OutcomeOut.of(one) for one in found_outcomes(ctx, thread, sight_of(ctx, thread))])


@endpoint(bp, f"{THREAD}/outcomes", "POST", result=OutcomeOut, body=OutcomeIn, status=201, scope=WRITE, errors=(422,))
def tell_outcome(slug: str, thread_id: int, body: OutcomeIn) -> OutcomeOut:
    """Tell what happened with the patient of your case; who follows it is told."""
    ctx = read_room(require_actor(), slug)
    return OutcomeOut.of(outcomes.tell_outcome(ctx, thread_id=thread_id, **body.model_dump()))


@endpoint(
    bp,
    f"{ROOM}/outcomes/<id:outcome_id>/hide",
    "POST",
    result=OutcomeOut,
    body=HideOutcomeIn,
    scope=WRITE,
    errors=(422,),
)
def hide_outcome(slug: str, outcome_id: int, body: HideOutcomeIn) -> OutcomeOut:
    """Take your outcome back, or as a moderator hide it with a reason."""
    ctx = read_room(require_actor(), slug)
    return OutcomeOut.of(outcomes.hide_outcome(ctx, outcome_id=outcome_id, reason=body.reason))
