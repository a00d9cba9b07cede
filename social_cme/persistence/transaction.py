"""The one way to write: ``with transaction() as tx``.

Rule: rows and facts are committed together or not at all, and nothing leaves the process before the commit. Nested calls
join the outermost, which alone commits; callbacks run after that, never when a savepoint is released.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from flask import current_app
from sqlalchemy import String, UniqueConstraint, bindparam, select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from social_cme.core.errors import AppError, Conflict, Unavailable
from social_cme.core.events import Event
from social_cme.extensions import db
from social_cme.persistence import facts
from social_cme.persistence.base import BigId, Model, PrimaryKey, Timestamped, foreign_key
from social_cme.persistence.inserting import PreparedInsert

log = structlog.get_logger(__name__)

# One writer at a time inside a process: green threads that wait here yield, while SQLite's own busy wait would stop them all.
_writer_lock = threading.Lock()
LOCK_WAIT_SECONDS = 10.0

Result = TypeVar("Result")


class ClientRequest(Model, Timestamped):
    """A request that a client named itself; a repeat finds the first result here."""

    __tablename__ = "client_request"
    __table_args__ = (UniqueConstraint("actor_id", "client_id", "scope"),)

    id: Mapped[PrimaryKey]
    actor_id: Mapped[int] = foreign_key("user_account.id", index=False)
    client_id: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[int | None] = mapped_column(BigId)


_CLAIM = PreparedInsert(ClientRequest, lambda insert: insert.on_conflict_do_nothing().returning(ClientRequest.id))
_KNOWN = select(ClientRequest.object_id).where(
    ClientRequest.actor_id == bindparam("actor_id"),
    ClientRequest.client_id == bindparam("client_id"),
    ClientRequest.scope == bindparam("scope"),
)
_SETTLE = (
    update(ClientRequest)
    .where(ClientRequest.id == bindparam("of_request"))
    .values(object_id=bindparam("result"))
    .execution_options(synchronize_session=False)
)


@dataclass(slots=True)
class Claim:
    """Right to carry out a client's request; ``object_id`` is set when it was carried out before."""

    session: Session
    request_id: int | None
    object_id: int | None

    def settle(self, object_id: int) -> None:
        """Remember the result, so that a repeat returns it."""
        if self.request_id is not None:
            self.session.execute(_SETTLE, {"of_request": self.request_id, "result": object_id})


class Transaction:
    """What a service holds while it writes."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._events: list[Event] = []
        self._callbacks: list[Callable[[], object]] = []
        self._refusal_callbacks: list[Callable[[], object]] = []

    def record(self, event: Event) -> None:
        """Add a fact; it gets its number when the outermost transaction ends."""
        self._events.append(event)

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Run *callback* once everything is safely committed; it never runs when the transaction fails."""
        self._callbacks.append(callback)

    def after_refusal(self, callback: Callable[[], object]) -> None:
        """Run *callback* when the transaction ends with a refusal, after it was rolled back; it may write on its own."""
        self._refusal_callbacks.append(callback)

    def add(self, row: Model) -> None:
        """Add a row and flush it, so that its id is known."""
        self.session.add(row)
        self.session.flush()

    def savepoint(self) -> AbstractContextManager[Any]:
        """Open a savepoint: a failure inside it undoes only what was done inside it."""
        return self.session.begin_nested()

    def attempt(self, command: Callable[[], Result]) -> Result:
        """Carry out *command* in a savepoint: when it fails, its rows, facts and callbacks are gone and it alone."""
        recorded, called = len(self._events), len(self._callbacks)
        try:
            with self.savepoint():
                return command()
        except BaseException:
            del self._events[recorded:], self._callbacks[called:]
            raise

    def claim(self, actor_id: int, client_id: str | None, scope: str, *, object_id: int | None = None) -> Claim:
        """Take a client's request for *scope* once; a repeat gets the first result's ``object_id``.

        Without a client id every call is new. Two requests at once: the second waits for the first and finds its result. Where
        the result is known beforehand, *object_id* settles the claim at once.
        """
        if client_id is None:
            return Claim(self.session, None, None)
        values = {"actor_id": actor_id, "client_id": client_id, "scope": scope}
        request_id = self.session.scalar(_CLAIM.of(self.session), {**values, "object_id": object_id})
        if request_id is None:
            return Claim(self.session, None, self.session.scalar(_KNOWN, values))
        return Claim(self.session, request_id if object_id is None else None, None)

    def _finish(self) -> list[facts.FactRecord]:
        self.session.flush()
        return facts.append(self.session, self._events)


def in_transaction() -> bool:
    """Tell whether the current context is inside ``transaction()``."""
    return "transaction" in db.session().info


@contextmanager
def transaction() -> Iterator[Transaction]:
    """Open the write transaction of this context, or join the one that is open.

    On entering the outermost, everything read before is forgotten, so that checks made inside see the present state. Raises
    ``Unavailable`` when the database cannot be written within ten seconds and ``Conflict`` when it had to choose between two
    writers.
    """
    session: Session = db.session()
    joined: Transaction | None = session.info.get("transaction")
    if joined is not None:
        yield joined
        return
    tx = Transaction(session)
    try:
        with _one_writer(session):
            session.info["transaction"] = tx
            try:
                _begin(session)
                yield tx
                records = tx._finish()
                session.commit()
            except DBAPIError as error:
                session.rollback()
                raise _translate(error) from error
            except BaseException:
                session.rollback()
                raise
            finally:
                session.info.pop("transaction", None)
    except AppError:
        for callback in tx._refusal_callbacks:
            _guarded(callback)
        raise
    _after_commit(tx, records)


def carry_out_together(commands: Sequence[Callable[[], Result]]) -> list[Result | Exception]:
    """Carry out several people's commands in one transaction, with one commit for all of them.

    Each stands alone: it reads everything anew, and one that is refused or fails changes nothing and appears in the results as
    its error. Raises as ``transaction()`` does when the commit fails; then none of them was carried out.
    """
    results: list[Result | Exception] = []
    with transaction() as tx:
        for command in commands:
            tx.session.expire_all()
            try:
                results.append(tx.attempt(command))
            except OperationalError:
                raise
            except DBAPIError as error:
                results.append(_translate(error))
            except Exception as error:  # noqa: BLE001 - handed to the caller, who answers for this command
                results.append(error)
    for callback in tx._refusal_callbacks:
        _guarded(callback)
    return results


def _one_writer(session: Session) -> AbstractContextManager[Any]:
    if session.get_bind().dialect.name != "sqlite":
        return nullcontext()
    return _acquired(_writer_lock)


@contextmanager
def _acquired(lock: threading.Lock) -> Iterator[None]:
    if not lock.acquire(timeout=LOCK_WAIT_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        lock.release()


def _begin(session: Session) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside transaction()")
    session.rollback()
    session.expire_all()
    if session.get_bind().dialect.name != "sqlite":
        return
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    pause = 0.005
    while True:
        try:
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        except OperationalError as error:
            session.rollback()
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 0.1)
        else:
            return


def _translate(error: DBAPIError) -> Exception:
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate in {"40001", "40P01"}:
        return Conflict("Somebody changed this at the same moment. Please try again.")
    if isinstance(error, OperationalError):
        log.warning("database_unavailable", error=str(error.orig))
        return Unavailable()
    return error


def _after_commit(tx: Transaction, records: list[facts.FactRecord]) -> None:
    """Publish and call back; what was committed stays committed whatever fails here."""
    for callback in tx._callbacks:
        _guarded(callback)
    if records:
        for hook in current_app.extensions.get("fact_hooks", ()):
            _guarded(lambda hook=hook: hook(records))  # type: ignore[misc]


def _guarded(callback: Callable[[], object]) -> None:
    try:
        callback()
    except Exception:
        # The commit has happened and was acknowledged; the relay and the clients' catch-up heal what failed here.
        log.exception("after_commit_failed")
