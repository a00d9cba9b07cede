"""Whom a session is for. Rule: what somebody says of themselves in the profile, and whether somebody else vouched for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from social_cme.accounts.enums import CareerStage, Profession, label


def unknown_groups(professions: Iterable[str], stages: Iterable[str]) -> dict[str, list[str]]:
    """Return what is not in the vocabularies of the profile, by field."""
    problems: dict[str, list[str]] = {}
    if not set(professions) <= set(Profession):
        problems["eligible_professions"] = ["Choose professions from the list."]
    if not set(stages) <= set(CareerStage):
        problems["eligible_stages"] = ["Choose career stages from the list."]
    return problems


def in_order(chosen: Iterable[str], vocabulary: Iterable[str]) -> list[str]:
    """Return the keys that were chosen once each and in the order of their vocabulary."""
    wanted = set(chosen)
    return [str(key) for key in vocabulary if key in wanted]


def whom_it_is_for(professions: Sequence[str], stages: Sequence[str], *, verified: bool) -> str:
    """Say whom a session is for, empty when it is for everybody: ``nurses … whose profession is verified``."""
    parts = []
    if professions:
        parts.append(_list_of(professions))
    if stages:
        parts.append(f"at the stage {_list_of(stages)}" if professions else f"people at the stage {_list_of(stages)}")
    if verified:
        parts.append("with a verified profession" if parts else "people with a verified profession")
    return ", ".join(parts)


def why_not(
    *,
    profession: str | None,
    stage: str | None,
    is_verified: bool,
    professions: Collection[str],
    stages: Collection[str],
    verified: bool,
) -> str:
    """Return why a session is not for somebody, empty when it is."""
    if professions and profession not in professions:
        return f"This session is for these professions: {_list_of(professions)}. You can read along."
    if stages and stage not in stages:
        return f"This session is for these career stages: {_list_of(stages)}. You can read along."
    if verified and not is_verified:
        return (
            "This session is for people whose profession is verified. Ask a coordinator to look at your proof; "
            "until then you can read along."
        )
    return ""


def _list_of(keys: Iterable[str]) -> str:
    return ", ".join(label(key).lower() for key in keys)
