"""Disputes: who may open and settle them, and that everybody who read the answer is told once, with the correction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.models import User
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import Dispute, Post, Thread
from social_cme.discussions.queries.posts import list_answers
from social_cme.discussions.queries.sight import sight_of
from social_cme.discussions.services.disputes import dispute_answer, resolve_dispute
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.follows import follow_thread, unfollow_thread
from social_cme.discussions.services.moderating import hide_post
from social_cme.discussions.services.reading import mark_read
from social_cme.extensions import db
from social_cme.moderation.models import LogEntry
from social_cme.moderation.services.following import enter_fact
from social_cme.notifications.queries import list_notices
from social_cme.notifications.services.telling import tell
from social_cme.persistence.facts import Fact, to_record
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import RoomRole
from tests.discussions.journal_club import Club, count, facts, reload
from tests.factories import Factory

Deliver = Callable[[], int]
WORDS = {"reason": "Ten times too much.", "correction": "**One** milligram."}


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question()


@pytest.fixture
def answer(club: Club, thread: Thread) -> Post:
    return club.answer(thread)


def told(user: User) -> list[tuple[str, str]]:
    return [(str(one.kind), one.detail) for one in list_notices(user).items if str(one.kind).startswith("correction")]


def test_a_disputed_answer_keeps_its_words_and_goes_last(club: Club, thread: Thread, answer: Post) -> None:
    second = club.answer(thread, club.second)
    dispute = dispute_answer(club.ctx(club.mentor), post_id=answer.id, **WORDS)
    assert dispute.correction_html == "<p><strong>One</strong> milligram.</p>\n"
    assert (reload(answer).is_disputed, answer.body_md) == (True, "Ten milligrams.")
    ctx = club.ctx(club.peer)
    shown = list_answers(thread.id, sight=sight_of(ctx, reload(thread))).items
    assert [one.id for one in shown] == [second.id, answer.id]


def test_everybody_who_read_the_answer_is_told_once(
    club: Club, thread: Thread, answer: Post, make: Factory, deliver: Deliver
) -> None:
    reader, early, stranger, endorser = (make.user(name) for name in ("Rita", "Early", "Nobody", "Endorser"))
    for member in (reader, early, stranger):
        make.membership(club.room, member)
    make.membership(club.room, endorser, role=RoomRole.MENTOR)
    mark_read(club.ctx(reader), thread_id=thread.id, up_to=answer.id)
    mark_read(club.ctx(early), thread_id=thread.id, up_to=answer.id - 1)
    follow_thread(club.ctx(club.second), thread_id=thread.id)
    # The author of the question follows it and has read it: one notice, not two.
    mark_read(club.ctx(club.author), thread_id=thread.id, up_to=answer.id)
    endorse_answer(club.ctx(endorser), post_id=answer.id, evidence_level="low")
    unfollow_thread(club.ctx(club.peer), thread_id=thread.id)
    dispute_answer(club.ctx(club.mentor), post_id=answer.id, **WORDS)
    deliver()
    for person in (reader, club.second, club.author, club.peer, endorser):
        assert told(person) == [("correction", "**One** milligram.")], person.display_name
    for person in (early, stranger, club.mentor):
        assert told(person) == [], person.display_name
    for fact in db.session.query(Fact).filter(Fact.kind == "answer.disputed"):
        tell(to_record(fact))
    dispute_answer(club.ctx(club.mentor), post_id=answer.id, reason="Far too much.", correction="One.")
    deliver()
    assert told(reader) == [("correction", "One.")]
    resolve_dispute(club.ctx(club.mentor), post_id=answer.id, outcome="The author corrected it.")
    deliver()
    assert told(reader) == [("correction_settled", "The author corrected it."), ("correction", "One.")]
    assert told(early) == []


def test_settling_takes_the_mark_and_happens_once(club: Club, answer: Post) -> None:
    ctx = club.ctx(club.mentor)
    dispute_answer(ctx, post_id=answer.id, **WORDS)
    first = resolve_dispute(ctx, post_id=answer.id, outcome="It was right after all.")
    assert resolve_dispute(ctx, post_id=answer.id, outcome="Said again.").id == first.id
    assert reload(answer).is_disputed is False
    assert reload(first).outcome == "It was right after all."
    assert len(facts("answer.dispute_resolved")) == 1
    dispute_answer(ctx, post_id=answer.id, reason="Again.", correction="Other words.")
    assert count(Dispute) == 2


def test_a_repeated_request_and_the_same_words_leave_one_trace(club: Club, answer: Post) -> None:
    ctx = club.ctx(club.mentor)
    for _ in range(2):
        dispute_answer(ctx, post_id=answer.id, client_id="once-and-again", **WORDS)
        dispute_answer(ctx, post_id=answer.id, **WORDS)
    assert (count(Dispute), len(facts("answer.disputed")), facts("answer.dispute_changed")) == (1, 1, [])


def test_mentors_and_moderators_dispute_and_nobody_else(
    club: Club, thread: Thread, answer: Post, make: Factory
) -> None:
    for user in (club.author, club.peer, club.second, club.stranger, None):
        with pytest.raises(Forbidden):
            dispute_answer(club.ctx(user), post_id=answer.id, **WORDS)
        with pytest.raises(Forbidden):
            resolve_dispute(club.ctx(user), post_id=answer.id, outcome="Settled.")
    comment = club.comment(thread, answer)
    with pytest.raises(Forbidden, match="Only answers"):
        dispute_answer(club.ctx(club.mentor), post_id=comment.id, **WORDS)
    with pytest.raises(NotFound):
        dispute_answer(club.ctx(club.mentor, club.other), post_id=answer.id, **WORDS)
    with pytest.raises(NotFound):
        resolve_dispute(club.ctx(club.mentor), post_id=answer.id, outcome="Of nothing.")
    own = club.answer(thread, club.mentor)
    dispute_answer(club.ctx(club.mentor), post_id=own.id, **WORDS)
    hide_post(club.ctx(club.mentor), post_id=answer.id, reason="Names a patient.")
    with pytest.raises(Forbidden, match="hidden"):
        dispute_answer(club.ctx(make.user(role="administrator")), post_id=answer.id, **WORDS)
    assert count(Dispute) == 1


@pytest.mark.parametrize(
    ("reason", "correction", "field"),
    [("", "Right.", "reason"), ("Wrong.", " ", "correction"), ("x" * 1_001, "Right.", "reason"), ("Wrong.", "x" * 4_001, "correction")],
)  # fmt: skip
def test_words_that_do_not_fit_are_refused_by_name(
    club: Club, answer: Post, reason: str, correction: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        dispute_answer(club.ctx(club.mentor), post_id=answer.id, reason=reason, correction=correction)
    assert set(refused.value.fields) == {field}
    assert count(Dispute) == 0


def test_a_correction_that_names_a_patient_is_sent_back(club: Club, answer: Post) -> None:
    with pytest.raises(Invalid):
        dispute_answer(
            club.ctx(club.mentor),
            post_id=answer.id,
            reason="Wrong.",
            correction="His MRN is 00482913, call 617-555-0143.",
        )
    assert (count(Dispute), facts("answer.disputed")) == (0, [])


def test_an_outer_failure_undoes_the_dispute_and_stays_silent(club: Club, answer: Post) -> None:
    def fail() -> None:
        with transaction():
            dispute_answer(club.ctx(club.mentor), post_id=answer.id, **WORDS)
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    assert (count(Dispute), reload(answer).is_disputed, facts("answer.disputed")) == (0, False, [])


def test_the_log_of_the_room_tells_of_it_once(
    club: Club, answer: Post, deliver: Deliver, login: Callable[[User], FlaskClient]
) -> None:
    dispute_answer(club.ctx(club.mentor), post_id=answer.id, **WORDS)
    resolve_dispute(club.ctx(club.mentor), post_id=answer.id, outcome="Corrected.")
    deliver()
    for fact in db.session.query(Fact).filter(Fact.kind.startswith("answer.dispute")):
        enter_fact(to_record(fact))
    entries = db.session.query(LogEntry).order_by(LogEntry.id).all()
    assert [(one.action, one.reason) for one in entries] == [
        ("disputed", "Ten times too much."),
        ("dispute_settled", "Corrected."),
    ]
    page = login(club.mentor).get(f"/rooms/{club.room.slug}/moderation/log").text
    assert "Dispute settled" in page
