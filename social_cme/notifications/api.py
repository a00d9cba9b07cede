"""The inbox over the API."""

from __future__ import annotations

from flask import url_for

from social_cme.notifications.queries import count_unread, list_notices
from social_cme.notifications.schemas import NoticeOut, NoticesOut, ReadIn, ReadOut
from social_cme.notifications.services import inbox
from social_cme.web.actor import require_actor
from social_cme.web.api import ApiScope, PageQuery, blueprint, endpoint

bp = blueprint("notifications")


@endpoint(bp, "/notifications", "GET", result=NoticesOut, query=PageQuery)
def list_notifications(query: PageQuery) -> NoticesOut:
    """Return one's notices, the newest first."""
    actor = require_actor()
    page = list_notices(actor, cursor=query.cursor, limit=query.limit)
    items = [
        NoticeOut(
            id=one.id, kind=one.kind, text=one.text, room_name=one.room_name,
            address=url_for(one.endpoint, **one.values), at=one.at, is_unread=one.is_unread,
        )
        for one in page.items
    ]  # fmt: skip
    return NoticesOut(items=items, next_cursor=page.next_cursor, unread=count_unread(actor))


@endpoint(bp, "/notifications/read", "POST", result=ReadOut, body=ReadIn, scope=ApiScope.WRITE)
def read_notifications(body: ReadIn) -> ReadOut:
    """Mark notices as read; ids that are not one's own are passed over."""
    actor = require_actor()
    if body.ids:
        inbox.mark_read(actor, ids=[one for one in body.ids if 0 < one < 2**63])
    if body.up_to is not None:
        inbox.mark_all_read(actor, up_to=body.up_to)
    return ReadOut(unread=count_unread(actor))
