"""A session of 300 clients whose server is killed three times: nothing acknowledged is lost or doubled, and all end up the same.

Every part of a session that people write in has a class here: it sends its commands and knows what must be there in the end.
"""

from __future__ import annotations

import json
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from config import Settings
from social_cme.extensions import db
from social_cme.live.models import ChatMessage, LivePoll, LiveQuestion, PollBallot, PollRound, QuestionVote
from social_cme.live.queries.board import load_board
from social_cme.live.queries.poll_desk import sheet_of
from social_cme.live.queries.sessions import access_session
from social_cme.live.schemas import BoardOut
from social_cme.live.services import polling, polls, questions
from social_cme.persistence.facts import Channel, Fact
from social_cme.rooms.queries import open_room
from tests.crowd import Client, Crowd
from tests.factories import Factory
from tests.faults.conftest import Scene, plant
from tests.live.scenario import ModelClient, State, shared
from tests.server import Server

pytestmark = pytest.mark.faults

CLIENTS = 300
KILLS = 3
SECONDS = 3.0
PLANTED = 5


@pytest.fixture
def scene(app: Flask, make: Factory, settings: Settings) -> Iterator[Scene]:
    one = plant(app, make, Server(settings), people=CLIENTS)
    yield one
    one.server.kill()


@dataclass
class Part(ABC):
    """One thing that people do in a session."""

    scene: Scene
    crowd: Crowd
    source: random.Random

    def later(self, client: Client, event: str, **payload: object) -> None:
        """Have a client send a command at a random moment of this round."""
        message = {"session_id": self.scene.session_id, **payload}
        self.crowd.at(self.source.uniform(0, SECONDS), lambda: self.crowd.send(client, event, message))

    @abstractmethod
    def send(self, turn: int) -> None:
        """Send the commands of a round."""

    @abstractmethod
    def check(self) -> None:
        """Compare the database with what was acknowledged, which is everything that was sent."""


class Questions(Part):
    """Twenty people ask in each round."""

    def send(self, turn: int) -> None:
        """Ask."""
        for client in self.crowd.clients[turn::15]:
            self.later(client, "question.ask", body=f"Question of person {client.number} in round {turn}?")

    def check(self) -> None:
        """Each question is there once."""
        found = Counter(db.session.scalars(select(LiveQuestion.body).where(LiveQuestion.body.like("Question of%"))))
        sent = [f"Question of person {n} in round {turn}?" for turn in range(KILLS) for n in range(turn, CLIENTS, 15)]
        assert found == Counter(sent)


class Votes(Part):
    """Half of the people vote in each round, always for something else."""

    def send(self, turn: int) -> None:
        """Vote."""
        for client in self.crowd.clients[turn % 2 :: 2]:
            self.later(client, "question.vote", question_id=self.chosen(client.number, turn))

    def chosen(self, number: int, turn: int) -> int:
        """Return the question that somebody supports in a round."""
        return self.choices[(number + turn) % PLANTED]

    @cached_property
    def choices(self) -> list[int]:
        """The questions that people vote for."""
        mine = LiveQuestion.session_id == self.scene.session_id, LiveQuestion.body.like("Planted%")
        return list(db.session.scalars(select(LiveQuestion.id).where(*mine).order_by(LiveQuestion.id)))

    def check(self) -> None:
        """Each vote is there once, and the scores are their number."""
        sent = [(n, self.chosen(n, turn)) for turn in range(KILLS) for n in range(turn % 2, CLIENTS, 2)]
        rows = db.session.execute(select(QuestionVote.user_id, QuestionVote.question_id)).all()
        assert Counter((row[0], row[1]) for row in rows) == Counter((self.scene.people_ids[n], one) for n, one in sent)
        wanted = Counter(question_id for _, question_id in sent)
        scores = db.session.execute(select(LiveQuestion.id, LiveQuestion.score).where(LiveQuestion.score > 0))
        assert {row[0]: row[1] for row in scores} == dict(wanted)


class Chat(Part):
    """Sixty people write a line in each round."""

    def send(self, turn: int) -> None:
        """Write."""
        for client in self.crowd.clients[turn::5]:
            self.later(client, "chat.post", body=f"Line of person {client.number} in round {turn}.")

    def check(self) -> None:
        """Each line is there once."""
        found = Counter(db.session.scalars(select(ChatMessage.body)))
        sent = [f"Line of person {n} in round {turn}." for turn in range(KILLS) for n in range(turn, CLIENTS, 5)]
        assert found == Counter(sent)


class Polls(Part):
    """Everybody votes once in a poll, a third of them in each round."""

    def send(self, turn: int) -> None:
        """Vote."""
        for client in self.crowd.clients[turn::KILLS]:
            self.later(client, "poll.vote", poll_id=self.poll_id, choices=[self.chosen(client.number)])

    @staticmethod
    def chosen(number: int) -> int:
        """Return what somebody votes for."""
        return number % 3 + 1

    @cached_property
    def poll_id(self) -> int:
        """The poll that is open."""
        return db.session.scalars(select(LivePoll.id).where(LivePoll.session_id == self.scene.session_id)).one()

    def check(self) -> None:
        """Each ballot is there once, and the bars are their number."""
        rounds = select(PollRound.id).where(PollRound.poll_id == self.poll_id)
        rows = db.session.scalars(select(PollBallot.user_id).where(PollBallot.round_id.in_(rounds))).all()
        assert Counter(rows) == Counter(self.scene.people_ids)
        poll = db.session.get(LivePoll, self.poll_id, populate_existing=True)
        assert poll is not None
        bars = [bar.count for bar in sheet_of(poll).rounds[0].summary.bars]
        assert bars == [CLIENTS // 3] * 3


PARTS: tuple[Callable[[Scene, Crowd, random.Random], Part], ...] = (Questions, Votes, Chat, Polls)


def test_three_kills_lose_and_double_nothing_and_all_clients_end_up_the_same(scene: Scene) -> None:
    source = random.Random(11)
    ctx = open_room(scene.mentor, scene.room_slug)
    for number in range(PLANTED):
        questions.ask(ctx, scene.session_id, body=f"Planted number {number}?")
    options = ("Wait", "Double the dose", "Add a second drug")
    plan = polls.PollPlan(kind="single", question="What next?", options=options, results_when="live")
    poll = polls.create_poll(ctx, scene.session_id, plan=plan)
    polling.open_round(ctx, scene.session_id, poll.id)
    start = state_of(scene)
    scene.server.start(timeout=90)
    crowd = Crowd(scene.server.port, [scene.cookie(person) for person in scene.people], scene.channel)
    models = [ModelClient(start) for _ in crowd.clients]
    for client in crowd.clients:
        client.last = start["seq"]
    crowd.on_message = lambda client, message: models[client.number].hear(message)
    parts = [part(scene, crowd, source) for part in PARTS]
    crowd.connect(timeout=90)

    for turn in range(KILLS):
        for part in parts:
            part.send(turn)
        crowd.run(source.uniform(0.5, SECONDS - 0.5))
        scene.server.kill()
        scene.server.launch()
        crowd.run(SECONDS)
        crowd.until(lambda: not crowd.unanswered and all(one.stage == "here" for one in crowd.clients), timeout=90)
    db.session.rollback()
    newest = db.session.scalar(select(Channel.last_seq).where(Channel.key == scene.channel)) or 0
    crowd.until(lambda: all(one.last == newest for one in crowd.clients), timeout=30)
    crowd.leave()

    assert crowd.refusals == []
    for part in parts:
        part.check()
    numbers = list(db.session.scalars(select(Fact.seq).where(Fact.channel_key == scene.channel).order_by(Fact.seq)))
    assert numbers == list(range(1, newest + 1))
    assert db.session.scalar(select(func.count(Fact.id)).where(Fact.kind == "chat.posted")) == CLIENTS // 5 * KILLS
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    expected = shared(state_of(scene))
    different = [number for number, model in enumerate(models) if shared(model.state) != expected]
    assert different == [], f"{len(different)} clients differ from a fresh load"
    assert "Traceback" not in scene.server.output()


def state_of(scene: Scene) -> State:
    """Return what a page that is opened now shows."""
    db.session.rollback()
    db.session.expire_all()
    ctx = open_room(scene.people[0], scene.room_slug)
    board = load_board(ctx, access_session(ctx, scene.session_id), chat_limit=10_000)
    return dict(json.loads(BoardOut.of(board).model_dump_json()))
