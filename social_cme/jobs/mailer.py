"""Sends what the outbox holds: renders the templates, then writes a file or talks to the mail server.

Rule: no request ever waits for a mail server, and nothing a person typed can add a header.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from flask import current_app

from config import Settings
from social_cme.core.text import clean_line
from social_cme.jobs.outbox import ClaimedMail, claim_due, forget_old_mail, mark_failed, mark_sent
from social_cme.jobs.queue import job

log = structlog.get_logger(__name__)

BATCH = 20
TIMEOUT_SECONDS = 20
_EVENT = re.compile(r"[a-z0-9_]+\Z")


class UnsendableError(Exception):
    """A mail that will never go out as it is, because its address cannot be written."""


class Transport(Protocol):
    """Something that takes a finished mail."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand *message* over; raise ``OSError`` or ``smtplib.SMTPException`` when that fails."""


@job("jobs.send_mail", every_seconds=30)
def send_due_mail() -> None:
    """Send every mail that is due."""
    settings: Settings = current_app.extensions["settings"]
    while mails := claim_due(limit=BATCH):
        _send_batch(mails, settings)


@job("jobs.forget_mail", every_seconds=24 * 3600)
def forget_settled_mail() -> None:
    """Delete the traces of mails that were settled a month ago."""
    forget_old_mail(older_than=timedelta(days=30))


def render_mail(mail: ClaimedMail, settings: Settings) -> EmailMessage:
    """Build the message from ``templates/email/<event>/{subject.txt,body.txt,body.html}``.

    The templates read their values, ``site_name``, ``site_url`` and ``url_for``, which gives absolute addresses here. What
    people typed is a value, never a template.
    """
    if not _EVENT.match(mail.event):
        raise UnsendableError(f"no such mail: {mail.event!r}")
    texts = _render(mail.event, mail.values, settings)
    message = EmailMessage()
    try:
        message["Subject"] = clean_line(texts["subject.txt"])[:200]
        message["From"] = _address(settings.mail_from)
        message["To"] = Address(addr_spec=mail.recipient)
    except (ValueError, IndexError, MessageError) as error:
        raise UnsendableError(f"an address cannot be written: {error}") from error
    message["Date"] = format_datetime(mail.created_at)
    # The same mail keeps its name when it is sent a second time after a crash, so that mail programs show it once.
    message["Message-ID"] = f"<{mail.event}.{mail.id}.{int(mail.created_at.timestamp())}@{_domain(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(texts["body.txt"].strip() + "\n")
    message.add_alternative(texts["body.html"], subtype="html")
    return message


def _render(event: str, values: dict[str, Any], settings: Settings) -> dict[str, str]:
    parts = urlsplit(settings.site_url)
    addresses = current_app.url_map.bind(parts.netloc, url_scheme=parts.scheme)

    def absolute_url(endpoint: str, **path: Any) -> str:
        return addresses.build(endpoint, path, force_external=True)

    shared = {"site_name": settings.site_name, "site_url": settings.site_url, "url_for": absolute_url}
    folder = f"email/{event}"
    return {
        name: current_app.jinja_env.get_template(f"{folder}/{name}").render({**values, **shared})
        for name in ("subject.txt", "body.txt", "body.html")
    }


def _address(value: str) -> Address:
    name, spec = parseaddr(value)
    return Address(display_name=name, addr_spec=spec)


def _domain(settings: Settings) -> str:
    return urlsplit(settings.site_url).hostname or "localhost"


def _send_batch(mails: list[ClaimedMail], settings: Settings) -> None:
    waiting = list(mails)
    try:
        with _transport(settings) as transport:
            while waiting:
                _send_one(transport, waiting[0], settings)
                waiting.pop(0)
    except (OSError, smtplib.SMTPException) as error:
        # The server cannot be talked to, so the rest of the batch would fail the same way.
        log.warning("mail_not_handed_over", error=repr(error), mails=len(waiting))
        for mail in waiting:
            mark_failed(mail, error=repr(error), is_final=False)


def _send_one(transport: Transport, mail: ClaimedMail, settings: Settings) -> None:
    try:
        message = render_mail(mail, settings)
    except UnsendableError as error:
        log.warning("mail_unsendable", mail_id=mail.id, mail_event=mail.event, error=str(error))
        mark_failed(mail, error=str(error), is_final=True)
        return
    except Exception as error:
        # A template that does not fit is a fault of this version; the next may come within the three days of trying.
        log.exception("mail_not_rendered", mail_id=mail.id, mail_event=mail.event)
        mark_failed(mail, error=type(error).__name__, is_final=False)
        return
    try:
        transport.send(message, f"{mail.id:08d}-{mail.event}")
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        is_final = all(code >= 500 for code in codes)  # 4xx means "later" in SMTP; greylisting works that way.
        log.warning("mail_recipient_refused", mail_id=mail.id, codes=codes)
        mark_failed(mail, error=repr(error), is_final=is_final)
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        log.warning("mail_refused", mail_id=mail.id, code=error.smtp_code)
        mark_failed(mail, error=repr(error), is_final=False)
    else:
        mark_sent(mail)


@contextmanager
def _transport(settings: Settings) -> Iterator[Transport]:
    if settings.mail_delivery == "folder":
        yield _Folder(settings.instance_path / "mail")
        return
    context = ssl.create_default_context()
    connect = (
        smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=context)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
    )
    with connect as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        yield _Smtp(server)


class _Folder:
    """Writes each mail to a file, for development."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, name: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Written under another name first: whoever watches the folder never reads half a mail.
        unfinished = self.folder / f".{name}.part"
        unfinished.write_bytes(message.as_bytes())
        unfinished.replace(self.folder / f"{name}.eml")


class _Smtp:
    """Hands mails to one open connection."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def send(self, message: EmailMessage, name: str) -> None:
        self.server.send_message(message)
