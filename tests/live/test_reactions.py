"""Reactions: one of each kind per person and line, counted exactly, told as counts alone."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.channels import project
from social_cme.live.models import ChatReaction, ReactionTally
from social_cme.live.queries.board import load_board
from social_cme.live.queries.reactions import counts_by_message
from social_cme.live.services import chat, leading, reactions
from social_cme.rooms.queries import open_room
from tests.live.stage import Stage


def test_a_reaction_counts_once_and_can_be_taken_back(stage: Stage) -> None:
    session = stage.running()
    line, ctx = stage.say(session), stage.ctx(stage.peer)
    for _ in range(2):
        reactions.react(ctx, session.id, line.id, kind="agree")
    reactions.react(ctx, session.id, line.id, kind="idea")
    reactions.react(stage.ctx(stage.learner), session.id, line.id, kind="agree")
    assert counts_by_message({line.id}) == {line.id: {"agree": 2, "idea": 1}}
    assert load_board(ctx, session).my_reactions == {line.id: ["agree", "idea"]}
    for _ in range(2):
        reactions.react(ctx, session.id, line.id, kind="idea", on=False)
    assert counts_by_message({line.id}) == {line.id: {"agree": 2}}
    assert stage.kinds(session).count("chat.reacted") == 4, "what changes nothing is no news"


def test_a_repeat_returns_the_first_result(stage: Stage) -> None:
    session = stage.running()
    line, ctx = stage.say(session), stage.ctx(stage.peer)
    reactions.react(ctx, session.id, line.id, kind="agree", client_id="react-0001")
    reactions.react(ctx, session.id, line.id, kind="agree", on=False)
    reactions.react(ctx, session.id, line.id, kind="agree", client_id="react-0001")
    assert counts_by_message({line.id}) == {line.id: {}}


def test_who_may_not_react_does_not(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    line = stage.say(session)
    for user in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            reactions.react(stage.ctx(user), session.id, line.id, kind="agree")
    ctx = stage.ctx(stage.peer)
    with pytest.raises(NotFound):
        reactions.react(ctx, other.id, line.id, kind="agree")
    with pytest.raises(NotFound):
        reactions.react(stage.ctx(stage.learner, stage.other_room), session.id, line.id, kind="agree")
    with pytest.raises(Invalid):
        reactions.react(ctx, session.id, line.id, kind="<script>")
    chat.hide_message(stage.ctx(stage.mentor), session.id, line.id)
    with pytest.raises(Conflict):
        reactions.react(ctx, session.id, line.id, kind="agree")
    last = stage.say(session)
    leading.end_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="over"):
        reactions.react(ctx, session.id, last.id, kind="agree")
    assert db.session.scalar(select(func.count(ChatReaction.id))) == 0


def test_a_hidden_line_shows_no_reactions(stage: Stage) -> None:
    session = stage.running()
    line = stage.say(session)
    reactions.react(stage.ctx(stage.peer), session.id, line.id, kind="agree")
    chat.hide_message(stage.ctx(stage.mentor), session.id, line.id)
    shown = project(stage.facts(session))
    about = [one for one in shown if one is not None and ("chat" in one or "reactions" in one)]
    assert [one["chat"]["reactions"] for one in about if "chat" in one] == [{}, {}]
    assert [one["reactions"]["counts"] for one in about if "reactions" in one] == [{}]


def test_a_burst_is_shown_by_reading_each_line_once(stage: Stage) -> None:
    session = stage.running()
    lines = [stage.say(session, f"Line {number}") for number in range(2)]
    people = [stage.learner, stage.peer, stage.mentor, stage.coordinator]
    for line in lines:
        for person in people:
            reactions.react(stage.ctx(person), session.id, line.id, kind="agree")
    burst = [fact for fact in stage.facts(session) if fact.kind == "chat.reacted"]
    asked: list[str] = []
    engine = db.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    shown = project(burst)
    assert len(shown) == 8
    assert len(asked) == 1, asked
    assert {str(one) for one in shown} == {
        str({"reactions": {"id": line.id, "counts": {"agree": 4}}}) for line in lines
    }
    assert all(name not in str(shown) for name in ("Learner", "Peer", "user"))


def test_reactions_at_once_are_all_counted(app: Flask, stage: Stage) -> None:
    session = stage.running()
    line, slug = stage.say(session), stage.room.slug
    people = [stage.make.user() for _ in range(12)]
    for one in people:
        stage.make.membership(stage.room, one)
    numbers = [one.id for one in people]
    failures: list[BaseException] = []

    def press(user_id: int) -> None:
        from social_cme.accounts.models import User

        with app.app_context():
            try:
                ctx = open_room(db.session.get(User, user_id), slug)
                for on in (True, False, True):
                    reactions.react(ctx, session_id, line_id, kind="agree", on=on)
            except BaseException as error:  # noqa: BLE001 - a thread must hand its failure to the test
                failures.append(error)

    session_id, line_id = session.id, line.id
    threads = [threading.Thread(target=press, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session.rollback()
    assert db.session.scalar(select(ReactionTally.people)) == 12
    assert db.session.scalar(select(func.count(ChatReaction.id))) == 12
