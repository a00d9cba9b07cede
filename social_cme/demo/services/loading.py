"""Loads the demonstration from its first account to the last delivered fact.

Rule: loading again changes nothing, and loading after an interruption goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event

from social_cme.accounts.queries import find_user_by_email
from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.demo.events import DemoLoaded
from social_cme.demo.queries import DemoState, find_state
from social_cme.demo.schemas import World
from social_cme.demo.services.cases import add_cards
from social_cme.demo.services.cohorts import add_cohorts
from social_cme.demo.services.evidence import add_retractions
from social_cme.demo.services.people import OPENED_DAYS_AGO, add_rooms, open_accounts
from social_cme.demo.services.script import Stage, play_all
from social_cme.demo.services.sessions import add_sessions
from social_cme.demo.services.threads import add_threads, add_visits
from social_cme.extensions import db
from social_cme.notifications.services.inbox import settle_inboxes
from social_cme.persistence.delivery import deliver_pending
from social_cme.persistence.transaction import transaction

# When those with an account were last here, in days; the learner finds more new things than the coordinator.
VISITS = {"maya": 2.5, "adaeze": 1.1, "helen": 0.6, "ingrid": 1.4, "ravi": 1.2, "caitlin": 2.2}
NARRATOR = "administrator"
HEARD_EVERY = timedelta(hours=3)
MOST_BATCHES = 10_000


def load_demo(world: World) -> Iterator[tuple[int, int]]:
    """Load what is missing; yields (done, of how many) as it goes.

    Raises ``Conflict`` when the database holds other people's work: invented cases do not belong among real ones.
    """
    state = find_state(world)
    if state == DemoState.COMPLETE:
        return
    if state == DemoState.FOREIGN:
        raise Conflict("This database is in use. The demo content goes into an empty one only.")
    with _relaxed_disk():
        yield from _load(_set_stage(world))


def _load(stage: Stage) -> Iterator[tuple[int, int]]:
    heard_at = stage.present - timedelta(days=OPENED_DAYS_AGO)
    last = heard_at
    for done, act in enumerate(play_all(stage), start=1):
        if act.at - heard_at > HEARD_EVERY:
            _deliver(last)
            heard_at = act.at
        last = act.at
        yield done, len(stage.acts)
    _deliver(last)
    _deliver(stage.present)
    settle_inboxes()
    with transaction() as tx:
        tx.record(DemoLoaded(actor_id=stage.narrator_id))


def _deliver(moment: datetime) -> None:
    """Bring the facts up to *moment* to their listeners, so that notices and ledgers are as old as what they tell of."""
    with clock.at(moment):
        deliver_pending(batches=MOST_BATCHES)


@contextmanager
def _relaxed_disk() -> Iterator[None]:
    """Let SQLite wait for the disk now and then instead of at each commit.

    A power cut may take the last acts away but never half of one, and the next load plays them again.
    """
    engine = db.engine
    if engine.dialect.name != "sqlite":
        yield
        return

    def relax(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(engine, "checkout", relax)
    try:
        yield
    finally:
        event.remove(engine, "checkout", relax)
        db.session.rollback()
        # Connections that are opened from now on are as strict as before.
        engine.dispose()


def _set_stage(world: World) -> Stage:
    present = _present_of(world)
    ids = open_accounts(world.people, present=present)
    narrator = next(one.key for one in world.people if one.account == NARRATOR)
    stage = Stage(present=present, narrator_id=ids[narrator], people=ids)
    add_rooms(stage, world.rooms)
    add_threads(stage, world.threads, world.rooms)
    add_retractions(stage)
    add_sessions(stage, world.sessions, world.rooms)
    add_cohorts(stage, world.cohorts)
    add_visits(stage, VISITS, world.threads, world.rooms)
    add_cards(stage)
    return stage


def _present_of(world: World) -> datetime:
    """Return the moment from which times are told: now, or the one at which an interrupted load began."""
    first = find_user_by_email(world.people[0].email)
    if first is None:
        return clock.now()
    return first.created_at + timedelta(days=OPENED_DAYS_AGO)
