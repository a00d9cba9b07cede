"""Marking a profession as verified, with who looked at which proof, and taking that back.

Rule: only the profession that the profile says now is verified; whoever changes it starts again.
"""

from __future__ import annotations

from sqlalchemy import select

from social_cme.accounts.enums import AccountState
from social_cme.accounts.events import ProfessionVerified, VerificationWithdrawn
from social_cme.accounts.models import ProfessionVerification, User
from social_cme.accounts.policies import can_administer, can_vouch_for
from social_cme.core import clock
from social_cme.core.errors import Conflict, Invalid, NotFound
from social_cme.core.permissions import require
from social_cme.core.text import clean_line
from social_cme.persistence.transaction import Transaction, transaction

EVIDENCE_LIMIT = 500


def verify_profession(*, actor: User | None, user_id: int, evidence: str) -> ProfessionVerification:
    """Mark somebody's profession as verified; by administrators, and by the operator (``actor`` is ``None``)."""
    with transaction():
        require(can_administer(actor))
        return vouch_for(actor=actor, user_id=user_id, evidence=evidence)


def unverify_profession(*, actor: User | None, user_id: int) -> None:
    """Take a verification back; by administrators, and by the operator."""
    with transaction():
        require(can_administer(actor))
        withdraw_voucher(actor=actor, user_id=user_id)


def vouch_for(*, actor: User | None, user_id: int, evidence: str) -> ProfessionVerification:
    """Write a verification for a caller who has checked that *actor* may verify this person; never oneself.

    *evidence* says what was looked at. Raises ``Conflict`` when there is nothing to verify or it is verified already.
    """
    text = clean_line(evidence[: EVIDENCE_LIMIT * 4])
    if not text or len(text) > EVIDENCE_LIMIT:
        raise Invalid(fields={"evidence": [f"Say in at most {EVIDENCE_LIMIT} characters which proof you have seen."]})
    with transaction() as tx:
        user = _access(tx, user_id)
        require(can_vouch_for(actor, user))
        if user.state != AccountState.ACTIVE:
            raise Conflict("Only a confirmed account can be verified.")
        if user.profession is None:
            raise Conflict("The profile names no profession yet, so there is nothing to verify.")
        if user.is_verified:
            raise Conflict("This profession is verified already.")
        row = ProfessionVerification(
            user_id=user.id,
            profession=user.profession,
            evidence=text,
            verified_by_id=actor.id if actor is not None else None,
        )
        _withdraw_rows(tx, user, actor)
        tx.add(row)
        user.verified_profession = user.profession
        tx.record(
            ProfessionVerified(
                actor_id=actor.id if actor is not None else None, user_id=user.id, profession=user.profession
            )
        )
        return row


def withdraw_voucher(*, actor: User | None, user_id: int) -> None:
    """Take a verification back for a caller who has checked that *actor* may; none is a ``Conflict``."""
    with transaction() as tx:
        user = _access(tx, user_id)
        require(can_vouch_for(actor, user))
        if not _withdraw_rows(tx, user, actor):
            raise Conflict("This profession is not verified.")
        user.verified_profession = None
        tx.record(VerificationWithdrawn(actor_id=actor.id if actor is not None else None, user_id=user.id))


def _access(tx: Transaction, user_id: int) -> User:
    statement = select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    user = tx.session.scalar(statement)
    if user is None:
        raise NotFound
    return user


def _withdraw_rows(tx: Transaction, user: User, actor: User | None) -> int:
    rows = tx.session.scalars(
        select(ProfessionVerification).where(
            ProfessionVerification.user_id == user.id, ProfessionVerification.withdrawn_at.is_(None)
        )
    ).all()
    for row in rows:
        row.withdrawn_at, row.withdrawn_by_id = clock.now(), actor.id if actor is not None else None
    tx.session.flush()
    return len(rows)
