"""Facts about the projector, the video, captions, hands, shared links and observers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_cme.live.events.sessions import SessionFact


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectorChanged(SessionFact):
    """The projector of the hall shows something else."""

    kind: ClassVar[str] = "projector.changed"
    view: str


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoChanged(SessionFact):
    """An address of a video call was set or taken away; the address itself is for participants alone."""

    kind: ClassVar[str] = "video.changed"
    is_set: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HandFact(SessionFact):
    """Base: something happened to a raised hand."""

    hand_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HandRaised(HandFact):
    """Somebody asked for the floor."""

    kind: ClassVar[str] = "hand.raised"


@dataclass(frozen=True, kw_only=True, slots=True)
class FloorGiven(HandFact):
    """Somebody has the floor, for ``minutes`` or without a limit (0)."""

    kind: ClassVar[str] = "hand.given"
    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HandEnded(HandFact):
    """A hand went down: after speaking (``spoke``), or without."""

    kind: ClassVar[str] = "hand.ended"
    spoke: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionerNamed(SessionFact):
    """Somebody was asked to type captions, or nobody any more."""

    kind: ClassVar[str] = "caption.captioner_named"
    user_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionPosted(SessionFact):
    """The captioner typed a line."""

    kind: ClassVar[str] = "caption.posted"
    caption_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionHidden(SessionFact):
    """A line of captions was taken back."""

    kind: ClassVar[str] = "caption.hidden"
    caption_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkShared(SessionFact):
    """Somebody shared an address."""

    kind: ClassVar[str] = "link.shared"
    link_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRemoved(SessionFact):
    """A shared address was taken off the list."""

    kind: ClassVar[str] = "link.removed"
    link_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ObserverInvited(SessionFact):
    """A link for an auditor was made."""

    kind: ClassVar[str] = "observer.invited"
    observer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ObserverRevoked(SessionFact):
    """A link for an auditor was revoked."""

    kind: ClassVar[str] = "observer.revoked"
    observer_id: int
