"""The outbox and what leaves it: written with its cause, sent once, tried again, given up, never with a foreign header."""

from __future__ import annotations

import email
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask
from sqlalchemy import func, select, update

from config import Settings
from social_cme.core import clock
from social_cme.core.errors import Invalid
from social_cme.extensions import db
from social_cme.jobs.mailer import forget_settled_mail, render_mail, send_due_mail
from social_cme.jobs.outbox import ClaimedMail, MailToQueue, OutboxMail, claim_due, queue_mail, queue_mails
from social_cme.persistence.transaction import transaction
from tests.conftest import build_settings
from tests.postgres import free_port

VALUES = {"name": "Ada"}


@pytest.fixture(autouse=True)
def templates(app: Flask, tmp_path: Path) -> None:
    """A mail for tests, beside those of the product."""
    folder = tmp_path / "templates" / "email" / "probe"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Hello {{ name }}\n")
    (folder / "body.txt").write_text("Dear {{ name }},\n{{ url_for('health.alive') }} of {{ site_name }}\n")
    (folder / "body.html").write_text("<p>Dear {{ name }}, {{ url_for('health.alive') }}</p>")
    app.jinja_loader.searchpath.append(str(tmp_path / "templates"))  # type: ignore[union-attr]


def put(recipient: str = "ada@example.org", event: str = "probe", **values: Any) -> None:
    with transaction() as tx:
        queue_mail(tx, recipient=recipient, event=event, values={**VALUES, **values})


def rows() -> list[OutboxMail]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def written(app: Flask) -> list[EmailMessage]:
    folder = Path(app.instance_path) / "mail"
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]  # type: ignore[misc]


# ------------------------------------------------------------------ the outbox


def test_a_mail_leaves_after_the_commit(app: Flask) -> None:
    with transaction() as tx:
        queue_mail(tx, recipient="ada@example.org", event="probe", values=VALUES)
        assert not (Path(app.instance_path) / "mail").exists()
    [message] = written(app)
    assert (message["To"], message["Subject"], message["Auto-Submitted"]) == (
        "ada@example.org",
        "Hello Ada",
        "auto-generated",
    )
    assert message.get_body(("plain",)).get_content() == "Dear Ada,\nhttp://localhost/healthz of Social CME\n"  # type: ignore[union-attr]
    assert message.get_body(("html",)).get_content().strip() == "<p>Dear Ada, http://localhost/healthz</p>"  # type: ignore[union-attr]


def test_a_mail_of_a_transaction_that_failed_never_leaves(app: Flask) -> None:
    def fail() -> None:
        with transaction() as tx:
            queue_mail(tx, recipient="ada@example.org", event="probe", values=VALUES)
            raise Invalid("no")

    with pytest.raises(Invalid):
        fail()
    assert rows() == []
    assert not (Path(app.instance_path) / "mail").exists()


def test_what_a_mail_said_is_forgotten_once_it_is_sent() -> None:
    put(link="https://example.org/a-secret")
    [row] = rows()
    assert row.sent_at is not None
    assert row.values == {}


def test_many_mails_are_queued_in_one_statement(app: Flask, count_queries: Any) -> None:
    with count_queries() as seen, transaction() as tx:
        queue_mails(tx, event="probe", mails=[MailToQueue(f"p{number}@example.org", VALUES) for number in range(50)])
        inserts = [one for one in seen if "outbox_mail" in one]
    assert len(inserts) == 1
    assert len(written(app)) == 50


def test_two_senders_never_take_the_same_mail(app: Flask) -> None:
    app.extensions["jobs"].huey.immediate = False
    for number in range(5):
        put(f"p{number}@example.org")
    first, second = claim_due(limit=3), claim_due(limit=3)
    assert (len(first), len(second)) == (3, 2)
    assert not {one.id for one in first} & {one.id for one in second}
    assert claim_due(limit=3) == []


def test_a_mail_taken_by_a_sender_that_died_comes_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.extensions["jobs"].huey.immediate = False
    put()
    assert len(claim_due(limit=3)) == 1
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    [again] = claim_due(limit=3)
    assert again.attempts == 2


# ------------------------------------------------------------------ what is in it


@pytest.mark.parametrize(
    "name", ["Ada\r\nBcc: eve@example.org", "Ada\nX-Evil: 1", "Ada\u2028Bcc: x", "\x00Ada\x1b[31m"]
)
def test_what_somebody_typed_cannot_add_a_header(app: Flask, name: str) -> None:
    put(name=name)
    [message] = written(app)
    assert set(message.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert "\n" not in message["Subject"]


def test_what_looks_like_a_template_is_only_text(app: Flask) -> None:
    put(name="{{ 7 * 7 }}{% raise %}<script>alert(1)</script>")
    [message] = written(app)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "{{ 7 * 7 }}{% raise %}<script>" in plain.get_content()
    assert "&lt;script&gt;" in html.get_content()


@pytest.mark.parametrize(
    "recipient", ["ada@example.org\r\nBcc: eve@example.org", "not an address", "", "a@b@c", "a@b, c@d"]
)
def test_an_address_that_cannot_be_written_is_given_up_at_once(app: Flask, recipient: str) -> None:
    put(recipient)
    put()
    bad, good = rows()
    assert bad.failed_at is not None
    assert bad.sent_at is None
    assert good.sent_at is not None
    assert len(written(app)) == 1


def test_a_template_that_fails_holds_nobody_else_up(app: Flask) -> None:
    put(event="no_such_mail")
    put()
    missing, good = rows()
    assert (missing.sent_at, missing.failed_at, missing.attempts) == (None, None, 1)
    assert good.sent_at is not None


@pytest.mark.parametrize("event", ["../errors/error", "a/b", "A", ""])
def test_an_event_is_a_name_and_no_path(app: Flask, settings: Settings, event: str) -> None:
    from social_cme.jobs.mailer import UnsendableError

    mail = ClaimedMail(id=1, recipient="a@example.org", event=event, values={}, attempts=1, created_at=clock.now())
    with pytest.raises(UnsendableError):
        render_mail(mail, settings)


def test_every_mail_of_the_product_has_its_three_parts() -> None:
    folders = [path for path in (Path(__file__).parents[2] / "templates" / "email").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {"subject.txt", "body.txt", "body.html"}, folder.name


def test_traces_of_mail_are_deleted_after_a_month() -> None:
    put()
    put("late@example.org")
    with transaction() as tx:
        tx.session.execute(
            update(OutboxMail)
            .where(OutboxMail.recipient == "ada@example.org")
            .values(sent_at=clock.now() - timedelta(days=31))
        )
    forget_settled_mail()
    assert [row.recipient for row in rows()] == ["late@example.org"]


# ------------------------------------------------------------------ a real mail server


class Postbox:
    """What the server of a test does with a mail: keeps it, or refuses it as told."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.refuse_recipient = ""
        self.refuse_data = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.refuse_data:
            return self.refuse_data
        self.kept.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp_port() -> int:
    return free_port()


@pytest.fixture
def postbox(smtp_port: int) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(
        box, hostname="127.0.0.1", port=smtp_port, auth_require_tls=False,
        authenticator=lambda _s, _session, _e, _m, data: AuthResult(
            success=(data.login, data.password) == (b"cme", b"secret")  # type: ignore[union-attr]
        ),
    )  # fmt: skip
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def by_smtp(app: Flask, settings: Settings, smtp_port: int) -> Settings:
    changed = settings.model_copy(
        update={
            "mail_delivery": "smtp", "smtp_host": "127.0.0.1", "smtp_port": smtp_port, "smtp_security": "none",
            "mail_from": "Social CME <noreply@cme.example.org>",
        }
    )  # fmt: skip
    app.extensions["settings"] = changed
    return changed


def test_mail_goes_out_over_one_connection(by_smtp: Settings, postbox: Postbox, app: Flask) -> None:
    with transaction() as tx:
        queue_mails(tx, event="probe", mails=[MailToQueue(f"p{number}@example.org", VALUES) for number in range(3)])
    assert [one.rcpt_tos for one in postbox.kept] == [["p0@example.org"], ["p1@example.org"], ["p2@example.org"]]
    assert {one.mail_from for one in postbox.kept} == {"noreply@cme.example.org"}
    message = email.message_from_bytes(postbox.kept[0].content, policy=default)  # type: ignore[arg-type]
    assert message["Subject"] == "Hello Ada"
    assert all(row.sent_at for row in rows())


def test_the_server_is_logged_in_to_when_there_is_an_account(
    app: Flask, by_smtp: Settings, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("social_cme.jobs.mailer.TIMEOUT_SECONDS", 1)
    app.extensions["settings"] = by_smtp.model_copy(update={"smtp_user": "cme", "smtp_password": "secret"})
    put()
    assert len(postbox.kept) == 1
    app.extensions["settings"] = by_smtp.model_copy(update={"smtp_user": "cme", "smtp_password": "wrong"})
    put()
    assert len(postbox.kept) == 1
    assert rows()[-1].sent_at is None
    assert "secret" not in str(rows()[-1].last_error)


def test_a_server_that_does_not_offer_encryption_gets_nothing(app: Flask, by_smtp: Settings, postbox: Postbox) -> None:
    app.extensions["settings"] = by_smtp.model_copy(update={"smtp_security": "starttls"})
    put()
    assert postbox.kept == []
    assert rows()[0].sent_at is None


def test_a_server_that_is_away_is_tried_again_and_the_mail_goes_out_once(
    by_smtp: Settings, app: Flask, smtp_port: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    put()
    [row] = rows()
    assert (row.sent_at, row.attempts) == (None, 1)
    assert row.values == VALUES
    box: Postbox = request.getfixturevalue("postbox")
    send_due_mail()
    assert box.kept == [], "it is not due yet"
    moment = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    send_due_mail()
    send_due_mail()
    assert len(box.kept) == 1
    assert rows()[0].sent_at is not None


def test_pauses_grow_and_after_three_days_a_mail_is_given_up(
    by_smtp: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    begun = rows()[0].created_at
    pauses, moment = [], clock.now()
    while rows()[0].failed_at is None:
        due = rows()[0].due_at
        pauses.append(due - moment)
        moment = due + timedelta(seconds=1)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        send_due_mail()
        assert len(pauses) < 100
    assert pauses[0] <= timedelta(seconds=30)
    assert max(pauses) <= timedelta(hours=2)
    assert pauses == sorted(pauses)
    assert timedelta(days=3) < moment - begun < timedelta(days=3, hours=3)
    assert rows()[0].values == {}


@pytest.mark.parametrize(("answer", "is_final"), [("450 greylisted", False), ("550 no such user", True)])
def test_a_recipient_refused_for_now_is_tried_again_and_for_good_given_up(
    by_smtp: Settings, postbox: Postbox, answer: str, is_final: bool
) -> None:
    postbox.refuse_recipient = answer
    put()
    [row] = rows()
    assert row.sent_at is None
    assert (row.failed_at is not None) is is_final


def test_a_mail_refused_for_its_content_holds_up_no_other(by_smtp: Settings, postbox: Postbox, app: Flask) -> None:
    app.extensions["jobs"].huey.immediate = False
    put("one@example.org")
    put("two@example.org")
    postbox.refuse_data = "554 looks like spam"
    send_due_mail()
    assert [row.attempts for row in rows()] == [1, 1]
    assert db.session.scalar(select(func.count(OutboxMail.id)).where(OutboxMail.sent_at.is_not(None))) == 0


def test_smtplib_errors_are_what_the_mailer_expects() -> None:
    assert issubclass(smtplib.SMTPException, OSError)


def test_settings_name_what_mail_needs() -> None:
    with pytest.raises(ValueError, match="SMTP_HOST"):
        build_settings(Path("/nowhere"), mail_delivery="smtp")
