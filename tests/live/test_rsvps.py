"""Who comes: what people say is counted once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from social_cme.core.errors import Forbidden
from social_cme.extensions import db
from social_cme.live.models import LiveSession
from social_cme.live.queries.sessions import going_to
from social_cme.live.services import leading, rsvps, schedule
from tests.live.stage import Stage


def test_coming_and_not_coming_are_counted_once_each(stage: Stage) -> None:
    session = stage.session()
    ctx = stage.ctx(stage.learner)
    for going, count in ((True, 1), (True, 1), (False, 0), (False, 0), (True, 1)):
        rsvps.set_rsvp(ctx, session.id, going=going)
        assert db.session.scalar(select(LiveSession.going_count).where(LiveSession.id == session.id)) == count
    assert going_to(stage.learner.id, [session.id]) == {session.id}
    assert stage.kinds(session) == ["session.scheduled", "rsvp.given", "rsvp.given", "rsvp.given"]


def test_only_members_come_and_only_while_it_is_ahead_or_running(stage: Stage) -> None:
    session = stage.session()
    for stranger in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            rsvps.set_rsvp(stage.ctx(stranger), session.id, going=True)
    schedule.cancel_session(stage.ctx(stage.mentor), session.id, reason="Ill")
    with pytest.raises(Forbidden):
        rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    over = stage.running()
    leading.end_session(stage.ctx(stage.mentor), over.id)
    with pytest.raises(Forbidden):
        rsvps.set_rsvp(stage.ctx(stage.learner), over.id, going=True)


def test_where_places_are_limited_only_those_who_have_one_take_part(stage: Stage) -> None:
    session = stage.session(capacity=1)
    stage.vote(session, stage.ask(session, body="Asked beforehand"))
    leading.start_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="I am coming"):
        stage.ask(session)
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    question = stage.ask(session)
    with pytest.raises(Forbidden, match="All places are taken"):
        stage.vote(session, question, stage.peer)
    stage.vote(session, question, stage.mentor)
    assert question.score == 1
