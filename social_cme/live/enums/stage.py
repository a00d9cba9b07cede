"""Vocabularies of what stands in front of the audience: slides, speakers, the projector."""

from __future__ import annotations

from enum import StrEnum


class DeckState(StrEnum):
    """Where an uploaded file of slides stands."""

    WAITING = "waiting"
    RENDERING = "rendering"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


class HandState(StrEnum):
    """What became of a raised hand."""

    RAISED = "raised"
    SPEAKING = "speaking"
    DONE = "done"
    LOWERED = "lowered"


class ProjectorView(StrEnum):
    """What the projector of the hall shows."""

    QUESTION = "question"
    SLIDES = "slides"
    POLL = "poll"
    JOIN = "join"
