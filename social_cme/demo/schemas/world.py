"""The whole demonstration."""

from __future__ import annotations

from social_cme.demo.schemas.base import Content
from social_cme.demo.schemas.cohorts import CohortText
from social_cme.demo.schemas.discussions import ThreadText
from social_cme.demo.schemas.live import SessionText
from social_cme.demo.schemas.rooms import PersonText, RoomText


class World(Content):
    """Everything that the content files hold."""

    people: list[PersonText]
    rooms: list[RoomText]
    threads: list[ThreadText]
    sessions: list[SessionText]
    cohorts: list[CohortText] = []
