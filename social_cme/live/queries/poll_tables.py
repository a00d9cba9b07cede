"""The polls of a session as rows of a table, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.live.models import LivePoll, LiveSession
from social_cme.live.policies import can_export_polls
from social_cme.live.queries.polls import PollSheet, ballots_of, load_sheets
from social_cme.live.queries.sessions import mentor_ids
from social_cme.live.rules.poll_tables import BALLOT_HEADER, COUNT_HEADER, Cell, answer_text, is_right, place_text
from social_cme.rooms.policies import RoomContext

Rows = list[Sequence[Cell]]


def count_table(ctx: RoomContext, session: LiveSession, polls: Sequence[LivePoll]) -> tuple[Sequence[str], Rows]:
    """Return what each option, value or free answer got, in every round; the same for named and anonymous polls."""
    require(can_export_polls(ctx, mentor_ids(session.id)))
    return COUNT_HEADER, [row for sheet in load_sheets(polls) for row in _counts(sheet)]


def ballot_table(
    ctx: RoomContext, session: LiveSession, polls: Sequence[LivePoll]
) -> tuple[Sequence[str], Iterator[Rows]]:
    """Return one row for each ballot of the named polls among *polls*; anonymous ones have no ballots to give."""
    require(can_export_polls(ctx, mentor_ids(session.id)))
    sheets = [sheet for sheet in load_sheets(polls) if not sheet.poll.is_anonymous]
    return BALLOT_HEADER, _ballots(sheets)


def _counts(sheet: PollSheet) -> Rows:
    poll = sheet.poll
    rows: Rows = []
    for one in sheet.rounds:
        about: tuple[Cell, ...] = (poll.id, poll.question, poll.kind, one.round.number, one.round.voters)
        if one.is_withheld:
            rows.append((*about, "too few anonymous votes to tell", None, None, None, None))
            continue
        for bar in one.summary.bars:
            text = place_text(poll.kind, bar.place, poll.options)
            points = bar.value if bar.value != bar.count else None
            rows.append((*about, text, bar.count, bar.percent, points, bar.firsts))
        for group in one.groups:
            share = round(100 * group.count / one.round.voters, 1) if one.round.voters else 0.0
            rows.append((*about, "(hidden)" if group.is_hidden else group.text, group.count, share, None, None))
    return rows


def _ballots(sheets: Sequence[PollSheet]) -> Iterator[Rows]:
    for sheet in sheets:
        poll = sheet.poll
        numbers = {one.round.id: one.round.number for one in sheet.rounds}
        about: tuple[Cell, ...] = (poll.id, poll.question, poll.kind)
        kind, options, correct = poll.kind, list(poll.options), list(poll.correct)
        hidden = {
            answer.text
            for one in sheet.rounds
            for group in one.groups
            for answer in (group, *group.members)
            if answer.is_hidden
        }
        for batch in ballots_of(list(numbers)) if numbers else ():
            rows: Rows = []
            for ballot, user in batch:
                right = is_right(kind, ballot.kept, correct)
                closed = user.state == "closed"
                text = answer_text(kind, ballot.kept, options)
                rows.append(
                    (
                        *about,
                        numbers[ballot.round_id],
                        None if closed else user.id,
                        "Former member" if closed else user.display_name,
                        "(hidden)" if text in hidden else text,
                        None if right is None else ("yes" if right else "no"),
                        clock.iso(ballot.created_at),
                        clock.iso(ballot.changed_at),
                    )
                )
            yield rows
