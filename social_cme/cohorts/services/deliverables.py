"""What a team writes together.

Rule: a save names the revision that its writer saw, so nobody overwrites a colleague unseen; each save keeps what was there
as a version. Handing in happens once, by any of the team; after the due time it is marked as late and still counts.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from social_cme.cohorts import events
from social_cme.cohorts.models import Challenge, Deliverable, DeliverableVersion, Team
from social_cme.cohorts.policies import CohortContext, can_read_challenge, can_write_for_team
from social_cme.cohorts.queries.challenges import find_work, is_in_team
from social_cme.cohorts.queries.door import open_team
from social_cme.cohorts.rules import limits
from social_cme.cohorts.services.assignment import bring_in_latecomer
from social_cme.cohorts.services.plans import address_of
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid
from social_cme.core.permissions import require
from social_cme.live.services.texts import optional_text
from social_cme.persistence.transaction import Transaction, transaction
from social_cme.rooms.policies import RoomContext
from social_cme.web.markdown import render_markdown

_CHANGED = (
    "A colleague saved another version while you were writing. "
    "Yours is kept here; bring the two together, then save again."
)
_DONE = "Your team has handed in. What was handed in stays as it is."


def save_deliverable(ctx: RoomContext, team_id: int, *, body: str, link: str = "", revision: int) -> Deliverable:
    """Save the team's draft; *revision* is the one the writer saw, 0 before the first save.

    Raises ``Conflict`` when a colleague saved meanwhile. Saving without a change makes no version.
    """
    text, address = _checked(body, link)
    with transaction() as tx:
        c, challenge, team, work = _writing(ctx, team_id)
        return _save(tx, c, challenge, team, work, text=text, address=address, revision=revision)


def submit_deliverable(ctx: RoomContext, team_id: int, *, body: str, link: str = "", revision: int) -> Deliverable:
    """Save the team's work and hand it in. Doing it again, also by a colleague, raises ``Conflict``."""
    text, address = _checked(body, link)
    if not text and not address:
        message = "Write something, or give a link, before you hand in."
        raise Invalid(message, fields={"body": [message]})
    with transaction() as tx:
        c, challenge, team, work = _writing(ctx, team_id)
        saved = _save(tx, c, challenge, team, work, text=text, address=address, revision=revision)
        saved.submitted_at = clock.now()
        saved.submitted_by_id = ctx.user.id
        saved.is_late = saved.submitted_at >= challenge.due_at
        tx.record(
            events.DeliverableSubmitted(
                actor_id=ctx.user.id,
                room_id=ctx.room_id,
                cohort_id=c.cohort.id,
                challenge_id=challenge.id,
                team_id=team.id,
                late=saved.is_late,
            )
        )
        if challenge.assigned_at is not None:
            bring_in_latecomer(tx, challenge, team)
    return saved


def _writing(ctx: RoomContext, team_id: int) -> tuple[CohortContext, Challenge, Team, Deliverable | None]:
    c, challenge, team = open_team(ctx, team_id, lock=True)
    require(can_write_for_team(c, in_team=is_in_team(team.id, ctx.actor_id)))
    require(can_read_challenge(c, challenge, clock.now()))
    work = find_work(team.id, lock=True)
    if work is not None and work.submitted_at is not None:
        raise Conflict(_DONE)
    return c, challenge, team, work


def _save(
    tx: Transaction,
    c: CohortContext,
    challenge: Challenge,
    team: Team,
    work: Deliverable | None,
    *,
    text: str,
    address: str,
    revision: int,
) -> Deliverable:
    if revision != (work.revision if work is not None else 0):
        raise Conflict(_CHANGED)
    if work is not None and (work.body_md, work.link) == (text, address):
        return work
    writer = c.room.user
    if work is None:
        work = Deliverable(team_id=team.id, revision=0, saved_at=clock.now(), saved_by_id=writer.id)
    work.body_md, work.body_html, work.link = text, render_markdown(text), address
    work.revision += 1
    work.saved_at, work.saved_by_id = clock.now(), writer.id
    try:
        with tx.savepoint():
            tx.add(work)
    except IntegrityError as error:
        raise Conflict(_CHANGED) from error
    tx.add(
        DeliverableVersion(
            deliverable_id=work.id,
            revision=work.revision,
            body_md=work.body_md,
            body_html=work.body_html,
            link=work.link,
            saved_by_id=writer.id,
            saved_at=work.saved_at,
        )
    )
    tx.record(
        events.DeliverableSaved(
            actor_id=writer.id,
            room_id=c.room.room_id,
            cohort_id=c.cohort.id,
            challenge_id=challenge.id,
            team_id=team.id,
            revision=work.revision,
        )
    )
    return work


def _checked(body: str, link: str) -> tuple[str, str]:
    text = optional_text(body, field="body", limit=limits.DELIVERABLE, name="your work")
    return text, address_of(link, field="link")
