"""What went on in the live session of the demonstration that was held: agenda, polls, chat, hands, captions, links."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from social_cme.demo.schemas import CaptionText, ChatText, HandText, LinkText, PollText, RoundText, SessionText
from social_cme.demo.services.script import Stage
from social_cme.live.rules.polls import Ballot
from social_cme.live.services.agenda import move_to_segment
from social_cme.live.services.ballots import cast_ballot
from social_cme.live.services.captions import post_caption
from social_cme.live.services.chat import pin_message, post_message
from social_cme.live.services.hands import give_floor, lower_hand, raise_hand
from social_cme.live.services.links import share_link
from social_cme.live.services.polling import close_poll, open_round
from social_cme.live.services.reactions import react
from social_cme.live.services.summing_up import write_summary


def add_course(stage: Stage, session: SessionText, key: str, start: datetime) -> None:
    """Everything between start and end but attendance and questions."""
    _add_segments(stage, session, key, start)
    _add_chat(stage, session, key, start)
    for number, poll in enumerate(session.poll, start=1):
        for place, one in enumerate(poll.round, start=1):
            _add_round(stage, session, key, f"{key}.poll.{number}", (poll, place, one), start)
    for number, caption in enumerate(session.caption, start=1):
        at = start + timedelta(minutes=caption.minute)
        stage.act(at, f"{key}.caption.{number}", partial(_caption, stage, session, key, caption))
    for number, hand in enumerate(session.hand, start=1):
        _add_hand(stage, session, key, f"{key}.hand.{number}", hand, start)
    for number, link in enumerate(session.link, start=1):
        at = start + timedelta(minutes=link.minute)
        stage.act(at, f"{key}.link.{number}", partial(_share, stage, session, key, link))


def add_summary(stage: Stage, session: SessionText, key: str, end: datetime) -> None:
    """Let the mentor sum the session up some hours after it."""
    if session.summary is not None:
        at = end + timedelta(hours=session.summary.hours_after)
        stage.act(at, f"{key}.summary", partial(_sum_up, stage, session, key))


def _add_segments(stage: Stage, session: SessionText, key: str, start: datetime) -> None:
    # The first one begins with the session; a second late, as the beats are.
    minutes = 0
    for number, segment in enumerate(session.segment, start=1):
        if number > 1:
            at = start + timedelta(minutes=minutes, seconds=1)
            stage.act(at, f"{key}.segment.{number}", partial(_move_on, stage, session, key))
        minutes += segment.minutes


def _add_chat(stage: Stage, session: SessionText, key: str, start: datetime) -> None:
    for number, line in enumerate(session.chat, start=1):
        # Lines of the same minute follow one another, in the order of the file.
        at = start + timedelta(minutes=line.minute, seconds=2 + 11 * (number % 5))
        line_key = f"{key}.chat.{number}"
        stage.act(at, line_key, partial(_say, stage, session, key, line))
        if line.reactions or line.pinned:
            after = at + timedelta(seconds=9)
            stage.act(after, f"{line_key}.reactions", partial(_react, stage, session, key, line_key, line))


def _add_round(
    stage: Stage,
    session: SessionText,
    key: str,
    poll_key: str,
    asked: tuple[PollText, int, RoundText],
    start: datetime,
) -> None:
    poll, place, one = asked
    round_key = f"{poll_key}.round.{place}"
    opens, closes = start + timedelta(minutes=one.opens), start + timedelta(minutes=one.closes)
    stage.act(opens, round_key, partial(_open, stage, session, key, poll_key))
    voting = partial(_vote, stage, session, key, poll_key, poll, one)
    stage.act(opens + (closes - opens) * 0.6, f"{round_key}.votes", voting)
    stage.act(closes, f"{round_key}.closed", partial(_close, stage, session, key, poll_key))


def _add_hand(stage: Stage, session: SessionText, key: str, hand_key: str, hand: HandText, start: datetime) -> None:
    stage.act(start + timedelta(minutes=hand.minute), hand_key, partial(_raise, stage, session, key, hand))
    if hand.given is not None:
        given = start + timedelta(minutes=hand.given)
        stage.act(given, f"{hand_key}.given", partial(_give_floor, stage, session, key, hand_key))
    ended = start + timedelta(minutes=hand.ended)
    stage.act(ended, f"{hand_key}.ended", partial(_lower, stage, session, key, hand))


def _move_on(stage: Stage, session: SessionText, key: str) -> None:
    move_to_segment(stage.enter(session.mentor, session.room), stage.made[key])


def _say(stage: Stage, session: SessionText, key: str, line: ChatText) -> int:
    reply_to_id = stage.made[f"{key}.chat.{line.reply_to}"] if line.reply_to is not None else None
    ctx = stage.enter(line.author, session.room)
    return post_message(ctx, stage.made[key], body=line.body, reply_to_id=reply_to_id).id


def _react(stage: Stage, session: SessionText, key: str, line_key: str, line: ChatText) -> None:
    for kind, people in line.reactions.items():
        for person in people:
            react(stage.enter(person, session.room), stage.made[key], stage.made[line_key], kind=kind)
    if line.pinned:
        pin_message(stage.enter(session.mentor, session.room), stage.made[key], stage.made[line_key])


def _open(stage: Stage, session: SessionText, key: str, poll_key: str) -> None:
    open_round(stage.enter(session.mentor, session.room), stage.made[key], stage.made[poll_key])


def _close(stage: Stage, session: SessionText, key: str, poll_key: str) -> None:
    close_poll(stage.enter(session.mentor, session.room), stage.made[key], stage.made[poll_key])


def _vote(stage: Stage, session: SessionText, key: str, poll_key: str, poll: PollText, one: RoundText) -> None:
    for person, chosen in one.votes.items():
        ballot = Ballot(value=chosen) if poll.kind == "scale" else Ballot(choices=(chosen,))
        cast_ballot(stage.enter(person, session.room), stage.made[key], stage.made[poll_key], ballot=ballot)


def _caption(stage: Stage, session: SessionText, key: str, caption: CaptionText) -> int:
    ctx = stage.enter(session.captioner or session.mentor, session.room)
    return post_caption(ctx, stage.made[key], body=caption.body).id


def _raise(stage: Stage, session: SessionText, key: str, hand: HandText) -> int:
    return raise_hand(stage.enter(hand.person, session.room), stage.made[key]).id


def _give_floor(stage: Stage, session: SessionText, key: str, hand_key: str) -> None:
    give_floor(stage.enter(session.mentor, session.room), stage.made[key], stage.made[hand_key], minutes=2)


def _lower(stage: Stage, session: SessionText, key: str, hand: HandText) -> None:
    lower_hand(stage.enter(hand.person, session.room), stage.made[key])


def _share(stage: Stage, session: SessionText, key: str, link: LinkText) -> int:
    return share_link(stage.enter(link.author, session.room), stage.made[key], title=link.title, url=link.url).id


def _sum_up(stage: Stage, session: SessionText, key: str) -> int:
    assert session.summary is not None
    ctx = stage.enter(session.mentor, session.room)
    return write_summary(ctx, stage.made[key], body=session.summary.body, revision=0).id
