"""Loading: resumable, repeatable, and only where nobody's work is. On a small part of the content."""

from __future__ import annotations

from itertools import islice

import pytest
from flask import Flask
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict
from social_cme.demo.queries import DemoState, find_state, read_world
from social_cme.demo.schemas import World
from social_cme.demo.services.loading import load_demo
from social_cme.demo.services.script import Stage, draw, play_all
from social_cme.discussions.models import Post, Thread, Vote
from social_cme.extensions import db
from social_cme.persistence.delivery import pending_count
from social_cme.persistence.facts import Fact
from social_cme.persistence.transaction import transaction
from tests.factories import Factory


@pytest.fixture
def small_world() -> World:
    """One room with its people and the first two of its threads."""
    world = read_world()
    room = world.rooms[0]
    threads = [one for one in world.threads if one.room == room.slug][:2]
    return world.model_copy(update={"rooms": [room], "threads": threads, "sessions": [], "cohorts": []})


def sizes() -> dict[str, int]:
    db.session.rollback()
    return {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
        for model in (User, Thread, Post, Vote, Fact)
    }


def test_a_load_that_is_cut_off_goes_on_where_it_stopped(app: Flask, small_world: World) -> None:
    assert find_state(small_world) == DemoState.EMPTY
    list(islice(load_demo(small_world), 40))
    assert find_state(small_world) == DemoState.PARTIAL
    list(islice(load_demo(small_world), 60))
    steps = list(load_demo(small_world))
    assert steps[-1][0] == steps[-1][1]
    assert find_state(small_world) == DemoState.COMPLETE
    found = sizes()
    answers = [answer for thread in small_world.threads for answer in thread.answer]
    assert found["thread"] == 2
    assert found["post"] == len(answers) + sum(len(one.comment) for one in answers)
    assert found["vote"] == sum(one.votes for one in answers)


def test_loading_twice_changes_nothing(app: Flask, small_world: World) -> None:
    list(load_demo(small_world))
    before = sizes()
    assert list(load_demo(small_world)) == []
    assert sizes() == before
    assert pending_count() == 0


def test_a_database_in_use_is_left_alone(make: Factory, small_world: World) -> None:
    make.user()
    assert find_state(small_world) == DemoState.FOREIGN
    before = sizes()
    with pytest.raises(Conflict, match="empty one only"):
        list(load_demo(small_world))
    assert sizes() == before


def test_an_act_that_fails_leaves_nothing_and_is_played_again(make: Factory) -> None:
    narrator = make.user()
    stage = Stage(present=clock.now(), narrator_id=narrator.id, people={})
    tries: list[int] = []

    def write_and_stumble() -> int:
        with transaction():
            narrator.bio = f"try {len(tries)}"
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("power cut")
        return 7

    stage.act(stage.present, "write", write_and_stumble)
    with pytest.raises(RuntimeError):
        list(play_all(stage))
    db.session.expire_all()
    assert narrator.bio == ""
    list(play_all(stage))
    list(play_all(stage))
    assert (narrator.bio, len(tries), stage.made["write"]) == ("try 1", 2, 7)


def test_two_acts_with_one_key_are_an_error_of_the_script(make: Factory) -> None:
    stage = Stage(present=clock.now(), narrator_id=make.user().id, people={})
    for _ in range(2):
        stage.act(stage.present, "same", lambda: None)
    with pytest.raises(ValueError, match="same key"):
        list(play_all(stage))


def test_the_draw_is_the_same_every_time_and_never_short() -> None:
    people = [f"person{number}" for number in range(20)]
    assert draw(people, 5, seed="a") == draw(people, 5, seed="a")
    assert draw(people, 5, seed="a") != draw(people, 5, seed="b")
    assert len(set(draw(people, 20, seed="a"))) == 20
    with pytest.raises(ValueError, match="21 of 20"):
        draw(people, 21, seed="a")
