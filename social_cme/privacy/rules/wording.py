"""Putting proposed wordings in the place of findings."""

from __future__ import annotations

from collections.abc import Iterable

from social_cme.privacy.rules.findings import Finding


def with_wordings(text: str, findings: Iterable[Finding]) -> str:
    """Return *text* with each of the findings, which must not overlap, replaced by its proposal."""
    for one in sorted(findings, key=lambda each: each.start, reverse=True):
        before, after = text[: one.start], text[one.end :]
        if not one.proposal:
            # What is taken out leaves no double blank behind.
            before = before.rstrip(" ") + (" " if before.endswith(" ") and after[:1] not in " .,;:" else "")
        text = before + one.proposal + after
    return text
