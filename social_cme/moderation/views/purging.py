"""The page on which a moderator erases words for good."""

from __future__ import annotations

from flask_login import login_required

from social_cme.core.errors import Conflict, Invalid
from social_cme.moderation import queries
from social_cme.moderation.enums import FlagTarget
from social_cme.moderation.forms import PurgeForm
from social_cme.moderation.services import measures
from social_cme.moderation.views import bp, page
from social_cme.moderation.views.measuring import POST, THREAD, Page, moderator, to_thread


@bp.route(f"{THREAD}/erase", methods=["GET", "POST"])
@login_required
def purge_thread(slug: str, thread_id: int) -> Page:
    """Erase the words of an opening."""
    return _erase(slug, FlagTarget.THREAD, thread_id)


@bp.route(f"{POST}/erase", methods=["GET", "POST"])
@login_required
def purge_post(slug: str, post_id: int) -> Page:
    """Erase the words of a post."""
    return _erase(slug, FlagTarget.POST, post_id)


def _erase(slug: str, target: FlagTarget, target_id: int) -> Page:
    ctx = moderator(slug)
    form, status = PurgeForm(), 200
    if form.validate_on_submit():
        earlier_only = form.scope.data == "earlier"
        try:
            found = measures.purge(
                ctx, target=target, target_id=target_id, reason=form.reason.data, earlier_only=earlier_only
            )
        except (Invalid, Conflict) as error:
            form.add_errors(error)
            status = error.status
        else:
            done = "The earlier versions are erased." if earlier_only else "The words are erased for good."
            return to_thread(slug, found.thread.id, done, post_id=found.post.id if found.post is not None else None)
    elif form.is_submitted():
        status = 422
    thread, post = queries.access_reportable(ctx, target, target_id)
    return page("moderation/purge.html", ctx, form=form, thread=thread, post=post), status
