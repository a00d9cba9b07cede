"""One scene for each kind of fact on a session's channel, and a client that knows nothing but what the channel tells it.

A new kind of fact needs a function here, named by its kind; ``test_fresh_load.py`` fails until it has one. A scene makes its fact,
with whatever must happen before it, through the services.

    @scene("poll.opened")
    def _(stage: Stage, session: LiveSession) -> None:
        polls.open_poll(stage.ctx(stage.mentor), session.id, ...)
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from social_cme.live.models import LiveSession
from social_cme.live.services import archiving, chat, leading, questions, queue, rsvps, schedule
from tests.live.audience import Listener
from tests.live.stage import Stage

Play = Callable[[Stage, LiveSession], None]
State = dict[str, Any]

SCENES: dict[str, Play] = {}
# Scenes that begin before the session is started; the others begin in a running one.
BEFORE_THE_START: set[str] = set()


def scene(kind: str, *, before_the_start: bool = False) -> Callable[[Play], Play]:
    """Register the scene of a kind of fact."""

    def decorate(play: Play) -> Play:
        SCENES[kind] = play
        if before_the_start:
            BEFORE_THE_START.add(kind)
        return play

    return decorate


class ModelClient:
    """Keeps a state by what messages carry, whatever their numbers, in the way that the page's scripts do."""

    def __init__(self, snapshot: State) -> None:
        self._page = Listener(None)  # type: ignore[arg-type]
        self._page.state = copy.deepcopy(snapshot)

    @property
    def state(self) -> State:
        """What the client has."""
        return self._page.state

    def hear(self, message: State) -> None:
        """Apply one message."""
        self._page.take(message["data"])


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def shared(state: State) -> State:
    """Return what of a state is the same for everybody, lists by id: their order is the page's own affair."""
    return {
        key: {one["id"]: one for one in value} if _has_ids(value) else value
        for key, value in state.items()
        if key != "seq" and not key.startswith("my_")
    }


# ---------------------------------------------------------------- the session


@scene("session.scheduled", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    """It is the first fact of every channel."""


@scene("session.changed", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    ctx = stage.ctx(stage.mentor)
    plan = schedule.current_plan(ctx, session.id)
    changed = replace(plan, title="Another title", mentor_ids=(stage.coordinator.id, stage.mentor.id))
    schedule.edit_session(ctx, session.id, plan=changed)


@scene("session.started", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    leading.start_session(stage.ctx(stage.mentor), session.id)


@scene("session.ended")
def _(stage: Stage, session: LiveSession) -> None:
    queue.mark_answering(stage.ctx(stage.mentor), session.id, stage.ask(session).id)
    leading.end_session(stage.ctx(stage.mentor), session.id)


@scene("session.archived")
def _(stage: Stage, session: LiveSession) -> None:
    first, second = stage.ask(session), stage.ask(session, stage.peer, "And torsemide?")
    queue.merge(stage.ctx(stage.mentor), session.id, second.id, into_id=first.id)
    leading.end_session(stage.ctx(stage.mentor), session.id)
    archiving.archive_session(session.id)


@scene("session.cancelled", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="The mentor is ill.")


@scene("rsvp.given", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    rsvps.set_rsvp(stage.ctx(stage.peer), session.id, going=True)
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=False)


# ---------------------------------------------------------------- questions


@scene("question.asked")
def _(stage: Stage, session: LiveSession) -> None:
    stage.ask(session)
    stage.ask(session, stage.peer, "And torsemide?")


@scene("question.voted")
def _(stage: Stage, session: LiveSession) -> None:
    question = stage.ask(session)
    stage.vote(session, question)
    stage.vote(session, question, stage.coordinator)
    questions.unvote(stage.ctx(stage.peer), session.id, question.id)


@scene("question.state_changed")
def _(stage: Stage, session: LiveSession) -> None:
    ctx = stage.ctx(stage.mentor)
    first, second = stage.ask(session), stage.ask(session, stage.peer, "And torsemide?")
    third, fourth = stage.ask(session, body="At night?"), stage.ask(session, stage.peer, "By mouth?")
    stage.vote(session, second, stage.learner)
    queue.mark_answering(ctx, session.id, first.id)
    queue.take_next(ctx, session.id)
    queue.answer(ctx, session.id, second.id, text="Twice the **oral** dose.")
    queue.skip(ctx, session.id, third.id, reason="Answered last week.")
    queue.hide_question(ctx, session.id, fourth.id, reason="Names a patient.")
    queue.reopen(ctx, session.id, third.id)
    queue.merge(ctx, session.id, third.id, into_id=first.id)


# ---------------------------------------------------------------- chat


@scene("chat.posted")
def _(stage: Stage, session: LiveSession) -> None:
    stage.say(session)
    stage.say(session, "Good evening to you.", stage.peer)


@scene("chat.hidden")
def _(stage: Stage, session: LiveSession) -> None:
    line = stage.say(session)
    stage.say(session, "I saw that.", stage.peer)
    chat.hide_message(stage.ctx(stage.mentor), session.id, line.id, reason="Off topic.")


from tests.live import scenario_more  # noqa: E402, F401 - its scenes register themselves
