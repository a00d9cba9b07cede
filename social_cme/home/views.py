"""The first page, for strangers and for members, and what this site is."""

from __future__ import annotations

from flask import Blueprint, render_template

from social_cme.home.queries import OPEN_ROOMS_SHOWN, find_next_session, load_home
from social_cme.rooms.queries.directory import list_rooms
from social_cme.web.actor import current_actor

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> str:
    """Answer a member's three questions, or tell a stranger what this is."""
    actor = current_actor()
    if actor is not None:
        return render_template("home/index.html", home=load_home(actor))
    rooms = list_rooms(None, limit=OPEN_ROOMS_SHOWN).items
    return render_template("home/welcome.html", rooms=rooms, next_session=find_next_session(None))


@bp.get("/about")
def about() -> str:
    """Say what the platform is, what happens with what people write, and what it is not for."""
    return render_template("home/about.html")
