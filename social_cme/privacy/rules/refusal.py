"""The refusal that carries findings to the author, in every face alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from social_cme.core.errors import Invalid
from social_cme.privacy.enums import CLASS_WORDS, IdentifierClass
from social_cme.privacy.rules.detector import find_identifiers
from social_cme.privacy.rules.findings import Finding, key_of

# A list of sources names authors, dates and places of publication; only what leads to a person counts there.
SOURCES_FIELD = "citations"
_OF_SOURCES = {
    IdentifierClass.URL,
    IdentifierClass.EMAIL,
    IdentifierClass.PHONE,
    IdentifierClass.SSN,
    IdentifierClass.RECORD_NUMBER,
}
_BLOCKED = (
    "This holds something that identifies a patient. Take it out, or use the wording that is proposed, then send "
    "it again."
)
_ASKED = "This may identify a patient. Change it, or confirm that it does not, then send it again."


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the field it stands in, its own words, and the name under which it can be attested."""

    field: str
    finding: Finding
    words: str
    key: str

    @property
    def class_words(self) -> str:
        """The class as people read it."""
        return CLASS_WORDS[self.finding.class_]


class IdentifiersFound(Invalid):
    """A text was not published because of what it holds; ``found`` names every place."""

    code = "identifiers_found"
    title = _ASKED

    def __init__(self, found: Sequence[Found], texts: Mapping[str, str]) -> None:
        self.found = tuple(found)
        blocks = any(one.finding.blocks for one in found)
        super().__init__(
            _BLOCKED if blocks else _ASKED, fields={one.field: _sentences(found, one.field) for one in found}
        )
        self.details = {"blocks": blocks, "findings": [shown(one, texts[one.field]) for one in found]}


def find_in_parts(
    parts: Mapping[str, str],
    *,
    known_names: Collection[str] = (),
    own_addresses: Collection[str] = (),
    today: date | None = None,
) -> list[Found]:
    """Look through several texts, named by their fields."""
    return [
        Found(field, finding, text[finding.start : finding.end], key_of(finding, text))
        for field, text in parts.items()
        if text
        for finding in find_identifiers(text, known_names=known_names, own_addresses=own_addresses, today=today)
        if field != SOURCES_FIELD or finding.class_ in _OF_SOURCES
    ]


def shown(found: Found, text: str) -> dict[str, Any]:
    """Return a finding for a program. Offsets count UTF-16 units, as browsers do."""
    start = _units(text[: found.finding.start])
    return {
        "field": found.field,
        "start": start,
        "end": start + _units(found.words),
        "text": found.words,
        "kind": found.finding.class_.value,
        "class_words": found.class_words,
        "certainty": found.finding.certainty.value,
        "why": found.finding.why,
        "proposal": found.finding.proposal,
        "key": found.key,
    }


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _sentences(found: Sequence[Found], field: str) -> list[str]:
    own = [one for one in found if one.field == field]
    names = dict.fromkeys(f"{one.class_words}{' (has to go)' if one.finding.blocks else ''}" for one in own)
    return [f"This could identify the patient: {', '.join(names)}."]
