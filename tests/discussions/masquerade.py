"""A room in which one of two people who look alike writes under a pseudonym, and everything that others then can read.

Rule: both worlds are made by the same steps at the same moment; they differ in who of the two stands behind the pseudonym.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from itertools import product
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient
from sqlalchemy import select
from werkzeug.routing import Rule

from social_cme.accounts.enums import CareerStage, SiteRole
from social_cme.accounts.models import User
from social_cme.accounts.services.verification import verify_profession
from social_cme.discussions.models import Post, Thread
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.clarifications import say_privately
from social_cme.discussions.services.comments import post_comment
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.edits import edit_post, edit_thread
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.follows import follow_thread, unfollow_thread
from social_cme.discussions.services.summaries import save_summary
from social_cme.discussions.services.threads import close_thread, post_thread
from social_cme.extensions import db
from social_cme.live.services import approval, chat, leading, questions, queue, schedule
from social_cme.live.services import clarifications as live_words
from social_cme.live.services.options import OptionsChange
from social_cme.moderation.services import measures
from social_cme.moderation.services.flags import raise_flag
from social_cme.moderation.services.unmasking import confirm_unmasking, decline_unmasking, request_unmasking
from social_cme.persistence.delivery import deliver_pending
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from tests.factories import Factory

MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
# A word that stands in every text that is written under the pseudonym, and nowhere else.
MARK = "Kestrel"
NAMES = ("Quintessa Vexworth", "Zebulon Yarrowby")
ADDRESSES = ("quintessa@canary.example", "zebulon@canary.example")


@dataclass
class World:
    """The people, the rooms, and what stands under the pseudonym; ``twins`` are the two it could be."""

    app: Flask
    make: Factory
    twins: tuple[User, User]
    people: dict[str, User]
    room: Room
    other: Room
    threads: list[int] = field(default_factory=list)
    posts: list[int] = field(default_factory=list)
    sessions: list[int] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    live_threads: list[int] = field(default_factory=list)

    def ctx(self, person: User | str) -> RoomContext:
        """Open the room as somebody."""
        return open_room(self.people[person] if isinstance(person, str) else person, self.room.slug)


def build(app: Flask, make: Factory, *, writer: int) -> World:
    """Make the world in which the twin number *writer* writes."""
    resident = {"career_stage": CareerStage.RESIDENT, "training_year": 3}
    one, two = (make.user(name, email=email, **resident) for name, email in zip(NAMES, ADDRESSES, strict=True))
    people = {
        "peer": make.user("Ben Peer", **resident),
        "mentor": make.user("Mira Mentor"),
        "second mentor": make.user("Milo Mentor"),
        "coordinator": make.user("Cora Coordinator"),
        "outsider": make.user("Olaf Outsider"),
        "moderator": make.user("Mona Moderator", role=SiteRole.MODERATOR),
        "administrator": make.user("Anna Administrator", role=SiteRole.ADMINISTRATOR),
        "auditor": make.user("Aura Auditor", role=SiteRole.AUDITOR),
    }
    for twin in (one, two):
        verify_profession(actor=None, user_id=twin.id, evidence="Register")
    room = make.room(mentor=people["mentor"], coordinator=people["coordinator"], members=(one, two, people["peer"]))
    make.membership(room, people["second mentor"], role="mentor")
    other = make.room(mentor=people["mentor"])
    world = World(app, make, (one, two), people, room, other)
    _write(world, (one, two)[writer])
    return world


def _write(world: World, author: User) -> None:
    ctx, peer, mentor = world.ctx(author), world.ctx("peer"), world.ctx("mentor")
    save_draft(author, place=f"room:{world.room.id}:question", content={"title": f"{MARK} draft"}, revision=0)
    first = _ask(ctx, "dose")
    edit_thread(ctx, thread_id=first.id, title=f"{MARK} dose", body=f"{MARK}: changed.", reason="Clearer")
    theirs = post_answer(peer, thread_id=first.id, body=f"{MARK}: ten milligrams.")
    own = post_answer(ctx, thread_id=first.id, body=f"{MARK}: I gave five.")
    edit_post(ctx, post_id=own.id, body=f"{MARK}: I gave six.", reason="A slip")
    said = post_comment(ctx, thread_id=first.id, parent_id=theirs.id, body=f"{MARK}: thank you.")
    under = post_comment(ctx, thread_id=first.id, body=f"{MARK}: one more thing.")
    edit_post(ctx, post_id=under.id, body=f"{MARK}: one thing more.")
    accept_answer(ctx, post_id=theirs.id)
    endorse_answer(mentor, post_id=own.id, evidence_level="low", note="Reasonable.")
    follow_thread(peer, thread_id=first.id)
    raise_flag(peer, target="post", target_id=own.id, reason="inaccurate", note="Too much.")
    raise_flag(peer, target="thread", target_id=first.id, reason="off_topic")
    case = post_thread(
        ctx,
        kind="case",
        title=f"{MARK} case",
        case={"presenting_problem": f"{MARK}: breathless.", "question": f"{MARK}: what now?"},
        setting="icu",
        age_band="18-39",
        pseudonym="training_year",
    )
    save_summary(ctx, thread_id=case.id, kind="case", body=f"{MARK}: what we know.", revision=0)
    closed = _ask(ctx, "end")
    post_answer(peer, thread_id=closed.id, body=f"{MARK}: stop it.")
    close_thread(ctx, thread_id=closed.id, reason="resolved", summary=f"{MARK}: stopped.")
    hidden = _ask(ctx, "hidden")
    measures.hide(mentor, target="thread", target_id=hidden.id, reason="Not here.")
    moved = _ask(ctx, "moved")
    measures.move(mentor, thread_id=moved.id, to=open_room(world.people["mentor"], world.other.slug))
    say_privately(mentor, thread_id=first.id, body=f"{MARK}: which weight?")
    say_privately(ctx, thread_id=first.id, body=f"{MARK}: twelve.", mentor_id=world.people["mentor"].id)
    request_unmasking(mentor, thread_id=first.id, reason="Asked, and nobody has decided.")
    request_unmasking(mentor, thread_id=hidden.id, reason="Asked and declined.")
    decline_unmasking(mentor, thread_id=hidden.id)
    request_unmasking(world.ctx("second mentor"), thread_id=closed.id, reason="Lifted for two others.")
    confirm_unmasking(world.ctx("moderator"), thread_id=closed.id)
    world.threads = [first.id, case.id, closed.id, hidden.id, moved.id]
    world.posts = [theirs.id, own.id, said.id, under.id]
    _ask_live(world, author)
    # Both are seen to write something under their names, so that nobody is conspicuous by silence.
    plain = post_thread(world.ctx("coordinator"), kind="question", title="Named", body="By name.")
    unfollow_thread(world.ctx("coordinator"), thread_id=plain.id)
    for twin in world.twins:
        post_answer(world.ctx(twin), thread_id=plain.id, body="Under my own name.")
    deliver_pending()


def _ask_live(world: World, author: User) -> None:
    """Let the author ask in a session that runs and in one that has ended; what was asked there has become a thread."""
    mentor = world.ctx("mentor")
    for number in range(2):
        start = MOMENT.replace(tzinfo=None) + timedelta(minutes=30)
        plan = schedule.Plan(
            title=f"Evening {number}", starts=start, ends=start + timedelta(hours=1), time_zone="UTC",
            mentor_ids=(world.people["mentor"].id,), queue=OptionsChange(approve_first=True, labels=["dose"]),
        )  # fmt: skip
        session = schedule.schedule_session(mentor, plan=plan)
        leading.start_session(mentor, session.id)
        world.sessions.append(session.id)
        asked = [
            _ask_one(world, author, session.id, about) for about in ("shown", "waits", "declined", "merged", "later")
        ]
        shown, _waits, declined, merged, later = asked
        for one in (shown, merged, later):
            approval.approve(mentor, session.id, one)
        approval.decline(mentor, session.id, declined, reason=f"{MARK}: asked before")
        by_name = questions.ask(mentor, session.id, body=f"{MARK}: by name?")
        questions.vote(world.ctx("peer"), session.id, shown)
        queue.merge(mentor, session.id, merged, into_id=by_name.id)
        queue.answer_later(mentor, session.id, later)
        queue.answer(mentor, session.id, shown, text=f"{MARK}: five milligrams.")
        live_words.say_privately(mentor, session.id, shown, body=f"{MARK}: which weight?")
        own = world.ctx(author)
        live_words.say_privately(own, session.id, shown, body=f"{MARK}: ten.", mentor_id=world.people["mentor"].id)
        chat.post_message(world.ctx("peer"), session.id, body=f"{MARK}: a good question.")
        world.questions += asked[:2] if number == 0 else []
    leading.end_session(mentor, world.sessions[1])
    became = select(Thread.id).where(Thread.live_question_id.is_not(None), Thread.pseudonym != "").order_by(Thread.id)
    world.live_threads = list(db.session.scalars(became.limit(1)))


def _ask_one(world: World, author: User, session_id: int, about: str) -> int:
    ctx = world.ctx(author)
    return questions.ask(ctx, session_id, body=f"{MARK}: {about}?", pseudonym="training_year").id


def _ask(ctx: RoomContext, about: str) -> Thread:
    return post_thread(
        ctx, kind="question", title=f"{MARK} {about}", body=f"{MARK}: what now?", pseudonym="training_year"
    )


# ------------------------------------------------------------------ what others can read

_RANDOM = (
    re.compile(r'name="(csrf_token|client_id)"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="(csrf_token|client_id)"'),
    re.compile(r'<meta name="csrf-token"[^>]*>'),
    re.compile(r"\b[0-9a-f]{12}\b"),
    re.compile(r'nonce="[^"]*"|"request_id": ?"[^"]*"|<code>[0-9a-f-]{8,}</code>'),
)


def read_everything(world: World, person: User | None) -> Iterator[tuple[str, str]]:
    """Yield the address and the answer of every page and API call that can be asked for, as *person* reads them."""
    browser: FlaskClient = world.app.test_client()
    if person is not None:
        world.make.log_in(browser, person)
    for address in sorted(set(_addresses(world))):
        answer = browser.get(address, buffered=True)
        text = f"{answer.status_code} {answer.headers.get('Location', '')}\n{answer.get_data(as_text=True)}"
        for pattern in _RANDOM:
            text = pattern.sub("", text)
        yield address, text


def _addresses(world: World) -> Iterator[str]:
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and rule.endpoint not in {"static", "openapi_document"}:
            yield from _filled(world, rule)
    slug = world.room.slug
    for author in ("", *(f"&author={twin.id}&author_id={twin.id}" for twin in world.twins)):
        for query in (MARK, "Vexworth", "Yarrowby"):
            yield f"/search?q={query}{author}"
            yield f"/api/v1/search?q={query}{author}"
    ended, became, waiting = world.sessions[1], world.live_threads[0], world.questions[1]
    yield f"/rooms/{slug}/live/{ended}"
    yield f"/api/v1/rooms/{slug}/sessions/{ended}/state"
    yield f"/rooms/{slug}/live/{world.sessions[0]}/questions/{waiting}"
    yield f"/rooms/{slug}/live/{world.sessions[0]}/questions/{waiting}/private"
    yield f"/rooms/{slug}/threads/{became}"
    yield f"/api/v1/rooms/{slug}/threads/{became}"
    for sort in ("asked", "answers", "comments", "endorsed"):
        yield f"/rooms/{slug}/participation?sort={sort}"
        yield f"/api/v1/rooms/{slug}/participation?sort={sort}&since=2026-03-02T09:59:59Z"
    for thread_id, post_id in product(world.threads[:1], world.posts):
        yield f"/rooms/{slug}/threads/{thread_id}?quote={post_id}&comment={post_id}"


def _filled(world: World, rule: Rule) -> Iterator[str]:
    values: dict[str, list[Any]] = {
        "slug": [world.room.slug],
        "thread_id": world.threads[:-1],
        "session_id": world.sessions[:1],
        "question_id": world.questions[:1],
        "post_id": world.posts,
        "user_id": [twin.id for twin in world.twins],
    }
    names = sorted(rule.arguments)
    for chosen in product(*(values.get(name, [1]) for name in names)):
        place = dict(zip(names, chosen, strict=True))
        yield re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found, place=place: str(place[found.group(1)]), rule.rule)  # type: ignore[misc]
        if "thread_id" in place and place["thread_id"] == world.threads[0]:
            moved = place | {"slug": world.other.slug, "thread_id": world.threads[-1]}
            yield re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found, moved=moved: str(moved[found.group(1)]), rule.rule)  # type: ignore[misc]


def hear_everything(world: World, person: User, connect: Callable[[User], SocketIOTestClient]) -> Iterator[str]:
    """Yield what the channels of the room send to somebody who follows them from the beginning."""
    window = connect(person)
    places = (f"room:{world.room.id}", f"room:{world.other.id}", f"moderation:{world.room.id}")
    live = [f"{kind}:{number}" for number in world.sessions for kind in ("live", "stage")]
    for channel in (*places, *live):
        yield str(window.emit("subscribe", {"channel": channel, "since": 0}, callback=True))
    for thread_id in world.threads[:1]:
        about = {
            "slug": world.room.slug,
            "thread_id": thread_id,
            "body": f"{MARK}?",
            "client_id": f"comment-{person.id}",
        }
        yield str(window.emit("comment.post", about, callback=True))
    for event in ("question.vote", "question.answering"):
        press = {"session_id": world.sessions[0], "question_id": world.questions[0]}
        yield str(window.emit(event, press, callback=True))


def read_mail(world: World) -> Iterator[tuple[str, str]]:
    """Yield the recipient of every mail that was sent, and all that it says but its date and number."""
    for path in sorted((Path(world.app.instance_path) / "mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        kept = [
            f"{name}: {value}" for name, value in mail.items() if name not in {"Date", "Message-ID", "Content-Type"}
        ]
        parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        yield str(mail["To"]), "\n".join([*kept, *parts])


def belongs_to_pseudonym(world: World, address: str, text: str) -> bool:
    """Tell whether an answer shows something that was written under the pseudonym, or is about it."""
    about = any(f"/threads/{one}" in address for one in (*world.threads, *world.live_threads)) or any(
        f"/posts/{one}" in address for one in world.posts
    )
    return about or MARK in text


def written(world: World) -> int:
    """Return how many posts stand under the pseudonym."""
    rows = db.session.scalars(select(Post).where(Post.thread_id.in_(world.threads))).all()
    return len(rows)
