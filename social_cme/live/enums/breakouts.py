"""Vocabularies of breakouts."""

from __future__ import annotations

from enum import StrEnum


class BreakoutKind(StrEnum):
    """Groups that talk among themselves, or groups that go from station to station."""

    PLAIN = "plain"
    ROTATION = "rotation"


class BreakoutState(StrEnum):
    """Where a breakout stands."""

    FORMING = "forming"
    RUNNING = "running"
    ENDED = "ended"


class RoundState(StrEnum):
    """Where a round stands."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


class RoundRole(StrEnum):
    """As what somebody was in a round."""

    MEMBER = "member"
    EXPERT = "expert"
