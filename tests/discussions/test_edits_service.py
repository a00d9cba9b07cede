"""Edits: history, conflicts, and what must not come back through the history."""

from __future__ import annotations

import pytest

from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.models import Draft, Post, Revision, Thread
from social_cme.discussions.queries.posts import citations_of
from social_cme.discussions.queries.revisions import list_revisions, versions
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.edits import edit_post, edit_thread
from social_cme.discussions.services.moderating import hide_post, hide_thread, lock_thread, unhide_post, unhide_thread
from social_cme.discussions.services.threads import close_thread, post_thread
from social_cme.persistence.transaction import transaction
from tests.discussions.journal_club import CASE, Club, count, facts, reload


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question()


@pytest.fixture
def answer(club: Club, thread: Thread) -> Post:
    return club.answer(thread, citations=["12"])


def test_an_edit_keeps_what_was_said_before_with_its_reason(club: Club, thread: Thread, answer: Post) -> None:
    edit_post(
        club.ctx(club.peer),
        post_id=answer.id,
        body="**Five** milligrams.",
        reason="Dose",
        citations=["13", "10.1000/x"],
    )
    reload(answer)
    assert "<strong>Five</strong>" in answer.body_html
    assert (answer.revision, answer.edited_at is not None) == (1, True)
    assert [one.value for one in citations_of([answer.id])[answer.id]] == ["13", "10.1000/x"]
    [version] = versions(thread, answer, list_revisions(club.ctx(club.second), thread, answer).items, newest=True)
    assert (version.editor.id, version.reason, set(version.parts)) == (club.peer.id, "Dose", {"body", "citations"})
    assert "".join(piece.text for piece in version.parts["body"] if piece.change != "added") == "Ten milligrams."
    assert facts("post.edited") == [
        {"actor_id": club.peer.id, "room_id": club.room.id, "thread_id": thread.id, "post_id": answer.id}
    ]


def test_the_opening_is_edited_part_by_part(club: Club) -> None:
    thread = post_thread(
        club.ctx(club.author), kind="case", title="Day three", case=CASE, setting="inpatient", age_band="65-89"
    )
    edit_thread(
        club.ctx(club.author),
        thread_id=thread.id,
        title="Day four",
        case={**CASE, "results": "Sodium 131"},
        setting="icu",
        age_band="65-89",
    )
    [version] = versions(thread, None, list_revisions(club.ctx(None), thread, None).items, newest=True)
    assert set(version.parts) == {"title", "setting", "results"}
    assert len(facts("thread.edited")) == 1


def test_saving_without_a_change_leaves_no_trace(club: Club, thread: Thread, answer: Post) -> None:
    edit_post(club.ctx(club.peer), post_id=answer.id, body=answer.body_md, citations=["PMID 12"])
    edit_post(club.ctx(club.peer), post_id=answer.id, body=answer.body_md)
    edit_thread(club.ctx(club.author), thread_id=thread.id, title=thread.title, body=thread.body_md)
    assert (count(Revision), reload(answer).edited_at, facts("post.edited"), facts("thread.edited")) == (
        0,
        None,
        [],
        [],
    )


def test_two_windows_do_not_overwrite_each_other_unseen(club: Club, thread: Thread, answer: Post) -> None:
    ctx = club.ctx(club.peer)
    edit_post(ctx, post_id=answer.id, body="First window", revision=0)
    with pytest.raises(Conflict, match="another window"):
        edit_post(ctx, post_id=answer.id, body="Second window", revision=0)
    assert reload(answer).body_md == "First window"
    edit_post(ctx, post_id=answer.id, body="Second window", revision=1)
    edit_thread(club.ctx(club.author), thread_id=thread.id, title="T", body="b", revision=0)
    with pytest.raises(Conflict):
        edit_thread(club.ctx(club.author), thread_id=thread.id, title="U", body="b", revision=0)
    assert count(Revision) == 3


def test_only_the_author_edits_and_not_in_a_locked_thread(club: Club, thread: Thread, answer: Post) -> None:
    for user in (club.author, club.mentor, club.stranger, None):
        with pytest.raises(Forbidden):
            edit_post(club.ctx(user), post_id=answer.id, body="x")
    for user in (club.peer, club.mentor, club.stranger, None):
        with pytest.raises(Forbidden):
            edit_thread(club.ctx(user), thread_id=thread.id, title="x", body="x")
    with pytest.raises(NotFound):
        edit_post(club.ctx(club.mentor, club.other), post_id=answer.id, body="x")
    lock_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Settled.")
    with pytest.raises(Forbidden, match="Settled"):
        edit_post(club.ctx(club.peer), post_id=answer.id, body="x")
    with pytest.raises(Forbidden, match="Settled"):
        edit_thread(club.ctx(club.author), thread_id=thread.id, title="x", body="x")
    assert count(Revision) == 0


def test_a_closed_thread_can_still_be_corrected(club: Club, thread: Thread, answer: Post) -> None:
    close_thread(club.ctx(club.author), thread_id=thread.id, reason="resolved")
    edit_post(club.ctx(club.peer), post_id=answer.id, body="Five.")
    assert reload(answer).body_md == "Five."


@pytest.mark.parametrize(
    "values", [{"body": ""}, {"body": "x" * 20_001}, {"citations": ["none"]}, {"reason": "r" * 201}]
)
def test_an_edit_of_the_wrong_shape_changes_nothing(club: Club, answer: Post, values: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        edit_post(club.ctx(club.peer), post_id=answer.id, **{"body": "Five.", **values})  # type: ignore[arg-type]
    assert reload(answer).body_md == "Ten milligrams."
    assert count(Revision) == 0


def test_a_comment_keeps_its_own_limit(club: Club, thread: Thread) -> None:
    comment = club.comment(thread)
    with pytest.raises(Invalid):
        edit_post(club.ctx(club.second), post_id=comment.id, body="x" * 3001)


def test_what_was_hidden_and_reworded_does_not_come_back_through_the_history(
    club: Club, thread: Thread, answer: Post
) -> None:
    edit_post(club.ctx(club.peer), post_id=answer.id, body="As the mayor got, ten milligrams.")
    hide_post(club.ctx(club.mentor), post_id=answer.id, reason="Names a patient.")
    edit_post(club.ctx(club.peer), post_id=answer.id, body="A patient, ten milligrams.")
    unhide_post(club.ctx(club.mentor), post_id=answer.id)
    edit_post(club.ctx(club.peer), post_id=answer.id, body="A patient, five milligrams.")
    assert [one.body_md for one in list_revisions(club.ctx(club.second), thread, answer).items] == [
        "A patient, ten milligrams."
    ]
    assert len(list_revisions(club.ctx(club.mentor), thread, answer).items) == 3
    hide_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Names a patient.")
    edit_thread(club.ctx(club.author), thread_id=thread.id, title="Reworded", body="Reworded")
    unhide_thread(club.ctx(club.mentor), thread_id=thread.id)
    assert list_revisions(club.ctx(club.second), thread, None).items == []
    # Sealing the opening leaves the answers' own history alone.
    assert len(list_revisions(club.ctx(club.second), thread, answer).items) == 1


def test_the_history_of_a_hidden_post_is_hidden(club: Club, thread: Thread, answer: Post) -> None:
    edit_post(club.ctx(club.peer), post_id=answer.id, body="Five.")
    hide_post(club.ctx(club.mentor), post_id=answer.id, reason="Unsafe.")
    assert list_revisions(club.ctx(club.second), thread, reload(answer)).items == []
    assert len(list_revisions(club.ctx(club.peer), thread, answer).items) == 1


def test_an_edit_drops_its_draft(club: Club, answer: Post) -> None:
    save_draft(club.peer, place=f"post:{answer.id}:edit", content={"body": "x"}, revision=0)
    edit_post(club.ctx(club.peer), post_id=answer.id, body="Five.", draft_revision=1)
    assert count(Draft) == 0


def test_an_outer_failure_undoes_the_edit_and_stays_silent(club: Club, answer: Post) -> None:
    def fail() -> None:
        with transaction():
            edit_post(club.ctx(club.peer), post_id=answer.id, body="Five.", citations=[])
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    assert (reload(answer).body_md, count(Revision), facts("post.edited")) == ("Ten milligrams.", 0, [])
    assert len(citations_of([answer.id])) == 1
