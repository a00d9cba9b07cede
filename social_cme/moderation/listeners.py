"""What moderation hears: an author edited a hidden text; somebody closed a thread, disputed an answer, restored a summary."""

from __future__ import annotations

from social_cme.moderation.enums import FlagTarget
from social_cme.moderation.services.flags import reopen_after_edit
from social_cme.moderation.services.following import ENTERED_KINDS, enter_fact
from social_cme.persistence.facts import FactRecord, Listener


def _look_again(fact: FactRecord) -> None:
    is_post = fact.kind == "post.edited"
    target, name = (FlagTarget.POST, "post_id") if is_post else (FlagTarget.THREAD, "thread_id")
    reopen_after_edit(target=target, target_id=int(fact.data[name] or 0))


LISTENERS = (
    Listener(name="moderation.look_again", kinds=frozenset({"post.edited", "thread.edited"}), function=_look_again),
    Listener(name="moderation.enter_fact", kinds=ENTERED_KINDS, function=enter_fact),
)
