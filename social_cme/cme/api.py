"""Participation over the API: one's own ledger and standing, and a room's table."""

from __future__ import annotations

from social_cme.cme.policies import can_see_participation
from social_cme.cme.queries import members, mine
from social_cme.cme.rules import Period, Totals
from social_cme.cme.schemas import (
    EntryOut,
    LedgerOut,
    LedgerQuery,
    MemberOut,
    MembersOut,
    MembersQuery,
    PeriodOut,
    SummaryOut,
    TotalsOut,
    UnnamedOut,
)
from social_cme.core.permissions import require
from social_cme.rooms.queries import open_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import blueprint, endpoint

bp = blueprint("cme")


@endpoint(bp, "/me/participation", "GET", result=LedgerOut, query=LedgerQuery)
def list_my_participation(query: LedgerQuery) -> LedgerOut:
    """Return one's own ledger, newest first."""
    page = mine.list_lines(require_actor(), group=query.kind, cursor=query.cursor, limit=query.limit)
    return LedgerOut(items=[EntryOut.model_validate(line) for line in page.items], next_cursor=page.next_cursor)


@endpoint(bp, "/me/participation/summary", "GET", result=SummaryOut)
def show_my_standing() -> SummaryOut:
    """Return one's totals of the present quarter and year."""
    actor = require_actor()
    standing = mine.find_standing(actor)
    return SummaryOut(
        time_zone=actor.time_zone,
        quarter=_period(standing.quarter, standing.in_quarter),
        year=_period(standing.year, standing.in_year),
    )


@endpoint(bp, "/rooms/<slug:slug>/participation", "GET", result=MembersOut, query=MembersQuery)
def list_room_participation(slug: str, query: MembersQuery) -> MembersOut:
    """Return what each member of a room did, for those who guide or run it."""
    ctx = open_room(current_actor(), slug)
    require(can_see_participation(ctx))
    page = members.list_members(ctx, sort=query.sort, since=query.since, cursor=query.cursor, limit=query.limit)
    return MembersOut(
        items=[MemberOut.model_validate(line) for line in page.items],
        next_cursor=page.next_cursor,
        under_pseudonym=UnnamedOut.model_validate(members.count_unnamed(ctx, since=query.since)),
    )


def _period(period: Period, totals: Totals) -> PeriodOut:
    return PeriodOut(name=period.name, start=period.start, end=period.end, totals=TotalsOut.model_validate(totals))
