"""The API of discussions."""

from social_cme.web.api import blueprint

bp = blueprint("discussions")

ROOM = "/rooms/<slug:slug>"
THREAD = f"{ROOM}/threads/<id:thread_id>"
POST = f"{ROOM}/posts/<id:post_id>"

from social_cme.discussions.api import (  # noqa: E402, F401
    drafts,
    learning,
    marks,
    outcomes,
    posts,
    pseudonyms,
    similar,
    steps,
    summaries,
    tags,
    threads,
    waiting,
)
