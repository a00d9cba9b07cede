"""The ids that facts name."""

from __future__ import annotations

from collections.abc import Sequence

from social_cme.persistence.facts import FactRecord


def id_of(fact: FactRecord, name: str) -> int:
    """Return an id that *fact* names, 0 when it names none."""
    return int(fact.data.get(name) or 0)


def ids_of(facts: Sequence[FactRecord], name: str) -> set[int]:
    """Return the ids that some facts name."""
    return {id_of(fact, name) for fact in facts if name in fact.data}
