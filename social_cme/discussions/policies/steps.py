"""What somebody may do with the steps, polls and outcomes of a case."""

from __future__ import annotations

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.discussions.enums import ThreadKind
from social_cme.discussions.models import CaseOutcome, Thread
from social_cme.discussions.policies.threads import can_answer, can_edit_thread
from social_cme.rooms.policies import RoomContext, can_moderate


def can_write_steps(ctx: RoomContext, thread: Thread) -> Decision:
    """Add steps to a case and change them: its author, while it takes answers."""
    writing = can_edit_thread(ctx, thread)
    if not writing:
        return writing
    if thread.kind != ThreadKind.CASE:
        return refuse("Only a case can have steps.")
    return can_answer(ctx, thread)


def can_respond(ctx: RoomContext, thread: Thread) -> Decision:
    """Answer a step of a case, or go on to the next: whoever may answer the thread, but not who wrote the case."""
    if ctx.actor_id == thread.author_id:
        return refuse("You wrote this case.")
    return can_answer(ctx, thread)


def can_settle_poll(ctx: RoomContext, thread: Thread) -> Decision:
    """Close a poll, and mark the right diagnosis: the author of the case and the room's mentors."""
    if ctx.moderates and can_moderate(ctx):
        return ALLOWED
    return can_edit_thread(ctx, thread)


def can_tell_outcome(ctx: RoomContext, thread: Thread) -> Decision:
    """Tell what happened: the author of a case, also after it was closed."""
    if thread.kind != ThreadKind.CASE:
        return refuse("Only a case has an outcome.")
    return can_edit_thread(ctx, thread)


def can_hide_outcome(ctx: RoomContext, outcome: CaseOutcome) -> Decision:
    """Put what was told out of sight: moderators, and its author, who takes it back."""
    if outcome.hidden_at is not None:
        return refuse("This is hidden already.")
    if ctx.moderates or ctx.actor_id == outcome.author_id:
        return ALLOWED
    return refuse("Only its author and the room's mentors can do this.")


def can_see_outcome(ctx: RoomContext, outcome: CaseOutcome) -> Decision:
    """Read what was told: once it is hidden, its author and the moderators alone."""
    if outcome.hidden_at is None or ctx.moderates or ctx.actor_id == outcome.author_id:
        return ALLOWED
    return refuse("This is hidden.")
