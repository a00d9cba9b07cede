"""Typed settings, read once and checked at start; the only reader of the environment.

Rule: a wrong setting stops the start with one sentence that names it; nothing else in the product reads ``os.environ``.
"""

from __future__ import annotations

import re
import secrets
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
_HOST = re.compile(r"(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:[0-9]{1,5})?\Z")


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message is one sentence that names it."""


class Settings(BaseSettings):
    """Every setting of the server, with its default for a private try-out on one machine."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    environment: Literal["development", "production", "testing"] = "development"
    site_name: str = Field("Social CME", min_length=1, max_length=60)
    host: str = Field("127.0.0.1", min_length=1, max_length=255)
    port: int = Field(5000, ge=1, le=65535)
    public_url: str = Field("", description="Address under which people reach the server; used in every e-mail link.")
    secret_key: str = Field("", description="Signs cookies and links; at least 32 characters in production.")
    instance_path: Path = ROOT / "instance"
    database_url: str = Field("", description="SQLite file under the instance folder unless set (postgresql://…).")
    redis_url: str = Field("", description="Socket bus, job queue and rate limits across processes; empty: in-process.")
    async_mode: Literal["eventlet", "threading"] = "eventlet"
    fanout: Literal["direct", "stock"] = Field(
        "direct", description="Write live messages straight to each connection, or as the socket library does."
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="Number of reverse proxies whose forwarded headers count.")
    max_connections: int = Field(20_000, ge=100, le=200_000)
    sockets_per_user: int = Field(
        20, ge=1, le=10_000, description="Open live connections of one person, in each process."
    )
    sockets_per_address: int = Field(2_000, ge=1, le=200_000, description="Open live connections from one address.")
    socket_login_seconds: int = Field(10, ge=1, le=60, description="How long a live connection may take to log in.")
    request_timeout_seconds: int = Field(65, ge=5, le=600)
    max_request_kilobytes: int = Field(1024, ge=64, le=1024 * 1024)

    jobs: Literal["embedded", "worker"] = Field(
        "embedded", description="Run jobs in this process, or in 'flask jobs work'."
    )

    mail_delivery: Literal["folder", "smtp"] = "folder"
    mail_from: str = Field("Social CME <noreply@localhost>", min_length=3, max_length=320)
    smtp_host: str = Field("", max_length=255)
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"

    media_storage: Literal["folder", "s3"] = Field("folder", description="Where pictures are kept.")
    media_path: Path | None = Field(
        None, description="Folder for pictures; media under the instance folder unless set."
    )
    media_bucket: str = Field("", max_length=63)
    media_bucket_endpoint: str = Field(
        "", max_length=300, description="Address of an S3-compatible server; empty: AWS."
    )
    media_bucket_region: str = Field("", max_length=60)
    media_bucket_access_key: str = Field("", max_length=200)
    media_bucket_secret_key: str = Field("", max_length=200)
    max_image_kilobytes: int = Field(12 * 1024, ge=64, le=64 * 1024)
    image_quota_megabytes: int = Field(500, ge=1, le=1024 * 1024, description="Stored pictures of one person.")
    max_slides_kilobytes: int = Field(40 * 1024, ge=64, le=512 * 1024, description="The largest PDF of slides.")
    max_slide_pages: int = Field(200, ge=1, le=1000)
    slides_quota_megabytes: int = Field(2048, ge=1, le=1024 * 1024, description="Stored slides of one room.")
    video_frame_hosts: str = Field(
        "", max_length=2000, description="Hosts whose video may be shown in a frame, with commas; empty: by link alone."
    )

    session_idle_minutes: int = Field(60 * 24 * 7, ge=5, le=60 * 24 * 90)
    session_days: int = Field(30, ge=1, le=365)
    identifier_check: Literal["block", "ask", "off"] = Field(
        "block",
        description="Certain identifiers of patients block; 'ask' lets the author decide about all; 'off' publishes.",
    )
    registration: Literal["open", "closed"] = "open"
    rate_limits: bool = Field(default=True, description="Switch off only in load tests.")

    outbound_lookups: bool = Field(
        default=False, description="Ask PubMed and Crossref about the papers that answers name."
    )
    pubmed_url: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    crossref_url: str = "https://api.crossref.org"
    lookup_contact: str = Field("", max_length=254, description="E-mail address that both services ask to be told.")

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @field_validator("database_url", "redis_url", "public_url", "secret_key", mode="before")
    @classmethod
    def _strip(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            return "postgresql+psycopg://" + value.split("://", 1)[1]
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_bus(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator("media_bucket_endpoint")
    @classmethod
    def _store_address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if value.strip() and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be an address such as https://storage.example.org")
        return value.strip().rstrip("/")

    @field_validator("video_frame_hosts")
    @classmethod
    def _plain_hosts(cls, value: str) -> str:
        hosts = [one.strip().lower() for one in value.split(",") if one.strip()]
        if not all(_HOST.match(one) for one in hosts):
            raise ValueError("must be host names with commas, such as meet.example.org, *.bbb.example.org")
        return ",".join(hosts)

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}):
            raise ValueError("must be an address such as https://cme.example.org")
        return value.rstrip("/")

    @field_validator("pubmed_url", "crossref_url")
    @classmethod
    def _service(cls, value: str) -> str:
        parts = urlsplit(value)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or parts.fragment
            or parts.username
        ):
            raise ValueError("must be an address such as https://api.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _production_is_safe(self) -> Settings:
        if self.environment == "production":
            if len(self.secret_key) < 32:
                raise ValueError("SECRET_KEY must be set to at least 32 random characters in production")
            if not self.public_url:
                raise ValueError("PUBLIC_URL must be set in production; e-mail links are built from it")
        if self.mail_delivery == "smtp" and not self.smtp_host:
            raise ValueError("SMTP_HOST must be set when MAIL_DELIVERY is smtp")
        if self.media_storage == "s3" and not self.media_bucket:
            raise ValueError("MEDIA_BUCKET must be set when MEDIA_STORAGE is s3")
        if self.jobs == "worker" and not self.redis_url:
            raise ValueError("REDIS_URL must be set when JOBS is worker")
        return self

    @property
    def database_uri(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.instance_path / 'social_cme.sqlite3'}"

    @property
    def media_folder(self) -> Path:
        """Where pictures are kept when they are kept in a folder."""
        return self.media_path or self.instance_path / "media"

    @property
    def frame_hosts(self) -> tuple[str, ...]:
        """The hosts whose video may be shown in a frame; one that begins with ``*.`` stands for those below it."""
        return tuple(one for one in self.video_frame_hosts.split(",") if one)

    @property
    def site_url(self) -> str:
        """The address that links in e-mail begin with, without a trailing slash."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over https only."""
        return self.site_url.startswith("https://")


def load_settings(**overrides: object) -> Settings:
    """Read and check the settings; *overrides* win over the environment.

    Raises ``ConfigurationError`` with one sentence naming the first wrong setting. In development a missing secret is made
    once and kept in the instance folder, so that log-ins survive a restart.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        text = str(first["msg"]).removeprefix("Value error, ")
        raise ConfigurationError(f"Setting {name}: {text}." if name else f"{text}.") from error
    if not settings.secret_key:
        settings = settings.model_copy(update={"secret_key": _development_secret(settings.instance_path)})
    return settings


def _development_secret(instance: Path) -> str:
    path = instance / "secret_key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text().strip() or secrets.token_urlsafe(48)
    except OSError as error:
        raise ConfigurationError(f"Setting INSTANCE_PATH: {instance} cannot be written ({error.strerror}).") from error


def stop_with(error: ConfigurationError) -> SystemExit:
    """Print the one sentence and return the exit to raise; no trace follows."""
    sys.stderr.write(f"{error}\n")
    return SystemExit(2)
