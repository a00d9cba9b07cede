"""Nobody but the author learns from anything that can be read who writes under a pseudonym.

Two proofs. A name that stands nowhere else is looked for in everything that has to do with what was written. And the same world is
made twice with one of two people behind the pseudonym: what others read must not differ in a single character.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.discussions.models import Post, Revision, Thread
from social_cme.discussions.rules.authorship import by_name
from social_cme.live.models import LiveQuestion
from tests.conftest import build_app, build_settings, opened
from tests.discussions import masquerade
from tests.discussions.masquerade import ADDRESSES, MARK, NAMES, World
from tests.factories import Factory

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite_only]

Connect = Callable[[User], SocketIOTestClient]


def traces(world: World, twin: User) -> tuple[str, ...]:
    """Return what would give somebody away."""
    ids = (f'/people/{twin.id}"', f"'author_id': {twin.id}", f'"author_id": {twin.id}', f'"author_id":{twin.id},')
    return (twin.display_name, twin.display_name.split()[1], twin.email, *ids)


# Every kind of reader; the server's moderator may do no more than both its administrator and the room's coordinator.
READERS = ("stranger", "outsider", "peer", "mentor", "coordinator", "administrator", "auditor", "twin")


def leaks(world: World, connect: Connect, readers: tuple[str, ...] = READERS) -> list[str]:
    """Return every answer that shows the name beside what was written under the pseudonym."""
    author = world.twins[0]
    signs = traces(world, author)
    found: list[str] = []
    people = {"stranger": None, **world.people, "twin": world.twins[1]}
    for role, person in ((role, people[role]) for role in readers):
        for address, text in masquerade.read_everything(world, person):
            # What the reader typed into the address comes back in the form; it tells nothing.
            shown = text.replace("q=Vexworth", "").replace('value="Vexworth"', "")
            if masquerade.belongs_to_pseudonym(world, address, shown) and "q=" not in address:
                found += [f"{role} {address}: {sign}" for sign in signs if sign in shown]
            if text.startswith("500 "):
                found.append(f"{role} {address}: failed")
    for role, person in world.people.items():
        heard = "".join(masquerade.hear_everything(world, person, connect))
        found += [f"{role} socket: {sign}" for sign in signs if sign in heard]
    for recipient, values in masquerade.read_mail(world):
        if author.email not in recipient and MARK in values:
            found += [f"mail to {recipient}: {sign}" for sign in signs if sign in values]
    return found


@pytest.fixture
def world(app: Flask, make: Factory) -> World:
    with clock.at(masquerade.MOMENT):
        return masquerade.build(app, make, writer=0)


def test_no_page_call_message_mail_or_export_shows_who_writes(world: World, connect: Connect) -> None:
    with clock.at(masquerade.MOMENT):
        assert masquerade.written(world) == 5
        assert leaks(world, connect) == []


def test_a_planted_leak_is_found(app: Flask, make: Factory, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (Thread, Post, Revision, LiveQuestion):
        monkeypatch.setattr(one, "mask", lambda _row, account: by_name(account))
    monkeypatch.setattr("social_cme.notifications.services.telling.acting", lambda account, *_rows: by_name(account))
    with clock.at(masquerade.MOMENT):
        world = masquerade.build(app, make, writer=0)
        found = "\n".join(leaks(world, connect, readers=("mentor",)))
    for place in ("/rooms/", "/api/v1/", "/revisions", "/moderation", "mail to", "/live/", "/sessions/1/state"):
        assert place in found, place


def test_everything_reads_the_same_whichever_of_two_people_writes(template_database: str, tmp_path: Path) -> None:
    read: list[dict[tuple[str, str], str]] = []
    for writer in (0, 1):
        settings = build_settings(tmp_path / str(writer), database_url=f"sqlite:///{tmp_path / f'{writer}.sqlite3'}")
        shutil.copyfile(template_database, tmp_path / f"{writer}.sqlite3")
        with opened(build_app(settings)) as app, clock.at(masquerade.MOMENT):
            world = masquerade.build(app, Factory(app), writer=writer)
            readers = {"stranger": None, **{name: world.people[name] for name in ("peer", "mentor", "auditor")}}
            read.append(
                {
                    (role, address): text
                    for role, person in readers.items()
                    for address, text in masquerade.read_everything(world, person)
                }
            )
            read[-1] |= {
                ("mail", str(number)): values
                for number, (recipient, values) in enumerate(masquerade.read_mail(world))
                if not any(address in recipient for address in ADDRESSES)
            }
    first, second = read
    assert first.keys() == second.keys()
    assert len(first) > 400
    assert [place for place, text in first.items() if text != second[place]] == []


def test_the_author_alone_is_told_that_it_is_theirs(world: World, login: Callable[[User], FlaskClient]) -> None:
    address = f"/rooms/{world.room.slug}/threads/{world.threads[0]}"
    with clock.at(masquerade.MOMENT):
        own, other = (login(twin).get(address).text for twin in world.twins)
    assert "you, under a pseudonym" in own
    assert "you, under a pseudonym" not in other
    assert all("PGY-3, internal medicine" in page for page in (own, other))
    assert NAMES[0] not in own.partition("<main")[2]
