"""Vocabularies of the agenda."""

from __future__ import annotations

from enum import StrEnum


class SegmentKind(StrEnum):
    """What a segment of the agenda is."""

    DIDACTIC = "didactic"
    CASE = "case"
    DISCUSSION = "discussion"
    BREAK = "break"
    OTHER = "other"
