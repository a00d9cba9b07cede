"""The thread or post that a report or a measure is about, locked and taken through the door of its room."""

from __future__ import annotations

from dataclasses import dataclass

from social_cme.core.errors import NotFound
from social_cme.discussions.enums import WITHDRAWN
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.policies import can_see_text
from social_cme.discussions.queries.posts import access_post
from social_cme.discussions.queries.threads import access_thread
from social_cme.moderation.enums import FlagTarget
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class Target:
    """A thread, or one of its posts."""

    thread: Thread
    post: Post | None

    @property
    def kind(self) -> FlagTarget:
        """Whether it is the thread or a post."""
        return FlagTarget.THREAD if self.post is None else FlagTarget.POST

    @property
    def row(self) -> Thread | Post:
        """The row itself."""
        return self.thread if self.post is None else self.post

    @property
    def id(self) -> int:
        """Id of the row."""
        return self.row.id

    @property
    def author_id(self) -> int:
        """Who wrote it."""
        return self.row.author_id

    @property
    def subject_id(self) -> int | None:
        """Who the log says wrote it: nobody for a pseudonym, for the log is read by everybody who moderates."""
        return None if self.row.pseudonym else self.author_id

    @property
    def is_hidden(self) -> bool:
        """Whether it is out of sight."""
        return self.row.hidden_at is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether its author took it back; nobody else brings it into sight again."""
        return self.is_hidden and self.row.hidden_reason == WITHDRAWN


def lock_target(ctx: RoomContext, kind: str, target_id: int) -> Target:
    """Return a thread or post of the room; raise ``NotFound`` when it is absent, elsewhere, or its words are hidden."""
    if kind == FlagTarget.THREAD:
        return Target(access_thread(ctx, target_id, lock=True), None)
    thread, post = access_post(ctx, target_id, lock_thread=True)
    if not can_see_text(ctx, post):
        raise NotFound
    return Target(thread, post)
