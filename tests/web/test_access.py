"""Who may use which address: every route against every kind of person.

Rule: a route that is not in the table fails the test; so nobody adds one without saying who may use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.discussions.services import answers, threads
from social_cme.rooms.enums import MembershipState, Visibility
from social_cme.rooms.models import Room
from social_cme.rooms.queries import open_room
from tests.factories import Factory
from tests.media.pictures import bring

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite_only]

EVERYBODY = {"stranger", "outsider", "banned", "learner", "mentor", "coordinator", "administrator"}
MEMBERS = {"learner", "mentor", "coordinator"}
LEVELS = {
    "open": EVERYBODY,
    "login": EVERYBODY - {"stranger"},
    "read": MEMBERS | {"administrator"},
    "part": MEMBERS,
    "moderate": {"mentor", "coordinator", "administrator"},
    "lead": {"mentor", "coordinator"},
    "manage": {"coordinator", "administrator"},
    # Members alone, and of them whoever wrote the text or guides the room; the services decide which.
    "own": MEMBERS | {"administrator"},
}
# In the table's order: which addresses are for whom in a room that is by invitation.
TABLE: dict[str, str] = {
    "open": """
        static health.alive health.ready openapi_document home.index home.about search.index rooms.directory live.index
        discussions.help_formatting discussions.help_keyboard accounts.login accounts.logout accounts.register accounts.forgot_password accounts.reset_password accounts.confirm
        accounts.resend_confirmation accounts.confirm_email_change accounts.show_profile rooms.invitation
        discussions.unanswered discussions.tags discussions.show_tag live.calendar_feed live.short live.observe
    """,
    "login": """
        accounts.change_email accounts.change_password accounts.create_token accounts.edit_profile accounts.end_other_sessions
        accounts.end_session accounts.list_sessions accounts.list_tokens accounts.revoke_token
        accounts.welcome cme.my_participation cme.my_participation_csv moderation.overview
        notifications.index notifications.mark_read notifications.mark_all_read notifications.settings discussions.my_drafts
        discussions.discard_draft keeping.my_bookmarks keeping.remove_bookmark keeping.my_notes keeping.download_notes
        keeping.remove_note
        discussions.recall_cards discussions.turn_card discussions.answer_card discussions.choose_recall
        discussions.calibration discussions.calibration_csv
        rooms.new_room live.calendar_settings live.renew_calendar live.choose_calendar live.end_calendar
    """,
    "read": """
        rooms.about rooms.members live.room_index live.show live.question live.projector live.transcript live.summary live.session_calendar live.show_series live.my_minutes live.message live.private live.slide_picture live.join_code live.show_breakout live.breakout_csv
        discussions.room_threads discussions.show_thread discussions.show_post discussions.thread_revisions
        discussions.post_revisions discussions.post_fragment discussions.preview discussions.show_thread_post
        discussions.print_thread keeping.bookmark_thread keeping.bookmark_post keeping.remind_of_thread
        keeping.remind_of_post keeping.edit_note discussions.summary_history media.show_image discussions.step_revisions
        cohorts.index cohorts.show cohorts.show_unit cohorts.show_challenge cohorts.show_team
    """,
    "part": """
        discussions.named_members discussions.new_thread discussions.similar discussions.post_answer discussions.post_comment discussions.vote_thread
        discussions.vote_post discussions.follow discussions.answer_step discussions.pass_step live.rsvp live.still_here live.ask live.vote_question live.chat rooms.leave live.vote_poll live.react live.hand live.caption live.hide_caption live.share_link live.remove_link live.place_in_breakout live.group_chat live.group_notes live.show_group
        rooms.accept_new_rules
        cohorts.join cohorts.leave cohorts.tick cohorts.untick cohorts.save_work cohorts.comment cohorts.review
    """,
    "own": """
        discussions.accept discussions.edit_post discussions.edit_thread discussions.close_thread discussions.reopen_thread
        discussions.withdraw_post discussions.endorse discussions.withdraw_endorsement discussions.renew_endorsement
        discussions.mark_answered discussions.edit_summary discussions.restore_summary discussions.hide_summary_version
        moderation.flag_thread moderation.flag_post discussions.edit_tags cohorts.member media.erase_image
        discussions.new_step discussions.edit_step discussions.remove_step discussions.settle_poll
        discussions.new_outcome discussions.hide_outcome
        discussions.clarify moderation.unmask moderation.confirm_unmasking moderation.decline_unmasking live.clarify
    """,
    "moderate": """
        privacy.attested privacy.review moderation.queue moderation.log moderation.decide moderation.hide_post moderation.hide_thread moderation.unhide_post
        moderation.unhide_thread moderation.lock moderation.unlock moderation.pin moderation.unpin moderation.move
        moderation.split moderation.merge live.statistics live.attendance_csv moderation.purge_thread moderation.purge_post
        cme.room_participation cme.room_participation_csv discussions.response_times
        discussions.response_times_csv cohorts.table cohorts.table_csv
        discussions.dispute discussions.resolve_dispute media.room_images
    """,
    "lead": """
        live.new_session live.edit_session live.cancel live.control live.control_question live.hide_chat live.correct_segment
        live.prepare live.merge_alike live.new_poll live.edit_poll live.copy_poll live.control_poll live.control_answer live.polls_csv
        live.pin live.change_options live.stage live.upload_slides live.show_slide live.describe_slide live.remove_slides live.show_projector live.hands live.set_video live.name_captioner live.observers live.revoke_observer live.create_breakout live.control_breakout live.hide_group_chat
    """,
    "manage": """
        rooms.settings rooms.archive rooms.reopen rooms.ban rooms.banned rooms.remove rooms.readmit rooms.change_role
        rooms.manage_member rooms.verify rooms.unverify rooms.requests rooms.approve rooms.decline rooms.invitations rooms.withdraw_invitation
        cohorts.new_cohort cohorts.edit_cohort cohorts.manage cohorts.publish cohorts.copy cohorts.new_unit cohorts.edit_unit
        cohorts.move_unit cohorts.remove_unit cohorts.new_item cohorts.edit_item cohorts.move_item cohorts.remove_item
        cohorts.new_challenge cohorts.edit_challenge cohorts.rubric cohorts.remove_challenge cohorts.start_feedback
        cohorts.manage_teams cohorts.balance cohorts.add_team cohorts.place cohorts.rename_team cohorts.remove_team
        cohorts.review_team
    """,
}
LEVEL_OF = {endpoint: level for level, names in TABLE.items() for endpoint in names.split()}
# A mentor states disclosures about oneself; joining and withdrawing are answered by the door of the room.
SPECIAL = {"rooms.disclosure", "rooms.join", "rooms.withdraw"}


@dataclass
class Stage:
    """One room by invitation with something in it, and one browser for each kind of person."""

    room: Room
    thread_id: int
    post_id: int
    image_key: str
    browsers: dict[str, FlaskClient]


@pytest.fixture
def stage(app: Flask, make: Factory, login: Callable[[User], FlaskClient]) -> Stage:
    people = {name: make.user() for name in EVERYBODY - {"stranger", "administrator"}}
    people["administrator"] = make.user(role=SiteRole.ADMINISTRATOR)
    room = make.room(
        mentor=people["mentor"],
        coordinator=people["coordinator"],
        members=(people["learner"],),
        visibility=Visibility.INVITATION,
    )
    make.membership(room, people["banned"], state=MembershipState.BANNED)
    door = open_room(people["learner"], room.slug)
    image_key = bring(door).key
    thread = threads.post_thread(
        door,
        kind="question",
        title="Whom does this concern?",
        body="A question for members.",
        image_keys=[image_key],
    )
    post = answers.post_answer(
        open_room(people["mentor"], room.slug), thread_id=thread.id, body="An answer for members."
    )
    app.config["WTF_CSRF_ENABLED"] = False
    browsers = {"stranger": app.test_client(), **{name: login(person) for name, person in people.items()}}
    return Stage(room, thread.id, post.id, image_key, browsers)


def _address(rule: str, stage: Stage) -> str:
    known = {
        "slug": stage.room.slug,
        "thread_id": str(stage.thread_id),
        "post_id": str(stage.post_id),
        "image": stage.image_key,
        "size": "320",
        "filename": "none.css",
        "key": "heart-failure",
    }
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: known.get(found.group(1), "1"), rule)


def _pages(app: Flask) -> list[tuple[str, str, str]]:
    return sorted(
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/api/")
        for method in (rule.methods or set()) & {"GET", "POST"}
    )


def test_every_route_says_whom_it_is_for(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/")}
    assert endpoints - set(LEVEL_OF) - SPECIAL == set()


def test_nobody_gets_where_the_table_does_not_let_them(app: Flask, stage: Stage) -> None:
    wrong: list[str] = []
    for endpoint, method, rule in _pages(app):
        level = LEVEL_OF.get(endpoint)
        if level is None or endpoint == "static":
            continue
        for name in sorted(EVERYBODY - LEVELS[level]):
            answer = stage.browsers[name].open(_address(rule, stage), method=method, buffered=True)
            to_login = answer.status_code == 302 and "/login" in answer.headers["Location"]
            # Whoever may read the room may be told first that the form is incomplete.
            unread = method == "POST" and answer.status_code in {400, 422} and name in LEVELS["read"]
            if not (to_login or unread or answer.status_code in {401, 403, 404}):
                wrong.append(f"{name} {method} {endpoint}: {answer.status_code}")
            if answer.status_code == 403 and name in {"outsider", "banned", "stranger"} and level in {"read", "part"}:
                wrong.append(f"{name} {method} {endpoint}: a hidden room shows that it exists")
    assert not wrong, "\n".join(wrong)


def test_everybody_gets_where_the_table_lets_them(app: Flask, stage: Stage) -> None:
    wrong: list[str] = []
    for endpoint, method, rule in _pages(app):
        level = LEVEL_OF.get(endpoint)
        needs_more = re.search(r"<(?!slug:slug|id:thread_id|id:post_id|key:image|int:size)", rule)
        if level in {None, "own"} or method != "GET" or needs_more:
            continue
        for name in sorted(LEVELS[level]):
            answer = stage.browsers[name].get(_address(rule, stage), buffered=True)
            if answer.status_code not in {200, 302, 303}:
                wrong.append(f"{name} {endpoint}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_page_changes_anything_when_it_is_only_looked_at(app: Flask) -> None:
    posts_only = {
        "logout",
        "vote",
        "join",
        "leave",
        "accept",
        "end",
        "revoke",
        "pin",
        "unpin",
        "archive",
        "follow",
    }
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2] in posts_only:
            assert "GET" not in (rule.methods or set()), rule.endpoint
