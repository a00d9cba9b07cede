"""What was written for the demonstration, and how to find it in the database."""

from __future__ import annotations

from sqlalchemy import func, select

from social_cme.accounts.models import User
from social_cme.accounts.queries import find_user_by_email
from social_cme.demo.queries import read_world
from social_cme.extensions import db

WORLD = read_world()
ANSWERS = [answer for thread in WORLD.threads for answer in thread.answer]
ENDED, COMING, ROTATING = WORLD.sessions


def count(model: type, **values: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**values)) or 0


def person(key: str) -> User:
    text = next(one for one in WORLD.people if one.key == key)
    user = find_user_by_email(text.email)
    assert user is not None
    return user
