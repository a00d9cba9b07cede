"""Recall cards: solved cases come back to those who read them, until they are known.

Rule: a card belongs to one person and says nothing about anybody else; what it shows is asked of the thread each time.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.discussions.enums import RecallResult
from social_cme.discussions.models import RecallCard, RecallPreference
from social_cme.discussions.queries.recall import find_card, is_off, readings_without_card
from social_cme.discussions.rules.schedules import first_place, next_place
from social_cme.persistence.transaction import transaction

BATCH = 200


def lay_out_cards() -> int:
    """Make the cards that are missing for one batch of readers of solved cases; return how many, 0 when none is missing."""
    with transaction() as tx:
        made = 0
        for reading in readings_without_card(limit=BATCH):
            place = first_place(reading.learned_at, ZoneInfo(reading.time_zone))
            card = RecallCard(user_id=reading.user_id, thread_id=reading.thread_id, due_at=place.due_at)
            try:
                with tx.savepoint():
                    tx.add(card)
            except IntegrityError:
                # Another process made it at the same moment, which is what was wanted.
                continue
            made += 1
        return made


def answer_card(actor: User, *, card_id: int, result: str, repetition: int | None = None) -> RecallCard:
    """Note how well one knew a card and lay it back into the schedule.

    *repetition* is the number of the showing that is answered; a second answer to the same showing changes nothing. Raises
    ``Conflict`` for a card that is not due, ``NotFound`` for somebody else's and for one whose case cannot be read any more.
    """
    if result not in set(RecallResult):
        raise Invalid(fields={"result": ["Say whether you knew it, partly or not."]})
    with transaction() as tx:
        found = find_card(actor, card_id)
        if found is None:
            raise NotFound
        card = tx.session.scalars(
            select(RecallCard)
            .where(RecallCard.id == card_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if repetition is not None and card.repetitions == repetition + 1 and card.last_result == result:
            return card
        moment = clock.now()
        if card.due_at is None or card.due_at > moment:
            raise Conflict("This card is not due any more. It was answered in another window.")
        place = next_place(card.stage, RecallResult(result), moment, ZoneInfo(actor.time_zone))
        card.stage, card.due_at = place.stage, place.due_at
        card.answered_at, card.last_result = moment, str(result)
        card.repetitions += 1
        tx.session.flush()
        return card


def choose_cards(actor: User, *, wanted: bool) -> None:
    """Get recall cards or get none; those there are stay where they are in the schedule."""
    with transaction() as tx:
        if is_off(actor) == (not wanted):
            return
        values = {"is_off": not wanted}
        row = tx.session.scalar(select(RecallPreference.id).where(RecallPreference.user_id == actor.id))
        if row is None:
            tx.add(RecallPreference(user_id=actor.id, is_off=not wanted))
        else:
            tx.session.execute(update(RecallPreference).where(RecallPreference.id == row).values(values))
