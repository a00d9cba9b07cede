"""The check that stands before every text of a person: what is found goes back to its author, or is attested and noted.

Rule: the check runs inside the transaction of the text. A refusal is noted after the rollback, by classes and numbers alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from social_cme.core import clock
from social_cme.extensions import current_settings
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.privacy.enums import RULES_VERSION, ObjectKind, Outcome
from social_cme.privacy.models import IdentifierCheck
from social_cme.privacy.queries.looking import look_through
from social_cme.privacy.queries.people import participant_names
from social_cme.privacy.rules.detector import find_in_file_name
from social_cme.privacy.rules.findings import key_of
from social_cme.privacy.rules.refusal import Found, IdentifiersFound
from social_cme.rooms.policies import RoomContext


@dataclass(frozen=True, slots=True)
class Checked:
    """A text that may be published; ``note`` is called with its id once it has one."""

    tx: Transaction
    check: IdentifierCheck | None

    def note(self, object_id: int) -> None:
        """Write the row of the log."""
        if self.check is not None:
            self.check.object_id = object_id
            self.tx.add(self.check)


def check_before_publishing(
    tx: Transaction,
    ctx: RoomContext,
    *,
    kind: ObjectKind,
    parts: Mapping[str, str],
    attested: Collection[str] = (),
    earlier: Mapping[str, str] | None = None,
    object_id: int | None = None,
    place_id: int | None = None,
) -> Checked:
    """Let the cleaned texts *parts*, named by their fields, be published, or raise ``IdentifiersFound``.

    *attested* holds the keys of findings of which the author says that they identify nobody; it never covers what blocks.
    *earlier* is what an edited text said before: its findings are not asked about again.
    """
    level = current_settings().identifier_check
    if level == "off":
        return Checked(tx, None)
    found = look_through(ctx.user, ctx, parts)
    if found:
        known = _keys(look_through(ctx.user, ctx, earlier)) if earlier else set()
        strict = level == "block"
        open_ones = [
            one
            for one in found
            if (one.finding.blocks and strict) or (one.key not in known and one.key not in set(attested))
        ]
        if open_ones:
            _note_refusal(tx, ctx, kind, open_ones, strict=strict, object_id=object_id)
            raise IdentifiersFound(open_ones, parts)
        found = [one for one in found if one.key not in known]
    outcome = Outcome.ATTESTED if found else Outcome.CLEAR
    check = _row(ctx, kind, found, outcome, clock.now() if found else None)
    check.place_id = place_id
    return Checked(tx, check)


def check_file_name(tx: Transaction, ctx: RoomContext, *, name: str, attested: Collection[str] = ()) -> Checked:
    """Let a file be kept under its name, or raise ``IdentifiersFound`` for the field ``file_name``."""
    if current_settings().identifier_check == "off":
        return Checked(tx, None)
    found = [
        Found("file_name", one, name[one.start : one.end], key_of(one, name))
        for one in find_in_file_name(name, known_names=participant_names(ctx.room_id, ctx.user.display_name))
    ]
    strict = current_settings().identifier_check == "block"
    open_ones = [one for one in found if (one.finding.blocks and strict) or one.key not in set(attested)]
    if open_ones:
        _note_refusal(tx, ctx, ObjectKind.FILE, open_ones, strict=strict, object_id=None)
        raise IdentifiersFound(open_ones, {"file_name": name})
    outcome = Outcome.ATTESTED if found else Outcome.CLEAR
    return Checked(tx, _row(ctx, ObjectKind.FILE, found, outcome, clock.now() if found else None))


def _keys(found: list[Found]) -> set[str]:
    return {one.key for one in found}


def _row(
    ctx: RoomContext, kind: ObjectKind, found: list[Found], outcome: Outcome, attested_at: datetime | None
) -> IdentifierCheck:
    return IdentifierCheck(
        room_id=ctx.room_id,
        author_id=ctx.user.id,
        object_kind=kind.value,
        outcome=outcome.value,
        counts=dict(Counter(one.finding.class_.value for one in found)),
        rules_version=RULES_VERSION,
        attested_at=attested_at,
    )


def _note_refusal(
    tx: Transaction, ctx: RoomContext, kind: ObjectKind, found: list[Found], *, strict: bool, object_id: int | None
) -> None:
    blocked = strict and any(one.finding.blocks for one in found)
    values = {
        "room_id": ctx.room_id,
        "author_id": ctx.user.id,
        "object_kind": kind.value,
        "object_id": object_id,
        "outcome": (Outcome.BLOCKED if blocked else Outcome.ASKED).value,
        "counts": dict(Counter(one.finding.class_.value for one in found)),
        "rules_version": RULES_VERSION,
    }

    def write() -> None:
        with transaction() as own:
            own.add(IdentifierCheck(**values))

    tx.after_refusal(write)
