"""Decisions: a policy answers allowed or refused with a reason people can read."""

from __future__ import annotations

from dataclasses import dataclass

from social_cme.core.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a policy; truthy when allowed."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(allowed=True)


def refuse(reason: str) -> Decision:
    """Build a refusal with the sentence that is shown to the person."""
    return Decision(allowed=False, reason=reason)


def require(decision: Decision) -> None:
    """Raise ``Forbidden`` with the policy's reason unless it allowed."""
    if not decision.allowed:
        raise Forbidden(decision.reason)
