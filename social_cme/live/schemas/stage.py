"""Shapes of the projector, the video, hands, captions, shared links and observers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from social_cme.live import rules
from social_cme.live.enums import HandState, ProjectorView
from social_cme.live.schemas.base import ID, PersonOut, SessionCommand, Shown
from social_cme.privacy.schemas import Attesting
from social_cme.web.api import ClientBody

_MINUTES = Field(0, ge=0, le=rules.MAX_MINUTES, description="How long, 0 for no limit.")


class ProjectorOut(Shown):
    """What the projector of the hall shows."""

    view: ProjectorView


class VideoOut(Shown):
    """Whether there is a video call, and on which host; its address is for participants alone."""

    is_set: bool
    host: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Show what everybody may know of an address."""
        return cls(is_set=bool(url), host=rules.host_of(url) if url else "")


class VideoAddressOut(VideoOut):
    """The address of the video call, for participants."""

    url: str


class HandOut(Shown):
    """A hand; times are the server's. ``until_at`` is when the time of who speaks is over, empty for no limit."""

    id: int
    state: HandState
    person: PersonOut
    raised_at: datetime
    given_at: datetime | None
    until_at: datetime | None

    @classmethod
    def of(cls, hand: Any) -> Self:
        """Show a hand whose person was loaded with it."""
        return cls(
            id=hand.id,
            state=hand.state,
            person=PersonOut.of(hand.person),
            raised_at=hand.created_at,
            given_at=hand.given_at,
            until_at=hand.until_at,
        )


class HandList(Shown):
    """The open hands of a session in the order in which they went up; who speaks is among them."""

    items: list[HandOut]


class CaptionOut(Shown):
    """A line of captions; one that was taken back keeps its place and loses its words."""

    id: int
    body: str
    at: datetime
    is_hidden: bool

    @classmethod
    def of(cls, line: Any) -> Self:
        """Show a line."""
        hidden = line.hidden_at is not None
        return cls(id=line.id, body="" if hidden else line.body, at=line.created_at, is_hidden=hidden)


class CaptionList(Shown):
    """Every line of captions, oldest first, and who types them."""

    captioner: PersonOut | None
    items: list[CaptionOut]


class LinkOut(Shown):
    """A shared address; ``host`` says in ASCII where it leads. One that was removed carries neither title nor address."""

    id: int
    title: str
    url: str
    host: str
    author: PersonOut
    at: datetime
    is_removed: bool

    @classmethod
    def of(cls, link: Any) -> Self:
        """Show a link whose author was loaded with it."""
        gone = link.removed_at is not None
        return cls(
            id=link.id,
            title="" if gone else link.title,
            url="" if gone else link.url,
            host="" if gone else link.host,
            author=PersonOut.of(link.author),
            at=link.created_at,
            is_removed=gone,
        )


class LinkList(Shown):
    """The addresses on the list of a session, oldest first."""

    items: list[LinkOut]


class ObserverOut(Shown):
    """A link for an auditor, without its secret; ``openings`` counts the visits."""

    id: int
    label: str
    created_by: PersonOut
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    openings: int
    last_opened_at: datetime | None

    @classmethod
    def of(cls, link: Any, openings: Any = ()) -> Self:
        """Show a link whose maker was loaded with it, and its visits, the latest first."""
        return cls(
            id=link.id,
            label=link.label,
            created_by=PersonOut.of(link.created_by),
            created_at=link.created_at,
            expires_at=link.expires_at,
            revoked_at=link.revoked_at,
            openings=sum(one.times for one in openings),
            last_opened_at=openings[0].last_at if openings else None,
        )


class ObserverList(Shown):
    """Every link for auditors that was made to a session, the latest first."""

    items: list[ObserverOut]


class NewObserverOut(ObserverOut):
    """A link that was just made, with its address, which is shown this once."""

    href: str


class ProjectorBody(ClientBody):
    """What the projector is to show."""

    view: ProjectorView


class VideoBody(ClientBody):
    """The https address of a video call; empty takes it away."""

    url: str = Field("", max_length=rules.MAX_VIDEO_URL)


class FloorBody(ClientBody):
    """How long somebody may speak."""

    minutes: int = _MINUTES


class CaptionBody(ClientBody):
    """A line of captions."""

    body: str = Field(min_length=1, max_length=rules.MAX_CAPTION)


class CaptionerBody(ClientBody):
    """Who types captions; nobody when empty."""

    user_id: int | None = Field(None, ge=1, lt=2**53)


class LinkBody(ClientBody, Attesting):
    """An http(s) address with a title."""

    title: str = Field(min_length=1, max_length=rules.MAX_LINK_TITLE)
    url: str = Field(min_length=1, max_length=rules.MAX_URL)


class ObserverBody(ClientBody):
    """For whom a link is, and for how many days."""

    label: str = Field(min_length=1, max_length=rules.MAX_OBSERVER_LABEL)
    days: Literal[1, 7, 30, 90] = 7


class ShowProjector(SessionCommand):
    """Choose what the projector of the hall shows."""

    view: ProjectorView


class RaiseHand(SessionCommand):
    """Ask for the floor; twice is once."""


class LowerHand(SessionCommand):
    """Take one's own hand down, or with ``hand_id`` somebody's as who leads."""

    hand_id: int | None = Field(None, ge=1, lt=2**53)


class GiveFloor(SessionCommand):
    """Give somebody the floor; who had it before has spoken."""

    hand_id: int = ID
    minutes: int = _MINUTES


class NextSpeaker(SessionCommand):
    """End the turn of who speaks, and give the floor to who waits longest."""

    minutes: int = _MINUTES


class PostCaption(SessionCommand):
    """A line of captions in plain text."""

    body: str = Field(min_length=1, max_length=rules.MAX_CAPTION)


class HideCaption(SessionCommand):
    """A line of captions is taken back."""

    caption_id: int = ID


class ShareLink(SessionCommand, Attesting):
    """An http(s) address with a title; this server never fetches it."""

    title: str = Field(min_length=1, max_length=rules.MAX_LINK_TITLE)
    url: str = Field(min_length=1, max_length=rules.MAX_URL)


class RemoveLink(SessionCommand):
    """A shared address is taken off the list."""

    link_id: int = ID
