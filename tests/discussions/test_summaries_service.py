"""The texts on top of threads: who writes which, versions, conflicts, restoring, and putting a version out of sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.models import SummaryVersion, Thread, ThreadSummary
from social_cme.discussions.queries.pages import thread_view
from social_cme.discussions.queries.summaries import find_summary, list_versions
from social_cme.discussions.services.moderating import hide_thread, lock_thread
from social_cme.discussions.services.summaries import SummaryConflict, restore_version, save_summary, seal_version
from social_cme.discussions.services.threads import close_thread, mark_answered
from social_cme.extensions import db
from social_cme.moderation.models import LogEntry
from social_cme.persistence.transaction import transaction
from tests.discussions.journal_club import CASE, Club, count, facts, reload
from tests.search.people_and_texts import search


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question(kind="case", body="", case=CASE, setting="icu", age_band="90+")


def save(
    club: Club, thread: Thread, user: Any, body: str, revision: int, kind: str = "case", **said: Any
) -> ThreadSummary:
    return save_summary(club.ctx(user), thread_id=thread.id, kind=kind, body=body, revision=revision, **said)


def test_every_member_writes_the_case_summary_and_mentors_alone_the_take_home(club: Club, thread: Thread) -> None:
    assert save(club, thread, club.second, "Dry *weight*.", 0).body_html == "<p>Dry <em>weight</em>.</p>\n"
    assert save(club, thread, club.peer, "Dry weight 70.", 1).revision == 2
    save(club, thread, club.mentor, "Weigh daily.", 0, kind="take_home")
    for user in (club.author, club.second, club.stranger, None):
        with pytest.raises(Forbidden):
            save(club, thread, user, "Mine.", 1, kind="take_home")
    for user in (club.stranger, None):
        with pytest.raises(Forbidden):
            save(club, thread, user, "Mine.", 2)
    view = thread_view(club.ctx(club.stranger), thread.id)
    assert view.case_summary is not None
    assert view.take_home is not None
    assert (view.case_summary.body_md, view.case_summary.editor.display_name) == ("Dry weight 70.", "Ben Peer")
    assert (view.take_home.body_md, view.take_home.editor.display_name) == ("Weigh daily.", "Mira Mentor")


def test_a_text_that_was_changed_meanwhile_is_never_overwritten_unseen(club: Club, thread: Thread) -> None:
    save(club, thread, club.second, "First.", 0)
    for seen in (0, 7):
        with pytest.raises(SummaryConflict) as refused:
            save(club, thread, club.peer, "Mine.", seen)
        assert refused.value.fields == {"body": ["First."], "revision": ["1"]}
    assert save(club, thread, club.peer, "First.", 0).revision == 1
    assert (count(SummaryVersion), len(facts("thread.summary_changed"))) == (1, 1)


def test_only_a_case_has_a_shared_summary_and_a_locked_thread_only_moderators(club: Club, thread: Thread) -> None:
    with pytest.raises(Forbidden, match="Only a case"):
        save(club, club.question(), club.second, "No case.", 0)
    lock_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Settled.")
    with pytest.raises(Forbidden, match="locked"):
        save(club, thread, club.second, "Late.", 0)
    save(club, thread, club.mentor, "By a mentor.", 0)
    with pytest.raises(NotFound):
        save_summary(club.ctx(club.mentor, club.other), thread_id=thread.id, kind="case", body="x", revision=0)
    with pytest.raises(NotFound):
        save(club, thread, club.mentor, "x", 0, kind="neither")
    hide_thread(club.ctx(club.mentor), thread_id=thread.id, reason="Names a patient.")
    with pytest.raises(Forbidden, match="hidden"):
        save(club, thread, club.mentor, "Hidden.", 1)


@pytest.mark.parametrize(("body", "reason"), [("", ""), ("x" * 8_001, ""), ("Fits.", "r" * 201)])
def test_what_does_not_fit_is_refused(club: Club, thread: Thread, body: str, reason: str) -> None:
    with pytest.raises(Invalid):
        save(club, thread, club.second, body, 0, reason=reason)
    assert count(ThreadSummary) == 0


def test_a_mentor_restores_a_version_and_takes_the_text_off_the_page(club: Club, thread: Thread) -> None:
    save(club, thread, club.second, "Good.", 0)
    save(club, thread, club.peer, "Spoiled.", 1, reason="Improved it.")
    with pytest.raises(Forbidden):
        restore_version(club.ctx(club.second), thread_id=thread.id, kind="case", revision=1)
    for missing in (3, 99):
        with pytest.raises(NotFound):
            restore_version(club.ctx(club.mentor), thread_id=thread.id, kind="case", revision=missing)
    restored = restore_version(club.ctx(club.mentor), thread_id=thread.id, kind="case", revision=1)
    assert (restored.body_md, restored.revision) == ("Good.", 3)
    assert facts("thread.summary_changed")[-1]["restored"] is True
    save(club, thread, club.mentor, "", 3)
    assert thread_view(club.ctx(club.peer), thread.id).case_summary is None
    versions = list_versions(club.ctx(club.peer), find_summary(club.ctx(club.peer), reload(thread), "case")).items
    assert [(one.version.revision, one.version.body_md) for one in versions] == [
        (4, ""),
        (3, "Good."),
        (2, "Spoiled."),
        (1, "Good."),
    ]


def test_a_version_out_of_sight_is_read_by_moderators_alone(club: Club, thread: Thread) -> None:
    save(club, thread, club.second, "Names somebody.", 0)
    with pytest.raises(Conflict, match="on the page now"):
        seal_version(club.ctx(club.mentor), thread_id=thread.id, kind="case", revision=1)
    save(club, thread, club.mentor, "Names nobody.", 1)
    with pytest.raises(Forbidden):
        seal_version(club.ctx(club.second), thread_id=thread.id, kind="case", revision=1)
    for _ in range(2):
        seal_version(club.ctx(club.mentor), thread_id=thread.id, kind="case", revision=1)
    assert len(facts("thread.summary_sealed")) == 1

    def seen(user: Any) -> list[tuple[bool, str]]:
        ctx = club.ctx(user)
        shown = list_versions(ctx, find_summary(ctx, reload(thread), "case")).items
        return [(one.shows_text, "".join(piece.text for piece in one.pieces)) for one in shown]

    assert [shows for shows, _ in seen(club.second)] == [True, False]
    assert "somebody" not in str(seen(club.second))
    assert "somebody" in str(seen(club.mentor))
    with pytest.raises(Conflict, match="out of sight"):
        restore_version(club.ctx(club.mentor), thread_id=thread.id, kind="case", revision=1)


def test_a_writer_under_a_pseudonym_stays_under_it(club: Club, deliver: Callable[[], int]) -> None:
    thread = club.question(kind="case", body="", case=CASE, setting="icu", age_band="90+")
    with transaction():
        reload(thread).pseudonym = "Early career, internal medicine"
    save(club, thread, club.author, "By the one who asked.", 0)
    close_thread(club.ctx(club.author), thread_id=thread.id, reason="resolved")
    deliver()
    view = thread_view(club.ctx(club.peer), thread.id)
    assert view.case_summary is not None
    assert view.case_summary.editor.display_name == "Early career, internal medicine"
    assert view.case_summary.editor.id is None
    assert db.session.query(LogEntry).count() == 0


def test_answered_closed_and_reopened_stand_in_the_log(club: Club, thread: Thread, deliver: Callable[[], int]) -> None:
    from social_cme.discussions.services.threads import reopen_thread

    mark_answered(club.ctx(club.mentor), thread_id=thread.id)
    mark_answered(club.ctx(club.mentor), thread_id=thread.id)
    close_thread(club.ctx(club.mentor), thread_id=thread.id, reason="duplicate")
    with pytest.raises(Forbidden, match="closed"):
        mark_answered(club.ctx(club.mentor), thread_id=thread.id, answered=False)
    deliver()
    reopen_thread(club.ctx(club.author), thread_id=thread.id)
    deliver()
    entries = db.session.query(LogEntry).order_by(LogEntry.id).all()
    assert [(one.action, one.reason) for one in entries] == [
        ("answered", ""),
        ("closed", "Asked before"),
        ("reopened", ""),
    ]
    assert [fact["change"] for fact in facts("thread.state_changed")] == ["answered", "closed", "reopened"]


def test_a_reason_from_the_list_is_needed_and_a_discussion_waits_for_no_answer(club: Club, thread: Thread) -> None:
    with pytest.raises(Invalid) as refused:
        close_thread(club.ctx(club.author), thread_id=thread.id, reason="boredom")
    assert set(refused.value.fields) == {"reason"}
    with pytest.raises(Forbidden, match="discussion"):
        mark_answered(club.ctx(club.author), thread_id=club.question(kind="discussion").id)
    for user in (club.peer, club.stranger, None):
        with pytest.raises(Forbidden):
            mark_answered(club.ctx(user), thread_id=thread.id)
    with pytest.raises(NotFound):
        mark_answered(club.ctx(club.mentor, club.other), thread_id=thread.id)
    assert reload(thread).status == "open"


def test_summaries_and_reasoning_are_found(club: Club, thread: Thread, deliver: Callable[[], int]) -> None:
    save(club, thread, club.mentor, "Remember bumetanide.", 0, kind="take_home")
    club.answer(thread, club.mentor, think_aloud={"searched": "Looked for torsemide."})
    deliver()
    assert search(club.peer, "bumetanide").total == 1
    assert search(club.peer, "torsemide").total == 1


def test_only_mentors_think_aloud(club: Club, thread: Thread) -> None:
    with pytest.raises(Forbidden, match="mentors"):
        club.answer(thread, club.peer, think_aloud={"found": "Two trials."})
    with pytest.raises(Invalid) as refused:
        club.answer(thread, club.mentor, think_aloud={"found": "x" * 5_001})
    assert set(refused.value.fields) == {"found"}
    plain = club.answer(thread, club.mentor, think_aloud={"found": " ", "else": "Nothing."})
    assert (plain.think_aloud, plain.think_aloud_html) == (None, None)


def test_an_outer_failure_undoes_a_save(club: Club, thread: Thread) -> None:
    def fail() -> None:
        with transaction():
            save(club, thread, club.second, "Gone.", 0)
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    assert (count(ThreadSummary), count(SummaryVersion), facts("thread.summary_changed")) == (0, 0, [])
