"""Builds the application: extensions, features, error pages, start-up checks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, load_settings
from social_cme import registry
from social_cme.accounts.enums import label
from social_cme.extensions import compress, csrf, db, limiter, login_manager, migrate, socketio
from social_cme.jobs.commands import jobs
from social_cme.jobs.delivery import wake_delivery
from social_cme.jobs.runner import bind_jobs
from social_cme.persistence.database import engine_options, prepare_engine
from social_cme.realtime.endings import end_rights
from social_cme.realtime.fanout import client_manager
from social_cme.realtime.publishing import publish
from social_cme.realtime.transport import MAX_MESSAGE, library_logger
from social_cme.web import health
from social_cme.web.assets import LIFETIME, asset_version
from social_cme.web.converters import register_converters
from social_cme.web.errors import register_error_handlers
from social_cme.web.headers import register_headers
from social_cme.web.logs import configure_logs
from social_cme.web.templating import register_templating
from social_cme.web.uploads import register_uploads

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """Build a ready application from *settings*, read from the environment unless given."""
    settings = settings or load_settings()
    configure_logs(level=settings.log_level, form=settings.log_format)
    app = Flask(
        "social_cme",
        root_path=str(ROOT / "social_cme"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        static_url_path=f"/static/{asset_version(ROOT / 'static')}",
        instance_path=str(settings.instance_path.resolve()),
    )
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    app.config.from_mapping(flask_config(settings))
    app.extensions["settings"] = settings
    register_converters(app)
    register_headers(app, secure=settings.secure_cookies)
    # A form that carries a picture carries its text as well.
    beside = settings.max_request_kilobytes
    largest = {"picture": settings.max_image_kilobytes, "slides": settings.max_slides_kilobytes}
    register_uploads(app, limits={kind: (most + beside) * 1024 for kind, most in largest.items()})
    _bind_extensions(app, settings)
    if settings.trusted_proxies:
        # Outermost, around the socket server too, so that its limits and its origin check see the real client.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    register_error_handlers(app)
    register_templating(app, {"site_name": settings.site_name, "label": label})
    app.jinja_env.filters["label"] = label
    app.register_blueprint(health.bp)
    app.cli.add_command(jobs)
    registry.plug_in(app)
    return app


def flask_config(settings: Settings) -> dict[str, object]:
    """Translate the settings into Flask's and its extensions' configuration keys."""
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "testing",
        "SQLALCHEMY_DATABASE_URI": settings.database_uri,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_uri),
        "MAX_CONTENT_LENGTH": settings.max_request_kilobytes * 1024,
        "MAX_FORM_MEMORY_SIZE": settings.max_request_kilobytes * 1024,
        "MAX_FORM_PARTS": 500,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.secure_cookies else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
        "SEND_FILE_MAX_AGE_DEFAULT": LIFETIME,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": settings.secure_cookies,
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": True,
        "RATELIMIT_STRATEGY": "moving-window",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(settings.redis_url),
        "COMPRESS_MIMETYPES": [
            "text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml",
            "application/problem+json", "application/manifest+json", "text/csv",
        ],
        "COMPRESS_ALGORITHM": ["gzip"],
        "COMPRESS_MIN_SIZE": 600,
    }  # fmt: skip


def _bind_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    prepare_engine(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    socketio.init_app(
        app,
        async_mode=settings.async_mode,
        **client_manager(settings),
        cors_allowed_origins=settings.public_url or None,
        async_handlers=False,
        transports=["websocket"],
        max_http_buffer_size=MAX_MESSAGE,
        ping_interval=20,
        ping_timeout=20,
        manage_session=False,
        logger=library_logger(),
        engineio_logger=library_logger(),
    )
    bind_jobs(app, settings)
    app.extensions["fact_hooks"] = [publish, end_rights, wake_delivery]

    @app.teardown_request
    def _forget(_error: BaseException | None) -> None:
        g.pop("token_scopes", None)
