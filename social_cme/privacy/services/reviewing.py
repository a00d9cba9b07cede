"""The second look of moderators at what authors attested."""

from __future__ import annotations

from social_cme.core import clock
from social_cme.core.permissions import require
from social_cme.persistence.transaction import transaction
from social_cme.privacy.models import IdentifierCheck
from social_cme.privacy.queries.checks import access_check
from social_cme.rooms.policies import RoomContext, can_moderate


def mark_reviewed(ctx: RoomContext, *, check_id: int) -> IdentifierCheck:
    """Note that a moderator looked at an attested text; what to do about it is done with the text itself."""
    with transaction() as tx:
        require(can_moderate(ctx))
        check = access_check(ctx, check_id, lock=True)
        if check.reviewed_at is None:
            check.reviewed_at, check.reviewed_by_id = clock.now(), ctx.user.id
            tx.session.flush()
        return check
