"""One's own recall cards and calibration; nobody else's can be asked for."""

from __future__ import annotations

from social_cme.core.errors import NotFound
from social_cme.discussions.api import bp
from social_cme.discussions.queries import recall
from social_cme.discussions.queries.calibration import my_calibration
from social_cme.discussions.schemas.learning import (
    BinOut,
    CalibrationOut,
    CardAnswerIn,
    CardChoiceIn,
    CardList,
    CardOut,
    PlaceOut,
    ScoredBallotOut,
    TurnedCardOut,
)
from social_cme.discussions.services import recall as services
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, endpoint

WRITE = ApiScope.WRITE
CARD = "/recall/<id:card_id>"


@endpoint(bp, "/recall", "GET", result=CardList)
def list_cards() -> CardList:
    """List your recall cards that are due."""
    actor = require_actor()
    return CardList(
        items=[CardOut.of(one) for one in recall.list_due(actor)],
        next_due_at=recall.next_due_at(actor),
        wanted=not recall.is_off(actor),
    )


@endpoint(bp, "/recall", "PUT", result=None, status=204, body=CardChoiceIn, scope=WRITE, errors=(422,))
def choose_cards(body: CardChoiceIn) -> None:
    """Get recall cards, or none."""
    services.choose_cards(require_actor(), wanted=body.wanted)


@endpoint(bp, CARD, "GET", result=TurnedCardOut)
def turn_card(card_id: int) -> TurnedCardOut:
    """Show the other side of one of your cards."""
    actor = require_actor()
    card = recall.find_card(actor, card_id)
    if card is None:
        raise NotFound
    return TurnedCardOut.of(recall.turn_card(actor, card))


@endpoint(bp, CARD, "POST", result=PlaceOut, body=CardAnswerIn, scope=WRITE, errors=(422,))
def answer_card(card_id: int, body: CardAnswerIn) -> PlaceOut:
    """Say how well you knew a card that is due."""
    card = services.answer_card(require_actor(), card_id=card_id, result=body.result, repetition=body.repetition)
    return PlaceOut.model_validate(card)


@endpoint(bp, "/calibration", "GET", result=CalibrationOut)
def show_calibration() -> CalibrationOut:
    """Show how good the probabilities were that you gave."""
    found = my_calibration(require_actor())
    return CalibrationOut(
        mean=found.mean,
        even_mean=found.even_mean,
        waiting=found.waiting,
        ballots=[ScoredBallotOut.of(one) for one in found.ballots],
        bins=[BinOut.model_validate(one) for one in found.bins],
    )
