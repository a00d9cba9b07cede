"""Reports and the decisions about them: who may, what follows, and what is never done twice."""

from __future__ import annotations

import pytest

from social_cme.accounts.enums import AccountState, SiteRole
from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.discussions.models import Post
from social_cme.discussions.services.answers import withdraw_post
from social_cme.discussions.services.edits import edit_post
from social_cme.discussions.services.withholding import WITHHELD_REASON
from social_cme.extensions import db
from social_cme.moderation.enums import NOTE_LIMIT
from social_cme.moderation.models import Flag
from social_cme.moderation.queries import count_open, list_queue
from social_cme.moderation.services.flags import raise_flag, reopen_after_edit, resolve_flag
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import MembershipState, RoomRole, Visibility
from tests.moderation.conftest import Scene


def _flag(
    scene: Scene, actor: User, *, reason: str = "inaccurate", note: str = "", client_id: str | None = None
) -> Flag:
    return raise_flag(
        scene.ctx(actor), target="post", target_id=scene.answer.id, reason=reason, note=note, client_id=client_id
    )


def _answer(scene: Scene) -> Post:
    db.session.expire_all()
    return scene.answer


def test_a_report_waits_for_the_moderators_and_names_nobody_in_its_fact(scene: Scene) -> None:
    flag = _flag(scene, scene.asker, note="Twice the dose.")
    assert (flag.reason, flag.note, flag.thread_id, flag.room_id) == (
        "inaccurate",
        "Twice the dose.",
        scene.thread.id,
        scene.room.id,
    )
    [(kind, data)] = scene.facts()
    assert (kind, data["withheld"], data["author_id"]) == ("flag.raised", False, scene.author.id)
    assert "Twice" not in str(data)
    assert _answer(scene).hidden_at is None
    assert count_open(scene.room.id) == 1
    assert scene.log() == []


def test_what_could_identify_a_patient_is_hidden_at_once(scene: Scene) -> None:
    _flag(scene, scene.asker, reason="identifier")
    assert _answer(scene).hidden_at is not None
    assert scene.answer.hidden_reason == WITHHELD_REASON
    assert scene.thread.answer_count == 0
    assert scene.log() == ["withheld"]
    assert [data["change"] for _, data in scene.facts("post.state_changed")] == ["hidden"]


def test_a_whole_thread_is_hidden_at_once_as_well(scene: Scene) -> None:
    count = scene.room.thread_count
    raise_flag(scene.ctx(scene.author), target="thread", target_id=scene.thread.id, reason="identifier")
    db.session.expire_all()
    assert scene.thread.hidden_at is not None
    assert scene.room.thread_count == count - 1


def test_a_second_report_by_the_same_person_is_refused(scene: Scene) -> None:
    _flag(scene, scene.asker)
    with pytest.raises(Conflict, match="already"):
        _flag(scene, scene.asker, reason="other", note="again")
    assert len(scene.flags()) == 1


def test_a_repeated_request_returns_the_first_report_also_when_it_hid_the_text(scene: Scene) -> None:
    first = _flag(scene, scene.asker, reason="identifier", client_id="request-1")
    assert _flag(scene, scene.asker, reason="identifier", client_id="request-1").id == first.id
    assert len(scene.flags()) == 1


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [("nonsense", "", "reason"), ("other", "  ", "note"), ("inaccurate", "x" * (NOTE_LIMIT + 1), "note"), ("", "", "reason")],
)  # fmt: skip
def test_a_report_needs_a_reason_and_a_bounded_note(scene: Scene, reason: str, note: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        _flag(scene, scene.asker, reason=reason, note=note)
    assert field in refused.value.fields
    assert scene.flags() == []


def test_who_is_no_member_cannot_report(scene: Scene) -> None:
    unconfirmed = scene.make.user(state=AccountState.UNCONFIRMED)
    left = scene.make.user()
    scene.make.membership(scene.room, left, state=MembershipState.LEFT)
    for person in (None, scene.make.user(), unconfirmed, left):
        with pytest.raises(Forbidden):
            raise_flag(scene.ctx(person), target="post", target_id=scene.answer.id, reason="inaccurate")
    assert scene.flags() == []
    assert scene.facts() == []


def test_of_ones_own_text_only_identifiers_can_be_reported(scene: Scene) -> None:
    with pytest.raises(Forbidden, match="your own"):
        _flag(scene, scene.author)
    _flag(scene, scene.author, reason="identifier")
    assert _answer(scene).hidden_at is not None


def test_a_text_of_another_room_or_a_hidden_one_cannot_be_reported(scene: Scene) -> None:
    other = scene.make.room(members=(scene.asker,))
    with pytest.raises(NotFound):
        raise_flag(scene.ctx(scene.asker, other), target="post", target_id=scene.answer.id, reason="inaccurate")
    with pytest.raises(NotFound):
        raise_flag(scene.ctx(scene.asker), target="post", target_id=10**9, reason="inaccurate")
    _flag(scene, scene.asker, reason="identifier")
    reader = scene.make.user()
    scene.make.membership(scene.room, reader)
    with pytest.raises(NotFound):
        _flag(scene, reader)


def test_keeping_shows_again_what_was_hidden_provisionally(scene: Scene) -> None:
    flag = _flag(scene, scene.asker, reason="identifier")
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="keep", note="No real name.")
    assert _answer(scene).hidden_at is None
    assert scene.thread.answer_count == 1
    assert (flag.resolution, flag.resolved_by_id, flag.resolution_note) == ("keep", scene.mentor.id, "No real name.")
    assert scene.log() == ["withheld", "kept"]
    kind, data = scene.facts()[-1]
    assert (kind, data["resolution"], data["author_id"]) == ("flag.resolved", "keep", scene.author.id)
    assert count_open(scene.room.id) == 0


def test_what_a_moderator_kept_is_not_hidden_by_the_next_report_until_it_is_edited(scene: Scene) -> None:
    flag = _flag(scene, scene.asker, reason="identifier")
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="keep")
    second, third = scene.make.user(), scene.make.user()
    for person in (second, third):
        scene.make.membership(scene.room, person)
    _flag(scene, second, reason="identifier")
    assert _answer(scene).hidden_at is None
    assert scene.facts()[-1][1]["withheld"] is False
    edit_post(scene.ctx(scene.author), post_id=scene.answer.id, body="As the mayor of Ward 6 got.", revision=0)
    _flag(scene, third, reason="identifier")
    assert _answer(scene).hidden_at is not None


def test_hiding_tells_the_author_the_moderators_reason(scene: Scene) -> None:
    flag = _flag(scene, scene.asker)
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="hide", note="Ten times too much.")
    assert _answer(scene).hidden_reason == "Ten times too much."
    assert scene.log() == ["hidden"]


def test_hiding_what_is_hidden_already_replaces_the_provisional_reason(scene: Scene) -> None:
    flag = _flag(scene, scene.asker, reason="identifier")
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="hide", note="Names a patient.")
    assert _answer(scene).hidden_reason == "Names a patient."
    assert scene.thread.answer_count == 0


def test_one_decision_settles_every_report_of_the_same_text(scene: Scene) -> None:
    first = _flag(scene, scene.asker)
    other = scene.make.user()
    scene.make.membership(scene.room, other)
    second = _flag(scene, other, reason="commercial")
    resolve_flag(scene.ctx(scene.mentor), flag_id=second.id, resolution="keep")
    db.session.expire_all()
    assert first.resolved_at == second.resolved_at is not None
    assert [kind for kind, _ in scene.facts()] == ["flag.raised", "flag.raised", "flag.resolved"]


def test_a_second_decision_is_refused(scene: Scene) -> None:
    flag = _flag(scene, scene.asker)
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="keep")
    with pytest.raises(Conflict):
        resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="hide", note="Still.")
    assert _answer(scene).hidden_at is None


@pytest.mark.parametrize(
    ("resolution", "note", "field"),
    [("hide", " ", "note"), ("edit", "", "note"), ("burn", "x", "resolution"), ("keep", "x" * (NOTE_LIMIT + 1), "note")],
)  # fmt: skip
def test_a_decision_needs_its_words(scene: Scene, resolution: str, note: str, field: str) -> None:
    flag = _flag(scene, scene.asker)
    with pytest.raises(Invalid) as refused:
        resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution=resolution, note=note)
    assert field in refused.value.fields
    assert scene.log() == []


def test_learners_other_mentors_auditors_and_the_author_do_not_decide(scene: Scene) -> None:
    flag = _flag(scene, scene.asker)
    elsewhere = scene.make.user()
    other = scene.make.room(mentor=elsewhere)
    for person in (scene.asker, scene.make.user(), elsewhere, scene.make.user(role=SiteRole.AUDITOR)):
        with pytest.raises(Forbidden):
            resolve_flag(scene.ctx(person), flag_id=flag.id, resolution="keep")
    with pytest.raises(NotFound):
        resolve_flag(scene.ctx(elsewhere, other), flag_id=flag.id, resolution="keep")
    with transaction():
        promote(scene, scene.author)
    with pytest.raises(Forbidden, match="somebody else"):
        resolve_flag(scene.ctx(scene.author), flag_id=flag.id, resolution="keep")
    assert flag.resolved_at is None
    resolve_flag(scene.ctx(scene.make.user(role=SiteRole.MODERATOR)), flag_id=flag.id, resolution="keep")


def promote(scene: Scene, user: User) -> None:
    membership = scene.ctx(user).membership
    assert membership is not None
    membership.role = RoomRole.MENTOR


def test_a_mentor_who_was_demoted_a_moment_ago_is_refused(scene: Scene) -> None:
    flag = _flag(scene, scene.asker)
    ctx = scene.ctx(scene.mentor)
    with transaction():
        assert ctx.membership is not None
        ctx.membership.role = RoomRole.LEARNER
    with pytest.raises(Forbidden):
        resolve_flag(ctx, flag_id=flag.id, resolution="keep")


def test_an_edit_that_was_asked_for_brings_the_hidden_text_back_to_the_list(scene: Scene) -> None:
    flag = _flag(scene, scene.asker, reason="identifier")
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="edit", note="Take the name out.")
    assert _answer(scene).hidden_reason == "Take the name out."
    assert count_open(scene.room.id) == 0
    edit_post(scene.ctx(scene.author), post_id=scene.answer.id, body="As a patient got.", revision=0)
    reopen_after_edit(target="post", target_id=scene.answer.id)
    reopen_after_edit(target="post", target_id=scene.answer.id)
    assert count_open(scene.room.id) == 1
    assert [kind for kind, _ in scene.facts()] == ["flag.raised", "flag.resolved", "flag.reopened"]
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="keep")
    assert _answer(scene).hidden_at is None


def test_an_edit_of_what_is_in_sight_reopens_nothing(scene: Scene) -> None:
    flag = _flag(scene, scene.asker)
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="edit", note="Say the unit.")
    reopen_after_edit(target="post", target_id=scene.answer.id)
    assert count_open(scene.room.id) == 0


def test_keeping_does_not_show_what_its_author_took_back(scene: Scene) -> None:
    flag = _flag(scene, scene.asker)
    withdraw_post(scene.ctx(scene.author), post_id=scene.answer.id)
    resolve_flag(scene.ctx(scene.mentor), flag_id=flag.id, resolution="keep")
    assert _answer(scene).hidden_at is not None


def test_a_failure_leaves_neither_report_nor_hiding(scene: Scene) -> None:
    def fail() -> None:
        with transaction():
            _flag(scene, scene.asker, reason="identifier")
            raise Invalid("no")

    with pytest.raises(Invalid):
        fail()
    assert _answer(scene).hidden_at is None
    assert (scene.flags(), scene.facts(), scene.log()) == ([], [], [])


def test_the_queue_shows_urgent_texts_first_and_pages_without_gap(scene: Scene) -> None:
    people = [scene.make.user() for _ in range(4)]
    for person in people:
        scene.make.membership(scene.room, person)
    from social_cme.discussions.services.answers import post_answer

    posts = [
        post_answer(scene.ctx(scene.author), thread_id=scene.thread.id, body=f"Answer {number}") for number in range(5)
    ]
    for number, post in enumerate(posts):
        raise_flag(
            scene.ctx(scene.asker),
            target="post",
            target_id=post.id,
            reason="identifier" if number == 3 else "off_topic",
        )
    raise_flag(scene.ctx(people[0]), target="post", target_id=posts[1].id, reason="other", note="Odd.")
    ctx = scene.ctx(scene.mentor)
    first = list_queue(ctx, limit=2)
    second = list_queue(ctx, limit=2, cursor=first.next_cursor)
    third = list_queue(ctx, limit=2, cursor=second.next_cursor)
    assert third.next_cursor is None
    order = [report.row.id for report in (*first.items, *second.items, *third.items)]
    assert order == [posts[3].id, posts[0].id, posts[1].id, posts[2].id, posts[4].id]
    assert [(len(report.flags), report.is_urgent) for report in first.items] == [(1, True), (1, False)]
    assert second.items[0].reasons == [("off_topic", 1), ("other", 1)]
    assert [flag.note for flag in second.items[0].notes] == ["Odd."]


def test_reports_in_an_archived_or_closed_room_are_possible_for_members(scene: Scene) -> None:
    with transaction():
        scene.room.is_archived = True
        scene.room.visibility = Visibility.INVITATION
    assert _flag(scene, scene.asker).id
    assert clock.now() > scene.flags()[0].created_at
