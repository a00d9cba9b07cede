"""What waits for an answer, and how long people waited."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.discussions.api import ROOM, bp
from social_cme.discussions.queries.response_times import list_months_of_waits
from social_cme.discussions.queries.waiting import list_waiting
from social_cme.discussions.rules.response_times import last_months
from social_cme.discussions.schemas.structure import (
    MonthOfWaitsOut,
    ResponseTimes,
    WaitingList,
    WaitingOut,
    WaitingQuery,
)
from social_cme.rooms.policies import can_moderate
from social_cme.rooms.queries import read_room
from social_cme.web.actor import current_actor, require_actor
from social_cme.web.api import endpoint

MONTHS = 12


@endpoint(bp, "/unanswered", "GET", result=WaitingList, query=WaitingQuery, public=True, errors=(422,))
def list_unanswered(query: WaitingQuery) -> WaitingList:
    """List cases and questions that nobody has answered in the rooms you can read, the longest waiting first."""
    page = list_waiting(
        current_actor(), room=query.room, specialty=query.specialty or "", cursor=query.cursor, limit=query.limit
    )
    return WaitingList(items=[WaitingOut.model_validate(one) for one in page.items], next_cursor=page.next_cursor)


@endpoint(bp, f"{ROOM}/response-times", "GET", result=ResponseTimes)
def show_response_times(slug: str) -> ResponseTimes:
    """Show how long what was asked in each of the last twelve months (UTC) waited; for those who moderate the room."""
    ctx = read_room(require_actor(), slug)
    require(can_moderate(ctx))
    months = last_months(clock.now().astimezone(UTC).date(), count=MONTHS)
    found = list_months_of_waits(ctx, months=months, zone=ZoneInfo("UTC"))
    return ResponseTimes(items=[MonthOfWaitsOut.model_validate(one) for one in found])
