"""The chat: plain text while the session runs, and what is hidden is hidden everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from social_cme.extensions import db
from social_cme.live.queries.board import list_chat, load_board
from social_cme.live.schemas import ChatOut
from social_cme.live.services import chat, leading, options
from social_cme.live.services.options import OptionsChange
from social_cme.notifications.models import Notification
from social_cme.persistence.delivery import deliver_pending
from tests.live.stage import NOON, Stage


def test_members_write_while_the_session_runs(stage: Stage) -> None:
    session = stage.session()
    with pytest.raises(Forbidden, match="opens when"):
        stage.say(session)
    leading.start_session(stage.ctx(stage.mentor), session.id)
    message = stage.say(session, " <b>Good</b> evening ")
    assert message.body == "<b>Good</b> evening"
    leading.end_session(stage.ctx(stage.mentor), session.id)
    with pytest.raises(Forbidden, match="over"):
        stage.say(session)
    assert "chat.posted" in stage.kinds(session)


@pytest.mark.parametrize("body", ["", "\n", "x" * 1001])
def test_a_line_has_1_to_1000_characters(stage: Stage, body: str) -> None:
    session = stage.running()
    with pytest.raises(Invalid):
        stage.say(session, body)


def test_strangers_write_nothing(stage: Stage) -> None:
    session = stage.running()
    for user in (stage.make.user(), None):
        with pytest.raises(Forbidden):
            chat.post_message(stage.ctx(user), session.id, body="Hello")


def test_a_repeated_line_stands_once(stage: Stage) -> None:
    session = stage.running()
    ctx = stage.ctx(stage.learner)
    first, again = (chat.post_message(ctx, session.id, body="Hello", client_id="chat-0001") for _ in range(2))
    assert first.id == again.id
    assert len(list_chat(session).items) == 1


def test_a_line_is_hidden_by_who_moderates(stage: Stage) -> None:
    session = stage.running()
    message = stage.say(session)
    with pytest.raises(Forbidden):
        chat.hide_message(stage.ctx(stage.peer), session.id, message.id)
    for _ in range(2):
        chat.hide_message(stage.ctx(stage.mentor), session.id, message.id)
    assert message.hidden_at is not None
    assert stage.kinds(session).count("chat.hidden") == 1


def test_a_line_of_another_session_is_not_found(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    message = stage.say(session)
    with pytest.raises(NotFound):
        chat.hide_message(stage.ctx(stage.mentor), other.id, message.id)
    with pytest.raises(NotFound):
        chat.post_message(stage.ctx(stage.learner, stage.other_room), session.id, body="Hello")


def test_the_chat_is_read_backwards_page_by_page(stage: Stage) -> None:
    session = stage.running()
    for number in range(25):
        stage.say(session, f"Line {number}")
    first = list_chat(session, limit=10)
    second = list_chat(session, limit=10, cursor=first.next_cursor)
    third = list_chat(session, limit=10, cursor=second.next_cursor)
    lines = [one.body for page in (first, second, third) for one in page.items]
    assert lines == [f"Line {number}" for number in reversed(range(25))]
    assert third.next_cursor is None


# ------------------------------------------------------------------ replies


def test_a_line_answers_another_of_the_same_session(stage: Stage) -> None:
    session, other = stage.running(), stage.running()
    first, elsewhere = stage.say(session, "Which dose?"), stage.say(other)
    ctx = stage.ctx(stage.peer)
    chat.post_message(ctx, session.id, body="Forty", reply_to_id=first.id)
    shown = ChatOut.of(list_chat(session).items[0])
    assert shown.reply_to is not None
    assert (shown.reply_to.id, shown.reply_to.body) == (first.id, "Which dose?")
    for wrong in (elsewhere.id, 10**9):
        with pytest.raises(NotFound):
            chat.post_message(ctx, session.id, body="Forty", reply_to_id=wrong)
    chat.hide_message(stage.ctx(stage.mentor), session.id, first.id)
    shown = ChatOut.of(list_chat(session).items[0])
    assert shown.reply_to is not None
    assert (shown.reply_to.body, shown.reply_to.author) == ("", None)
    with pytest.raises(Conflict):
        chat.post_message(ctx, session.id, body="Forty", reply_to_id=first.id)


# ------------------------------------------------------------------ mentions


def test_members_who_are_named_are_told_once(stage: Stage) -> None:
    session = stage.running()
    token = f"@[Somebody](user:{stage.peer.id}) and @[Gone](user:{10**9})"
    message = stage.say(session, f"{token}, @Mentor and @Learner: look. Also @Nobody, me@home, @Peer")
    assert message.body == "@Peer and @Gone, @Mentor and @Learner: look. Also @Nobody, me@home, @Peer"
    assert ChatOut.of(list_chat(session).items[0]).mentions == [stage.peer.id, stage.mentor.id]
    deliver_pending()
    told = [one.user_id for one in db.session.query(Notification).filter_by(kind="chat_mention")]
    assert sorted(told) == [stage.peer.id, stage.mentor.id]
    assert "chat.mentioned" not in stage.kinds(session), "nobody else hears of it"


def test_whoever_is_no_member_is_not_named(stage: Stage) -> None:
    session = stage.running()
    stranger = stage.make.user("Olaf Outsider")
    stage.say(session, f"@Olaf Outsider and @[Olaf](user:{stranger.id})")
    assert ChatOut.of(list_chat(session).items[0]).mentions == []


def test_a_line_names_ten_people_at_most(stage: Stage) -> None:
    session = stage.running()
    people = [stage.make.user(f"Member {number}") for number in range(12)]
    for one in people:
        stage.make.membership(stage.room, one)
    stage.say(session, " ".join(f"@[x](user:{one.id})" for one in people))
    assert len(ChatOut.of(list_chat(session).items[0]).mentions) == 10


# ------------------------------------------------------------------ slow mode


def test_slow_mode_holds_for_each_person_but_not_for_who_leads(stage: Stage) -> None:
    with clock.at(NOON):
        session = stage.running()
        options.change_options(stage.ctx(stage.mentor), session.id, change=OptionsChange(slow_seconds=30))
        stage.say(session)
    with clock.at(NOON + timedelta(seconds=12)):
        with pytest.raises(RateLimited, match="18 seconds") as refused:
            stage.say(session)
        assert refused.value.retry_after == 18
        stage.say(session, user=stage.peer)
        for _ in range(2):
            stage.say(session, user=stage.mentor)
    with clock.at(NOON + timedelta(seconds=30)):
        stage.say(session)
    with clock.at(NOON - timedelta(hours=1)), pytest.raises(RateLimited) as refused:
        stage.say(session)
    assert refused.value.retry_after == 30, "a clock that was set back keeps nobody waiting for the old time"
    options.change_options(stage.ctx(stage.mentor), session.id, change=OptionsChange(slow_seconds=0))
    with clock.at(NOON + timedelta(seconds=31)):
        stage.say(session)


# ------------------------------------------------------------------ pins


def test_one_line_is_pinned_at_a_time_and_goes_when_it_is_hidden(stage: Stage) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    first, second = stage.say(session, "One"), stage.say(session, "Two")
    with pytest.raises(Forbidden):
        chat.pin_message(stage.ctx(stage.peer), session.id, first.id)
    for _ in range(2):
        chat.pin_message(ctx, session.id, first.id)
    chat.pin_message(ctx, session.id, second.id, client_id="pin-00001")
    pinned = load_board(ctx, session).pinned
    assert pinned is not None
    assert pinned.body == "Two"
    # Taking off what is not on top changes nothing.
    chat.pin_message(ctx, session.id, first.id, pinned=False)
    chat.pin_message(ctx, session.id, second.id, pinned=False, client_id="pin-00001")
    assert stage.kinds(session).count("chat.pinned") == 2
    chat.hide_message(ctx, session.id, second.id)
    assert load_board(ctx, session).pinned is None
    assert stage.kinds(session)[-2:] == ["chat.hidden", "chat.pinned"]
    with pytest.raises(Conflict):
        chat.pin_message(ctx, session.id, second.id)
    with pytest.raises(NotFound):
        chat.pin_message(ctx, stage.running().id, first.id)
    leading.end_session(ctx, session.id)
    with pytest.raises(Forbidden):
        chat.pin_message(ctx, session.id, first.id)
