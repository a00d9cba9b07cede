"""Log-ins: opened with a password, kept alive by use, ended by the person, a new password or a ban."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from social_cme.accounts.events import LoginEnded
from social_cme.accounts.models import LoginSession, MailedToken, User
from social_cme.core import clock
from social_cme.core.errors import NotFound
from social_cme.core.ids import new_token, token_hash
from social_cme.persistence.transaction import transaction

TOUCH_AFTER = timedelta(minutes=5)
# Known devices are recognized for 90 days; what ended before that serves nobody any more.
KEPT_FOR = timedelta(days=90)


def open_login(user: User, *, lifetime: timedelta, user_agent: str = "", address: str = "") -> str:
    """Open a log-in for *user* and return the secret key that its cookie carries."""
    key = new_token()
    moment = clock.now()
    with transaction() as tx:
        tx.add(
            LoginSession(
                user_id=user.id,
                key_hash=token_hash(key),
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment + lifetime,
                user_agent=user_agent[:300],
                address=address[:45],
            )
        )
    return key


def touch_login(login: LoginSession, *, after: timedelta = TOUCH_AFTER) -> datetime:
    """Note that a log-in was used, at most once in the time *after*, well below the idle limit; return the use on record."""
    moment, known = clock.now(), login.last_seen_at
    if moment - known < after:
        return known
    login_id = login.id
    with transaction() as tx:
        tx.session.execute(
            update(LoginSession)
            .where(LoginSession.id == login_id)
            .values(last_seen_at=moment)
            .execution_options(synchronize_session=False)
        )
    return moment


def end_login(user: User, login_id: int) -> None:
    """End one of *user*'s own log-ins and its sockets; raise ``NotFound`` when it is somebody else's or ended."""
    with transaction() as tx:
        ended = _end(tx.session, [LoginSession.user_id == user.id, LoginSession.id == login_id])
        if not ended:
            raise NotFound
        for one in ended:
            tx.record(LoginEnded(actor_id=user.id, login_id=one))


def end_all_logins(user: User, *, except_id: int | None = None) -> int:
    """End every log-in of *user* but the one given; return how many ended."""
    with transaction() as tx:
        conditions = [LoginSession.user_id == user.id]
        if except_id is not None:
            conditions.append(LoginSession.id != except_id)
        ended = _end(tx.session, conditions)
        for one in ended:
            tx.record(LoginEnded(actor_id=user.id, login_id=one))
    return len(ended)


def forget_old_logins() -> int:
    """Delete log-ins and mailed links that ended long ago, with the addresses in them; return how many log-ins."""
    limit = clock.now() - KEPT_FOR
    with transaction() as tx:
        tx.session.query(MailedToken).filter(MailedToken.expires_at < limit).delete(synchronize_session=False)
        found = tx.session.query(LoginSession).filter(LoginSession.expires_at < limit)
        return found.delete(synchronize_session=False)


def _end(session: Session, conditions: list[ColumnElement[bool]]) -> list[int]:
    ids = list(session.scalars(select(LoginSession.id).where(LoginSession.ended_at.is_(None), *conditions)))
    if ids:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id.in_(ids))
            .values(ended_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return ids
