"""Splitting and merging: nothing is lost, nothing counts twice, every old address leads on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.models import (
    CaseOutcome,
    Citation,
    Draft,
    Endorsement,
    Follow,
    Post,
    ReadMark,
    Revision,
    Thread,
    Vote,
)
from social_cme.discussions.queries.pages import thread_page
from social_cme.discussions.queries.structure import links_of
from social_cme.discussions.queries.threads import access_thread, list_threads
from social_cme.discussions.rules.merging import opening_as_comment, stays_first, thread_number
from social_cme.discussions.services import moderating
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.drafts import save_draft
from social_cme.discussions.services.edits import edit_thread
from social_cme.discussions.services.endorsements import endorse_answer
from social_cme.discussions.services.merging import merge_threads
from social_cme.discussions.services.reading import mark_read
from social_cme.discussions.services.splitting import split_thread
from social_cme.discussions.services.tagging import tag_thread
from social_cme.discussions.services.threads import close_thread
from social_cme.discussions.services.votes import cast_vote
from social_cme.extensions import db
from social_cme.persistence.transaction import transaction
from social_cme.search.models import SearchEntry
from tests.cme.ward import ledger
from tests.discussions.journal_club import CASE, Club, count, facts, reload


def split(club: Club, thread: Thread, *posts: Post, user: User | None = None, **values: Any) -> Thread:
    return split_thread(
        club.ctx(user or club.mentor),
        thread_id=thread.id,
        post_ids=[post.id for post in posts],
        **{"title": "What about children?", **values},
    )


def merge(club: Club, thread: Thread, into: Thread, user: User | None = None, **values: Any) -> Thread:
    return merge_threads(club.ctx(user or club.mentor), thread_id=thread.id, into_id=into.id, **values)


def right(thread: Thread) -> None:
    """Assert that the counts kept on a thread are those of its rows."""
    reload(thread)
    seen = [post for post in db.session.scalars(select(Post).filter_by(thread_id=thread.id)) if post.hidden_at is None]
    answers = [post for post in seen if post.kind == "answer"]
    assert thread.answer_count == len(answers)
    assert thread.comment_count == len(seen) - len(answers)
    assert thread.accepted_count == sum(post.is_accepted for post in answers)
    assert thread.endorsed_count == sum(post.is_endorsed for post in answers)
    newest = db.session.scalar(select(func.max(Post.id)).filter_by(thread_id=thread.id))
    assert thread.last_post_id == (newest or 0)
    for post in seen:
        assert post.room_id == thread.room_id


# ------------------------------------------------------------------ splitting


def test_split_answers_take_everything_that_hangs_on_them(club: Club) -> None:
    thread = club.question(tags=["Heart failure"])
    stays, goes = club.answer(thread), club.answer(thread, club.second, citations=["PMID 12345678"])
    comment, opening_comment = club.comment(thread, goes, club.peer), club.comment(thread)
    endorse_answer(club.ctx(club.mentor), post_id=goes.id, evidence_level="low")
    accept_answer(club.ctx(club.author), post_id=goes.id)
    cast_vote(club.ctx(club.peer), target="post", target_id=goes.id, value=1)
    new = split(club, thread, goes)
    for one in (thread, new):
        right(one)
    assert (thread.answer_count, new.answer_count) == (1, 1)
    for post in (goes, comment):
        assert reload(post).thread_id == new.id
    for post in (stays, opening_comment):
        assert reload(post).thread_id == thread.id
    assert (goes.score, goes.author_id, goes.is_endorsed, goes.comment_count) == (1, club.second.id, True, 1)
    assert (count(Citation), count(Endorsement), count(Vote)) == (1, 1, 1)
    assert reload(club.room).thread_count == 2
    assert (new.author_id, new.title, new.kind) == (club.mentor.id, "What about children?", "question")
    page = thread_page(club.ctx(club.peer), new.id)
    assert [tag.name for tag in page.opening.tags] == ["Heart failure"]


def test_both_threads_lead_to_each_other_as_far_as_one_may_read(club: Club) -> None:
    thread = club.question(title="The first")
    new = split(club, thread, club.answer(thread), title="The second")
    peer = club.ctx(club.peer)
    assert [one.title for one in links_of(peer, thread.id).went_to] == ["The second"]
    came_from = links_of(peer, new.id).came_from
    assert came_from is not None
    assert came_from.title == "The first"
    moderating.hide_thread(club.ctx(club.mentor), thread_id=new.id, reason="r")
    assert links_of(peer, thread.id).went_to == []
    moderating.unhide_thread(club.ctx(club.mentor), thread_id=new.id)
    with transaction():
        club.other.visibility = "invitation"
    moderating.move_thread(club.ctx(club.mentor), thread_id=new.id, to=club.ctx(club.mentor, club.other))
    assert links_of(club.ctx(club.peer), thread.id).went_to == []
    assert len(links_of(club.ctx(club.mentor), thread.id).went_to) == 1


def test_followers_and_read_marks_go_along_with_a_split(club: Club) -> None:
    thread = club.question()
    first, second = club.answer(thread), club.answer(thread, club.second)
    mark_read(club.ctx(club.author), thread_id=thread.id, up_to=first.id)
    new = split(club, thread, second)
    followers = set(db.session.scalars(select(Follow.user_id).filter_by(thread_id=new.id)))
    assert followers == {club.author.id, club.peer.id, club.second.id, club.mentor.id}
    assert thread_page(club.ctx(club.author), new.id).new_ids == {second.id}


def test_links_to_a_split_answer_lead_to_where_it_is(club: Club, login: Callable[[User], FlaskClient]) -> None:
    thread = club.question()
    answer = club.answer(thread)
    room, browser = f"/rooms/{club.room.slug}", login(club.peer)
    new = split(club, thread, answer)
    for old in (f"{room}/posts/{answer.id}", f"{room}/threads/{thread.id}?post={answer.id}"):
        page = browser.get(old, follow_redirects=True)
        assert page.request.path == f"{room}/threads/{new.id}"
        assert page.status_code == 200
    assert browser.get(f"{room}/threads/{thread.id}").status_code == 200


@pytest.mark.parametrize(
    ("values", "field"), [({"title": " "}, "title"), ({"kind": "case"}, "kind"), ({"body": "x" * 20_001}, "body")]
)
def test_a_split_needs_a_title_and_a_kind(club: Club, values: dict[str, Any], field: str) -> None:
    thread = club.question()
    answer = club.answer(thread)
    with pytest.raises(Invalid) as refused:
        split(club, thread, answer, **values)
    assert field in refused.value.fields
    assert (reload(answer).thread_id, count(Thread), facts("thread.split")) == (thread.id, 1, [])


def test_only_answers_of_this_thread_are_split_off(club: Club) -> None:
    thread, foreign = club.question(), club.answer(club.question())
    comment = club.comment(thread)
    for posts in ((), (foreign,), (comment,)):
        with pytest.raises(Invalid) as refused:
            split(club, thread, *posts)
        assert "answers" in refused.value.fields
    with pytest.raises(NotFound):
        split_thread(club.ctx(club.mentor, club.other), thread_id=thread.id, post_ids=[1], title="x")


def test_only_moderators_split_and_merge(club: Club) -> None:
    thread, other = club.question(), club.question()
    answer = club.answer(thread)
    for user in (club.author, club.peer, club.stranger):
        with pytest.raises(Forbidden):
            split(club, thread, answer, user=user)
        with pytest.raises(Forbidden):
            merge(club, thread, other, user)


def test_a_split_sent_twice_is_made_once(club: Club) -> None:
    thread = club.question()
    answer = club.answer(thread)
    first = split(club, thread, answer, client_id="split-0001")
    assert split(club, thread, answer, client_id="split-0001").id == first.id
    assert (count(Thread), len(facts("thread.split"))) == (2, 1)


@pytest.mark.parametrize("state", ["hidden", "locked"])
def test_hidden_and_locked_threads_stay_as_they_are(club: Club, state: str) -> None:
    thread, other = club.question(), club.question()
    answer = club.answer(thread)
    act = moderating.hide_thread if state == "hidden" else moderating.lock_thread
    act(club.ctx(club.mentor), thread_id=thread.id, reason="r")
    for attempt in (
        lambda: split(club, thread, answer),
        lambda: merge(club, thread, other),
        lambda: merge(club, other, thread),
    ):
        with pytest.raises(Conflict):
            attempt()


# ------------------------------------------------------------------ merging


def test_a_merge_brings_all_posts_under_one_opening(club: Club) -> None:
    kept, gone = club.question(title="First"), club.question(club.second, title="Again", body="The **same**.")
    answers = [club.answer(kept), club.answer(gone), club.answer(gone, club.author)]
    comment = club.comment(gone, answers[1])
    cast_vote(club.ctx(club.peer), target="thread", target_id=gone.id, value=1)
    cast_vote(club.ctx(club.peer), target="thread", target_id=kept.id, value=1)
    endorse_answer(club.ctx(club.mentor), post_id=answers[1].id, evidence_level="low")
    into = merge(club, gone, kept, note="Asked before.")
    assert into.id == kept.id
    right(kept)
    assert (kept.answer_count, kept.comment_count, kept.endorsed_count) == (3, 2, 1)
    assert {reload(post).thread_id for post in (*answers, comment)} == {kept.id}
    opening = db.session.scalars(select(Post).filter_by(thread_id=kept.id, kind="comment", parent_id=None)).one()
    assert (opening.author_id, opening.score, kept.score) == (club.second.id, 1, 1)
    assert "<strong>same</strong>" in opening.body_html
    assert "Asked as" in opening.body_html
    voted = db.session.scalar(select(Vote).filter_by(target="post", target_id=opening.id))
    assert voted is not None
    assert voted.user_id == club.peer.id
    assert reload(club.room).thread_count == 1
    assert [one.id for one in list_threads(club.ctx(club.mentor)).items] == [kept.id]
    assert [one.id for one in list_threads(club.ctx(club.second)).items] == [kept.id]


def test_nobody_reaches_a_merged_thread_any_more_not_even_its_author(club: Club) -> None:
    kept, gone = club.question(), club.question(club.second)
    merge(club, gone, kept)
    for user in (club.second, club.mentor, club.peer, None):
        with pytest.raises(NotFound):
            access_thread(club.ctx(user), gone.id)
    with pytest.raises(NotFound):
        moderating.unhide_thread(club.ctx(club.mentor), thread_id=gone.id)
    with pytest.raises(NotFound):
        club.answer(gone)


def test_a_second_merge_changes_nothing_and_records_nothing(club: Club) -> None:
    kept, gone = club.question(), club.question(club.second)
    for _ in range(2):
        assert merge(club, gone, kept).id == kept.id
    assert len(facts("thread.merged")) == 1
    assert reload(kept).comment_count == 1
    with pytest.raises(Invalid):
        merge(club, gone, club.question())
    with pytest.raises(Invalid):
        merge(club, kept, kept)


def test_a_failure_afterwards_leaves_both_threads_as_they_were(club: Club) -> None:
    kept, gone = club.question(), club.question()
    answer = club.answer(gone)

    def fail() -> None:
        with transaction():
            merge(club, gone, kept)
            raise Invalid("later")

    with pytest.raises(Invalid, match="later"):
        fail()
    assert (reload(answer).thread_id, reload(gone).hidden_at, facts("thread.merged")) == (gone.id, None, [])
    right(gone)


def test_followers_and_read_marks_are_united_and_nothing_unread_is_lost(club: Club) -> None:
    kept, gone = club.question(), club.question()
    old = club.answer(kept)
    first, second = club.answer(gone), club.answer(gone)
    reader, behind = club.second, club.author
    for thread, up_to in ((kept, old.id), (gone, second.id)):
        mark_read(club.ctx(reader), thread_id=thread.id, up_to=up_to)
    mark_read(club.ctx(behind), thread_id=kept.id, up_to=old.id)
    mark_read(club.ctx(behind), thread_id=gone.id, up_to=first.id)
    merge(club, gone, kept)
    opening_id = reload(kept).last_post_id
    assert thread_page(club.ctx(reader), kept.id).new_ids == {opening_id}
    assert second.id in thread_page(club.ctx(behind), kept.id).new_ids
    assert db.session.scalar(select(func.count(ReadMark.id)).filter_by(thread_id=gone.id)) == 0
    assert db.session.scalar(select(func.count(Follow.id)).filter_by(thread_id=gone.id)) == 0
    followers = list(db.session.scalars(select(Follow.user_id).filter_by(thread_id=kept.id)))
    assert sorted(followers) == sorted({club.author.id, club.peer.id})


def test_every_old_address_leads_to_the_thread_that_stays(club: Club, login: Callable[[User], FlaskClient]) -> None:
    first, second, third = (club.question(title=name) for name in ("One", "Two", "Three"))
    answer = club.answer(first)
    merge(club, first, second, note="See <b>here</b>.")
    merge(club, second, third)
    moderating.move_thread(club.ctx(club.mentor), thread_id=third.id, to=club.ctx(club.mentor, club.other))
    browser = login(club.peer)
    for old in (f"/threads/{first.id}", f"/threads/{second.id}", f"/threads/{third.id}"):
        page = browser.get(f"/rooms/{club.room.slug}{old}", follow_redirects=True)
        assert page.request.path == f"/rooms/{club.other.slug}/threads/{third.id}"
    told = browser.get(f"/rooms/{club.room.slug}/threads/{first.id}", follow_redirects=True).text
    assert "“One” was merged into this thread" in told
    assert "See &lt;b&gt;here" in told
    assert browser.get(f"/rooms/{club.other.slug}/posts/{answer.id}").status_code == 302
    with transaction():
        club.other.visibility = "invitation"
    assert login(club.peer).get(f"/rooms/{club.room.slug}/threads/{first.id}").status_code == 404


def test_a_case_keeps_its_parts_and_what_it_said_before(club: Club) -> None:
    kept = club.question()
    gone = club.question(club.second, kind="case", case=CASE, setting="inpatient", age_band="18-39", title="A *case*")
    edit_thread(
        club.ctx(club.second), thread_id=gone.id, title="A case", case=CASE, setting="inpatient", age_band="18-39"
    )
    close_thread(club.ctx(club.second), thread_id=gone.id, reason="duplicate", summary="Hold it.")
    merge(club, gone, kept)
    opening = db.session.scalars(select(Post).filter_by(thread_id=kept.id)).one()
    for words in ("Asked as “A case”", "Presenting problem", "Breathless for two weeks.", "Hold it."):
        assert words in opening.body_md
    [before] = db.session.scalars(select(Revision))
    assert (before.thread_id, before.post_id, before.title) == (kept.id, opening.id, "A *case*")


def test_a_merge_that_would_show_what_is_held_back_is_refused(club: Club) -> None:
    first, free = club.question(post_first=True), club.question(post_first=False)
    for one, two in ((first, free), (free, first)):
        with pytest.raises(Conflict, match="answers first"):
            merge(club, one, two)
    close_thread(club.ctx(club.author), thread_id=free.id, reason="duplicate")
    with pytest.raises(Conflict, match="closed"):
        merge(club, club.question(), free)


def test_what_was_written_under_a_pseudonym_is_never_brought_under_another_opening(club: Club) -> None:
    masked, plain = club.question(), club.question(club.second)
    answer = club.answer(masked)
    with transaction():
        masked.pseudonym = "PGY-3"
    for attempt in (
        lambda: merge(club, masked, plain),
        lambda: merge(club, plain, masked),
        lambda: split(club, masked, answer),
    ):
        with pytest.raises(Conflict, match="pseudonym"):
            attempt()
    assert reload(answer).thread_id == masked.id


def test_an_opening_with_what_no_comment_can_show_stays(club: Club) -> None:
    case = club.question(kind="case", case=CASE, setting="inpatient", age_band="18-39")
    other = club.question()
    with transaction() as tx:
        tx.add(
            CaseOutcome(
                thread_id=case.id,
                room_id=club.room.id,
                author_id=club.author.id,
                body_md="Fine.",
                body_html="<p>Fine.</p>",
            )
        )
    with pytest.raises(Conflict, match="outcome"):
        merge(club, case, other)
    assert merge(club, other, case).id == case.id


def test_drafts_and_tags_go_along(club: Club) -> None:
    kept, gone = club.question(tags=["Heart failure", "Diuretics"]), club.question()
    tag_thread(club.ctx(club.mentor), thread_id=gone.id, tags=["HF", "Hyperkalemia", "Sepsis", "Gout", "Stroke"])
    save_draft(club.peer, place=f"thread:{gone.id}:answer", content={"body": "Half a"}, revision=0)
    merge(club, gone, kept)
    assert [one.place for one in db.session.scalars(select(Draft))] == [f"thread:{kept.id}:answer"]
    tags = [tag.key for tag in thread_page(club.ctx(None), kept.id).opening.tags]
    assert tags == ["heart-failure", "diuretics", "hyperkalemia", "sepsis", "gout"]


def test_participation_stays_with_the_authors_once_each(club: Club, deliver: Callable[[], int]) -> None:
    kept, gone = club.question(), club.question(club.second)
    answer = club.answer(gone)
    cast_vote(club.ctx(club.peer), target="thread", target_id=gone.id, value=1)
    while deliver():
        pass
    before = ledger()
    merge(club, gone, kept)
    new = split(club, kept, answer)
    while deliver():
        pass
    assert ledger() == before
    assert all(counted for _, _, counted in before)
    opening = db.session.scalars(select(Post).filter_by(author_id=club.second.id, kind="comment")).one()
    moderating.hide_post(club.ctx(club.mentor), post_id=opening.id, reason="r")
    while deliver():
        pass
    assert ("Cleo Second", "thread_opened", False) in ledger()
    assert new.id != kept.id


def test_search_finds_merged_words_where_they_stand_now(club: Club, deliver: Callable[[], int]) -> None:
    kept, gone = club.question(), club.question(title="Torsemide or furosemide")
    club.answer(gone)
    while deliver():
        pass
    merge(club, gone, kept)
    while deliver():
        pass
    entries = db.session.execute(select(SearchEntry.kind, SearchEntry.thread_id, SearchEntry.body)).all()
    mine = [entry for entry in entries if entry.kind in {"thread", "answer", "comment"}]
    assert {entry.thread_id for entry in mine} == {kept.id}
    assert any("Torsemide" in entry.body for entry in mine if entry.kind == "comment")


def test_the_channel_tells_of_a_merge_and_a_split_by_ids_alone(club: Club) -> None:
    kept, gone = club.question(), club.question()
    answer = club.answer(kept)
    merge(club, gone, kept)
    new = split(club, kept, answer)
    [merged], [parted] = facts("thread.merged"), facts("thread.split")
    assert (merged["thread_id"], merged["from_thread_id"], merged["actor_id"]) == (kept.id, gone.id, club.mentor.id)
    assert (parted["thread_id"], parted["new_thread_id"], parted["posts"]) == (kept.id, new.id, 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("#12", 12), (" https://x.example/rooms/a/threads/7?post=3#post-3 ", 7), ("/threads/9", 9),
     ("", None), ("twelve", None), ("٣", None), ("/threads/", None), ("9" * 40, None)],
)  # fmt: skip
def test_a_thread_is_named_by_its_address_or_number(text: str, number: int | None) -> None:
    assert thread_number(text) == number


def test_the_title_of_a_merged_opening_cannot_become_markup() -> None:
    text = opening_as_comment(title="a [b](javascript:x) `c`", body="d", case=None)
    assert text == "**Asked as “a \\[b\\](javascript:x) \\`c\\`”**\n\nd"


def test_the_older_thread_stays_first() -> None:
    one, two = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert stays_first((one, 9), (two, 1))
    assert not stays_first((one, 2), (one, 1))
