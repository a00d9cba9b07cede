"""Messages about polls: vote, open, close, show."""

from __future__ import annotations

from typing import Any

from social_cme.live import schemas
from social_cme.live.queries.poll_desk import load_seen, sheet_of
from social_cme.live.queries.sessions import enter_session
from social_cme.live.services import ballots, poll_groups, polling
from social_cme.realtime.gateway import Gateway

Answer = dict[str, Any]


def register(gateway: Gateway) -> None:
    """Add the messages about polls."""
    _register_voting(gateway)
    _register_steering(gateway)


def _register_voting(gateway: Gateway) -> None:
    @gateway.on("poll.vote", schemas.VotePoll, together=True)
    def vote(actor: Any, message: schemas.VotePoll) -> Answer:
        ctx = enter_session(actor, message.session_id)
        receipt = ballots.cast_ballot(
            ctx,
            message.session_id,
            message.poll_id,
            ballot=message.ballot(),
            attested=message.attested,
            client_id=message.client_id,
        )
        seen = load_seen(receipt.poll_id, receipt.round_id) if receipt.shows_results else None
        return {"receipt": schemas.ReceiptOut.of(receipt, seen).model_dump(mode="json")}


def _register_steering(gateway: Gateway) -> None:
    @gateway.on("poll.open", schemas.OpenPoll)
    def open_poll(actor: Any, message: schemas.OpenPoll) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _poll(polling.open_round(ctx, message.session_id, message.poll_id, client_id=message.client_id))

    @gateway.on("poll.close", schemas.ClosePoll)
    def close(actor: Any, message: schemas.ClosePoll) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _poll(
            polling.close_poll(
                ctx, message.session_id, message.poll_id, discuss=message.discuss, client_id=message.client_id
            )
        )

    @gateway.on("poll.results", schemas.ShowPollResults)
    def results(actor: Any, message: schemas.ShowPollResults) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _poll(
            polling.show_results(
                ctx, message.session_id, message.poll_id, shown=message.shown, client_id=message.client_id
            )
        )

    @gateway.on("poll.group", schemas.GroupPollAnswer)
    def group(actor: Any, message: schemas.GroupPollAnswer) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _poll(
            poll_groups.group_answers(
                ctx, message.session_id, message.poll_id, message.group_id, into_id=message.into_id
            )
        )

    @gateway.on("poll.hide_answer", schemas.HidePollAnswer)
    def hide_answer(actor: Any, message: schemas.HidePollAnswer) -> Answer:
        ctx = enter_session(actor, message.session_id)
        return _poll(
            poll_groups.hide_answer(ctx, message.session_id, message.poll_id, message.group_id, hidden=message.hidden)
        )


def _poll(poll: Any) -> Answer:
    return {"poll": schemas.PollOut.of(sheet_of(poll), leads=True).model_dump(mode="json")}
