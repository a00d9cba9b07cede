"""Opening, closing and reopening threads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid, NotFound
from social_cme.discussions.models import Draft, Follow, Thread
from social_cme.discussions.queries.threads import access_thread
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.from_live import LiveAnswer, open_from_live
from social_cme.discussions.services.moderating import lock_thread
from social_cme.discussions.services.threads import close_thread, post_thread, reopen_thread
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState
from tests.discussions.journal_club import CASE, Club, count, facts, reload
from tests.factories import Factory


def test_a_question_is_stored_rendered_counted_followed_and_told(club: Club) -> None:
    thread = club.question(body="Ten or **five**?\r\n\r\n<b>x</b>\x00")
    assert thread.body_md == "Ten or **five**?\n\n<b>x</b>"
    assert thread.body_html == "<p>Ten or <strong>five</strong>?</p>\n<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
    assert thread.excerpt == "Ten or five? <b>x</b>"
    assert (thread.status, thread.kind, thread.author_id) == ("open", "question", club.author.id)
    assert reload(club.room).thread_count == 1
    assert club.room.last_activity_at == thread.last_activity_at
    assert db.session.query(Follow).filter_by(user_id=club.author.id, thread_id=thread.id).count() == 1
    [fact] = facts("thread.posted")
    assert fact == {
        "actor_id": club.author.id, "room_id": club.room.id, "thread_id": thread.id, "thread_kind": "question",
    }  # fmt: skip


def test_a_case_keeps_its_parts(club: Club) -> None:
    thread = post_thread(
        club.ctx(club.author),
        kind="case",
        title="Day three",
        case={**CASE, "results": "| a |\n|---|\n| 1 |", "history": "  ", "author_id": "7"},
        setting="inpatient",
        age_band="90+",
    )
    assert thread.case == {**CASE, "results": "| a |\n|---|\n| 1 |"}
    assert thread.case_html is not None
    assert "<table>" in thread.case_html["results"]
    assert (thread.setting, thread.age_band, thread.body_md) == ("inpatient", "90+", "")
    assert thread.excerpt == "Breathless for two weeks."


def test_a_case_names_every_field_that_needs_another_look(club: Club) -> None:
    with pytest.raises(Invalid) as refused:
        post_thread(
            club.ctx(club.author),
            kind="case",
            title="Day three",
            case={"history": "x" * 6001},
            setting="moon",
            age_band=None,
        )
    assert set(refused.value.fields) == {"presenting_problem", "history", "question", "setting", "age_band"}
    assert count(Thread) == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "t" * 151}, "title"),
        ({"body": ""}, "body"),
        ({"body": "b" * 20_001}, "body"),
        ({"kind": "poll"}, "kind"),
    ],
)
def test_a_thread_of_the_wrong_shape_is_refused_and_leaves_nothing(
    club: Club, values: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        club.question(**values)
    assert field in refused.value.fields
    assert count(Thread) == 0
    assert facts("thread.posted") == []
    assert reload(club.room).thread_count == 0


def test_only_members_with_a_confirmed_address_open_threads(club: Club, make: Factory) -> None:
    unconfirmed = make.user(state="unconfirmed")
    make.membership(club.room, unconfirmed)
    banned_later = make.user()
    membership = make.membership(club.room, banned_later)
    ctx = club.ctx(banned_later)
    with transaction():
        membership.state = MembershipState.REMOVED
    for refused, reason in ((club.stranger, "Join"), (unconfirmed, "confirm"), (None, "log in")):
        with pytest.raises(Forbidden, match=reason):
            post_thread(club.ctx(refused), kind="question", title="T", body="b")
    with pytest.raises(Forbidden, match="Join"):
        post_thread(ctx, kind="question", title="T", body="b")
    assert count(Thread) == 0


def test_an_archived_room_takes_no_threads(club: Club) -> None:
    with transaction():
        club.room.is_archived = True
    with pytest.raises(Forbidden, match="archived"):
        club.question()


def test_a_thread_sent_twice_is_there_once(club: Club) -> None:
    first = club.question(client_id="request-1")
    again = club.question(client_id="request-1", title="Another title")
    assert again.id == first.id
    assert again.title == "Which dose?"
    assert (count(Thread), len(facts("thread.posted"))) == (1, 1)


def test_posting_drops_the_draft_it_was_written_in_and_keeps_a_younger_one(club: Club) -> None:
    place = f"room:{club.room.id}:question"
    save_draft(club.author, place=place, content={"body": "one"}, revision=0)
    save_draft(club.author, place=place, content={"body": "two"}, revision=1)
    club.question(draft_revision=1)
    assert count(Draft) == 1
    club.question(draft_revision=2)
    assert count(Draft) == 0


def test_an_outer_failure_undoes_the_thread_and_stays_silent(club: Club) -> None:
    def fail() -> None:
        with transaction():
            club.question()
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    assert (count(Thread), count(Follow), facts("thread.posted")) == (0, 0, [])
    assert reload(club.room).thread_count == 0


# ------------------------------------------------------------------ closing


def test_author_and_mentor_close_with_a_summary_and_reopen(club: Club) -> None:
    thread = club.question()
    for user in (club.author, club.mentor):
        close_thread(club.ctx(user), thread_id=thread.id, reason="resolved", summary="Weigh **first**.")
        assert (thread.status, thread.closed_by_id) == ("closed", user.id)
        assert "<strong>first</strong>" in thread.summary_html
        reopen_thread(club.ctx(user), thread_id=thread.id)
        assert (thread.status, thread.summary_html, thread.closed_at) == ("open", "", None)
    assert [fact["change"] for fact in facts("thread.state_changed")] == ["closed", "reopened", "closed", "reopened"]


def test_closing_twice_records_once_and_a_reopened_thread_remembers_its_answers(club: Club) -> None:
    from social_cme.discussions.services.acceptance import accept_answer

    thread = club.question()
    accept_answer(club.ctx(club.author), post_id=club.answer(thread).id)
    close_thread(club.ctx(club.author), thread_id=thread.id, reason="resolved")
    close_thread(club.ctx(club.author), thread_id=thread.id, reason="resolved")
    assert len(facts("thread.state_changed")) == 1
    reopen_thread(club.ctx(club.author), thread_id=thread.id)
    reopen_thread(club.ctx(club.author), thread_id=thread.id)
    assert (reload(thread).status, thread.closed_reason, thread.accepted_count) == ("open", "", 1)
    assert len(facts("thread.state_changed")) == 2


def test_others_do_not_close_and_an_author_not_a_locked_thread(club: Club) -> None:
    thread = club.question()
    with pytest.raises(Forbidden, match="Only the author"):
        close_thread(club.ctx(club.peer), thread_id=thread.id, reason="resolved")
    lock_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Settled.")
    with pytest.raises(Forbidden, match="locked"):
        close_thread(club.ctx(club.author), thread_id=thread.id, reason="resolved")
    with pytest.raises(Forbidden, match="locked"):
        reopen_thread(club.ctx(club.author), thread_id=thread.id)
    close_thread(club.ctx(club.mentor), thread_id=thread.id, reason="resolved")
    assert reload(thread).status == "closed"


def test_a_thread_is_not_reached_through_another_room(club: Club) -> None:
    thread = club.question()
    for act in (
        lambda ctx: access_thread(ctx, thread.id),
        lambda ctx: close_thread(ctx, thread_id=thread.id, reason="resolved"),
        lambda ctx: reopen_thread(ctx, thread_id=thread.id),
    ):
        with pytest.raises(NotFound):
            act(club.ctx(club.mentor, club.other))


# ------------------------------------------------------------------ from live sessions


def test_a_live_question_becomes_one_thread_and_counts_for_nobody_again(club: Club) -> None:
    asked = clock.now() - timedelta(hours=2)

    def archive() -> Thread:
        return open_from_live(
            room_id=club.room.id,
            live_question_id=77,
            author_id=club.author.id,
            question="How long after the bleed?",
            asked_at=asked,
            answer=LiveAnswer(author_id=club.mentor.id, body="Four weeks.", answered_at=asked),
            follower_ids=[club.peer.id, club.author.id],
        )

    thread = archive()
    assert archive().id == thread.id
    assert reload(thread).answer_count == 1
    assert (thread.title, thread.author_id, thread.created_at) == ("How long after the bleed?", club.author.id, asked)
    assert [fact["actor_id"] for kind in ("thread.posted", "answer.posted") for fact in facts(kind)] == [None, None]
    followers = {row.user_id for row in db.session.query(Follow)}
    assert followers == {club.author.id, club.peer.id, club.mentor.id}
