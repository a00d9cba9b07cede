"""Opening rooms, changing what is said of them, archiving them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.core.text import slugify
from social_cme.extensions import db
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms import policies
from social_cme.rooms.enums import EvidenceScale, RoomRole, Visibility
from social_cme.rooms.events import RoomChanged, RoomCreated
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries.members import lock_room
from social_cme.rooms.rules import ESCALATION_HOURS, RESERVED_SLUGS, SLUG_LIMIT, checked_room, checked_slug
from social_cme.rooms.services.admission import admit
from social_cme.web.markdown import render_markdown

_MOST_SLUGS = 50
_CHANGED_MEANWHILE = (
    "Somebody else changed this room while you were writing. What you wrote is kept here; compare it with the room as it is "
    "now, then save again."
)
_MARKDOWN = ("description", "agenda", "ground_rules")


def create_room(
    actor: User,
    *,
    name: str,
    specialty: str,
    summary: str = "",
    description: str = "",
    practice_gap: str = "",
    agenda: str = "",
    objectives: Sequence[str] = (),
    ground_rules: str = "",
    visibility: str = Visibility.PUBLIC,
    professions: Sequence[str] = (),
    verified_only: bool = False,
    post_first: bool = False,
    escalation_hours: int = ESCALATION_HOURS,
    evidence_scale: str = EvidenceScale.GRADE,
    slug: str | None = None,
    client_id: str | None = None,
) -> Room:
    """Open a room and make *actor* its coordinator.

    Without a *slug* one is made from the name; a given one that is taken raises ``Invalid`` for the field ``slug``.
    """
    values = checked_room(
        {
            "name": name,
            "specialty": specialty,
            "summary": summary,
            "description": description,
            "practice_gap": practice_gap,
            "agenda": agenda,
            "objectives": objectives,
            "ground_rules": ground_rules,
            "visibility": visibility,
            "professions": professions,
            "escalation_hours": escalation_hours,
            "evidence_scale": evidence_scale,
        }
    )
    wanted = checked_slug(slug) if slug else None
    columns = _columns(values) | {"post_first": bool(post_first), "verified_only": bool(verified_only)}
    with transaction() as tx:
        require(policies.can_create_room(actor))
        claim = tx.claim(actor.id, client_id, "room.create")
        if claim.object_id is not None:
            return db.session.get_one(Room, claim.object_id)
        room = _add_room(tx, wanted=wanted, columns={**columns, "created_by_id": actor.id})
        tx.record(RoomCreated(actor_id=actor.id, room_id=room.id))
        admit(
            tx,
            room,
            user_id=actor.id,
            actor_id=actor.id,
            role=RoomRole.COORDINATOR,
            via="created",
            rules_version=room.ground_rules_version,
        )
        claim.settle(room.id)
    return room


def edit_room(
    ctx: RoomContext,
    *,
    name: str | None = None,
    specialty: str | None = None,
    summary: str | None = None,
    description: str | None = None,
    practice_gap: str | None = None,
    agenda: str | None = None,
    objectives: Sequence[str] | None = None,
    ground_rules: str | None = None,
    visibility: str | None = None,
    professions: Sequence[str] | None = None,
    verified_only: bool | None = None,
    post_first: bool | None = None,
    escalation_hours: int | None = None,
    evidence_scale: str | None = None,
    revision: int | None = None,
) -> Room:
    """Change what is said of a room; ``None`` keeps a field as it is.

    New ground rules get a new version, which members are asked to accept. *revision* is the one the writer started from; a
    later one in the database raises ``Conflict``, so that nobody overwrites somebody else's words unseen. *post_first* holds for
    threads posted from then on; those that are there stay as they were posted.
    """
    given = {
        "name": name,
        "specialty": specialty,
        "summary": summary,
        "description": description,
        "practice_gap": practice_gap,
        "agenda": agenda,
        "objectives": objectives,
        "ground_rules": ground_rules,
        "visibility": visibility,
        "professions": professions,
        "escalation_hours": escalation_hours,
        "evidence_scale": evidence_scale,
    }
    columns = _columns(checked_room({field: value for field, value in given.items() if value is not None}))
    switches = {"post_first": post_first, "verified_only": verified_only}
    columns |= {name: bool(value) for name, value in switches.items() if value is not None}
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_manage_room(ctx))
        if revision is not None and revision != room.revision:
            raise Conflict(_CHANGED_MEANWHILE)
        changed = {column for column, value in columns.items() if getattr(room, column) != value}
        if not changed:
            return room
        for column in changed:
            setattr(room, column, columns[column])
        room.revision += 1
        if "ground_rules_md" in changed:
            room.ground_rules_version += 1
            tx.record(RoomChanged(actor_id=ctx.user.id, room_id=room.id, change="rules"))
        if changed - {"ground_rules_md", "ground_rules_html"}:
            tx.record(RoomChanged(actor_id=ctx.user.id, room_id=room.id, change="settings"))
    return room


def archive_room(ctx: RoomContext) -> Room:
    """Close a room for writing; it can still be read. Archiving it again changes nothing."""
    return _set_archived(ctx, is_archived=True)


def reopen_room(ctx: RoomContext) -> Room:
    """Open an archived room for writing again."""
    return _set_archived(ctx, is_archived=False)


def _set_archived(ctx: RoomContext, *, is_archived: bool) -> Room:
    with transaction() as tx:
        room = lock_room(ctx.room_id)
        require(policies.can_manage_room(ctx))
        if room.is_archived != is_archived:
            room.is_archived = is_archived
            change = "archived" if is_archived else "reopened"
            tx.record(RoomChanged(actor_id=ctx.user.id, room_id=room.id, change=change))
    return room


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a room for checked values, with the Markdown rendered."""
    columns = {name: value for name, value in values.items() if name not in _MARKDOWN}
    for name in _MARKDOWN:
        if name in values:
            columns[f"{name}_md"] = values[name]
            columns[f"{name}_html"] = render_markdown(values[name])
    return columns


def _add_room(tx: Transaction, *, wanted: str | None, columns: dict[str, Any]) -> Room:
    """Insert the room under the wanted address, or under the first free one made from its name."""
    for slug in [wanted] if wanted is not None else _slugs_for(columns["name"]):
        room = Room(slug=slug, **columns)
        try:
            with tx.savepoint():
                tx.add(room)
        except IntegrityError:
            continue
        return room
    if wanted is not None:
        raise Invalid(fields={"slug": ["Another room has this address. Choose another one."]})
    raise Conflict("There are too many rooms of this name. Choose a name that tells them apart.")


def _slugs_for(name: str) -> list[str]:
    stem = slugify(name, limit=SLUG_LIMIT)
    numbered = [f"{stem[: SLUG_LIMIT - 3].rstrip('-')}-{number}" for number in range(2, _MOST_SLUGS)]
    return numbered if stem in RESERVED_SLUGS else [stem, *numbered]
