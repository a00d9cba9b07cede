"""What somebody may do with threads and posts; each answer carries its reason.

Rule: decided on the rows as they are inside the transaction, so a thread locked a second ago refuses at once.
"""

from __future__ import annotations

from social_cme.core.permissions import ALLOWED, Decision, refuse
from social_cme.discussions.enums import PostKind, SummaryKind, ThreadKind, ThreadStatus
from social_cme.discussions.models import Post, Thread
from social_cme.rooms.policies import RoomContext, can_moderate, can_read, can_take_part


def can_see_thread(ctx: RoomContext, thread: Thread) -> Decision:
    """See a thread: whoever may read the room; a hidden one its author and the moderators alone."""
    readable = can_read(ctx)
    if not readable:
        return readable
    if thread.merged_into_id is not None:
        return refuse("This thread was merged into another.")
    if thread.hidden_at is None or ctx.moderates or _is(ctx, thread.author_id):
        return ALLOWED
    return refuse("This thread is hidden.")


def can_see_text(ctx: RoomContext, post: Post) -> Decision:
    """See the words of a post: for a hidden one its author and the moderators alone; others see that it is hidden."""
    if post.hidden_at is None or ctx.moderates or _is(ctx, post.author_id):
        return ALLOWED
    return refuse("This post is hidden.")


def can_see_every_step(ctx: RoomContext, thread: Thread) -> Decision:
    """See all steps of a case at once: its author, who moderates, and members once nobody can answer any more."""
    if ctx.moderates or _is(ctx, thread.author_id):
        return ALLOWED
    if ctx.is_member and (thread.status == ThreadStatus.CLOSED or thread.locked_at is not None or ctx.room.is_archived):
        return ALLOWED
    return refuse("The next step opens when you have got past this one.")


def can_see_discussion(ctx: RoomContext, thread: Thread, *, has_answered: bool, passed: int) -> Decision:
    """See what others wrote below a thread; *passed* is the number of steps of the case that the reader got past.

    Where one answers first, members see the others' answers after their own; in a case of several steps, after the last step
    opened. Who is no member sees the opening alone.
    """
    if not thread.post_first and thread.step_count <= 1:
        return ALLOWED
    if can_see_every_step(ctx, thread):
        return ALLOWED
    if not ctx.is_member:
        return refuse("Members see the answers here after they have given their own.")
    if passed < thread.step_count - 1:
        return refuse("The discussion opens with the last step of the case.")
    if thread.post_first and not has_answered:
        return refuse("Here everybody answers first. What the others wrote opens with your own answer.")
    return ALLOWED


def can_post_thread(ctx: RoomContext) -> Decision:
    """Open a thread: whoever may take part in the room."""
    return can_take_part(ctx)


def can_answer(ctx: RoomContext, thread: Thread) -> Decision:
    """Answer or comment: whoever may take part, while the thread is neither hidden, locked nor closed."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    return _open_for_words(thread)


def can_comment_on(ctx: RoomContext, thread: Thread, parent: Post | None) -> Decision:
    """Comment on the thread, or on an answer that is in sight; comments have no comments."""
    answering = can_answer(ctx, thread)
    if not answering or parent is None:
        return answering
    if parent.kind != PostKind.ANSWER:
        return refuse("A comment cannot be commented on. Comment on the answer instead.")
    return _in_sight(parent)


def can_vote(ctx: RoomContext, thread: Thread, post: Post | None) -> Decision:
    """Vote on somebody else's thread or post until the thread is closed; a locked thread still takes votes."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if thread.hidden_at is not None:
        return refuse("This thread is hidden, so it takes no votes.")
    if thread.status == ThreadStatus.CLOSED:
        return refuse("This thread is closed, so its votes stay as they are.")
    if post is not None and post.kind == PostKind.STEP:
        return refuse("What was answered to a step of a case takes no votes.")
    if _is(ctx, thread.author_id if post is None else post.author_id):
        return refuse("You cannot vote on what you wrote yourself.")
    return ALLOWED if post is None else _in_sight(post)


def can_edit_thread(ctx: RoomContext, thread: Thread) -> Decision:
    """Edit the opening of a thread: its author, at any time while the thread is not locked."""
    return _can_edit(ctx, thread, thread.author_id)


def can_edit_post(ctx: RoomContext, thread: Thread, post: Post) -> Decision:
    """Edit an answer or comment: its author, at any time while the thread is not locked; an answer to a step stays."""
    if post.kind == PostKind.STEP:
        return refuse("What you answered to a step stays as it was, because the next step opened with it.")
    return _can_edit(ctx, thread, post.author_id)


def can_withdraw(ctx: RoomContext, thread: Thread, post: Post) -> Decision:
    """Take one's own post back while nobody has built on it."""
    editing = _can_edit(ctx, thread, post.author_id)
    if not editing:
        return editing
    if post.hidden_at is not None:
        return refuse("This post is hidden already.")
    if post.comment_count or post.is_accepted or post.is_endorsed:
        return refuse(
            "Others have built on this post, so it stays. You can edit it; what it said before remains visible."
        )
    return ALLOWED


def can_accept(ctx: RoomContext, thread: Thread, post: Post) -> Decision:
    """Mark an answer as the one that helped: the author of the question or case, as often as there are such answers."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if not _is(ctx, thread.author_id):
        return refuse("Only the author of the thread can accept answers.")
    if thread.kind == ThreadKind.DISCUSSION:
        return refuse("A discussion has replies and no accepted answer.")
    if post.kind != PostKind.ANSWER:
        return refuse("Only answers can be accepted.")
    if _is(ctx, post.author_id):
        return refuse("You cannot accept your own answer. Close the thread with a summary instead.")
    return _in_sight(post)


def can_endorse(ctx: RoomContext, thread: Thread, post: Post, *, names_retracted: bool = False) -> Decision:
    """Stand behind an answer as a mentor of this room; not behind one's own, nor behind one that stands on a retracted paper."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if not ctx.is_mentor:
        return refuse("Only the room's mentors can endorse answers.")
    if post.kind != PostKind.ANSWER:
        return refuse("Only answers can be endorsed.")
    if _is(ctx, post.author_id):
        return refuse("You cannot endorse your own answer. Another mentor can.")
    if thread.hidden_at is not None:
        return refuse("This thread is hidden.")
    if names_retracted:
        return refuse(
            "This answer names a retracted paper. Once its author has replaced that source, you can endorse it."
        )
    return _in_sight(post)


def can_tag(ctx: RoomContext, thread: Thread) -> Decision:
    """Say what a thread is about: its author while it is not locked, and the moderators."""
    if ctx.moderates and can_moderate(ctx):
        return ALLOWED
    return _can_edit(ctx, thread, thread.author_id)


def can_split(ctx: RoomContext, thread: Thread) -> Decision:
    """Make a thread of some of the answers: moderators, where nothing of it is out of sight or told step by step."""
    moderating = can_moderate(ctx)
    return _can_restructure(thread) if moderating else moderating


def can_merge(ctx: RoomContext, thread: Thread, into: Thread) -> Decision:
    """Put everything of *thread* into *into*: moderators, between two threads of the room that work in the same way."""
    moderating = can_moderate(ctx)
    if not moderating:
        return moderating
    for one in (thread, into):
        decision = _can_restructure(one)
        if not decision:
            return decision
    if into.status == ThreadStatus.CLOSED:
        return refuse("The thread that stays is closed. Open it again first.")
    if thread.post_first != into.post_first:
        return refuse(
            "In one of the two threads everybody answers first, in the other not. What was held back would show."
        )
    return ALLOWED


def _can_restructure(thread: Thread) -> Decision:
    if thread.hidden_at is not None:
        return refuse("A hidden thread stays as it is. Show it again first.")
    if thread.locked_at is not None:
        return refuse("A locked thread stays as it is. Unlock it first.")
    if thread.step_count > 0:
        return refuse("A case that is told in steps stays as it is.")
    if thread.pseudonym:
        # Below another opening the same account would show its name, or a name would turn into the pseudonym.
        return refuse("A thread under a pseudonym stays as it is. Elsewhere its posts would show who wrote them.")
    return ALLOWED


def can_mark_answered(ctx: RoomContext, thread: Thread) -> Decision:
    """Say that a thread is answered, or open again: its author and the room's mentors, until it is closed."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if not (ctx.is_mentor or _is(ctx, thread.author_id)):
        return refuse("Only the author of the thread and the room's mentors can say that it is answered.")
    if thread.kind == ThreadKind.DISCUSSION:
        return refuse("A discussion has no answer to wait for.")
    if thread.status == ThreadStatus.CLOSED:
        return refuse("This thread is closed. Open it again first.")
    if thread.locked_at is not None and not ctx.moderates:
        return refuse(_locked(thread))
    return ALLOWED


def can_think_aloud(ctx: RoomContext) -> Decision:
    """Say in an answer how one searched, found and decided: the room's mentors, who model it."""
    return ALLOWED if ctx.is_mentor else refuse("Only the room's mentors can write a think-aloud answer.")


def can_dispute(ctx: RoomContext, thread: Thread, post: Post) -> Decision:
    """Say that an answer is wrong, or that this is settled: whoever moderates the room; also about one's own answer."""
    moderating = can_moderate(ctx)
    if not moderating:
        return moderating
    if ctx.room.is_archived:
        return refuse("This room is archived and can only be read.")
    if post.kind != PostKind.ANSWER:
        return refuse("Only answers can be disputed.")
    if thread.hidden_at is not None:
        return refuse("This thread is hidden.")
    return _in_sight(post)


def can_edit_summary(ctx: RoomContext, thread: Thread, kind: SummaryKind) -> Decision:
    """Write on top of a thread: the take-home by mentors, the shared summary of a case by every member of the room."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if kind == SummaryKind.TAKE_HOME and not ctx.is_mentor:
        return refuse("Only the room's mentors write the take-home summary.")
    if kind == SummaryKind.CASE and thread.kind != ThreadKind.CASE:
        return refuse("Only a case has a shared summary.")
    if thread.hidden_at is not None:
        return refuse("This thread is hidden.")
    if thread.locked_at is not None and not ctx.moderates:
        return refuse(_locked(thread))
    return ALLOWED


def can_restore_summary(ctx: RoomContext, thread: Thread, kind: SummaryKind) -> Decision:
    """Bring an earlier version back, or put one out of sight: the room's mentors."""
    editing = can_edit_summary(ctx, thread, kind)
    if not editing:
        return editing
    return ALLOWED if ctx.is_mentor else refuse("Only the room's mentors can restore or hide a version.")


def can_close(ctx: RoomContext, thread: Thread) -> Decision:
    """Close or reopen a thread: its author and the moderators, while it is not locked."""
    if ctx.moderates and can_moderate(ctx):
        return ALLOWED
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if not _is(ctx, thread.author_id):
        return refuse("Only the author of the thread and the room's mentors can close it.")
    return refuse(_locked(thread)) if thread.locked_at is not None else ALLOWED


def can_ask_privately(ctx: RoomContext, thread: Thread) -> Decision:
    """Ask the author behind a pseudonym in private: the room's mentors, without learning who it is."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if not thread.pseudonym:
        return refuse("The author writes under the own name here. Ask in the thread.")
    if _is(ctx, thread.author_id):
        return refuse("This is your own thread. You can answer mentors who ask you.")
    return ALLOWED if ctx.is_mentor else refuse("Only the room's mentors can ask an author in private.")


def can_answer_privately(ctx: RoomContext, thread: Thread) -> Decision:
    """Answer a mentor in private: the author who writes under a pseudonym."""
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if thread.pseudonym and _is(ctx, thread.author_id):
        return ALLOWED
    return refuse("Only the author can answer here.")


def can_follow(ctx: RoomContext) -> Decision:
    """Hear of new answers: anybody with a confirmed account who may read the room."""
    if ctx.actor is None:
        return refuse("Please log in to follow a thread.")
    if not ctx.actor.is_confirmed:
        return refuse("Please confirm your e-mail address first; we sent you a link.")
    return can_read(ctx)


def can_see_sealed(ctx: RoomContext) -> Decision:
    """Read versions that were replaced while hidden: moderators alone, for they may identify somebody."""
    return can_moderate(ctx)


def _can_edit(ctx: RoomContext, thread: Thread, author_id: int) -> Decision:
    taking_part = can_take_part(ctx)
    if not taking_part:
        return taking_part
    if not _is(ctx, author_id):
        return refuse("Only the author can edit this.")
    return refuse(_locked(thread)) if thread.locked_at is not None else ALLOWED


def _open_for_words(thread: Thread) -> Decision:
    if thread.hidden_at is not None:
        return refuse("This thread is hidden, so it takes no answers.")
    if thread.locked_at is not None:
        return refuse(_locked(thread))
    if thread.status == ThreadStatus.CLOSED:
        return refuse("This thread was closed. A new question can start a new one.")
    return ALLOWED


def _in_sight(post: Post) -> Decision:
    return ALLOWED if post.hidden_at is None else refuse("This post is hidden.")


def _locked(thread: Thread) -> str:
    return (
        f"This thread is locked. Reason: {thread.locked_reason}" if thread.locked_reason else "This thread is locked."
    )


def _is(ctx: RoomContext, user_id: int) -> bool:
    return ctx.actor_id is not None and ctx.actor_id == user_id
