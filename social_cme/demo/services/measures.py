"""What members and moderators did for the order of the rooms."""

from __future__ import annotations

from social_cme.demo.schemas import FlagText, MeasureText, ThreadText
from social_cme.demo.services.script import Stage
from social_cme.moderation.enums import FlagTarget
from social_cme.moderation.services import flags, measures


def pin(stage: Stage, thread: ThreadText, key: str, by: str) -> None:
    """Let a mentor keep a thread at the top of its room."""
    measures.pin(stage.enter(by, thread.room), thread_id=stage.made[key])


def lock(stage: Stage, thread: ThreadText, key: str, measure: MeasureText) -> None:
    """Let a mentor lock a thread."""
    measures.lock(stage.enter(measure.by, thread.room), thread_id=stage.made[key], reason=measure.reason)


def hide(stage: Stage, thread: ThreadText, key: str, measure: MeasureText) -> None:
    """Let a mentor hide an answer."""
    ctx = stage.enter(measure.by, thread.room)
    measures.hide(ctx, target=FlagTarget.POST, target_id=stage.made[key], reason=measure.reason)


def flag(stage: Stage, thread: ThreadText, key: str, notice: FlagText) -> int:
    """Let a member report an answer; it waits in the queue for the visitor."""
    ctx = stage.enter(notice.by, thread.room)
    return flags.raise_flag(
        ctx, target=FlagTarget.POST, target_id=stage.made[key], reason=notice.reason, note=notice.note
    ).id
