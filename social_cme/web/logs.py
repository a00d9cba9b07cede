"""Structured logs: readable lines in development, one JSON object a line in production."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(*, level: str, form: str) -> None:
    """Send structlog and the standard library's logging to standard error in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if form == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The pretty form prints local variables, and with them what people wrote and the links mailed to them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    for old in [
        one for one in root.handlers if isinstance(one, logging.StreamHandler) and one.get_name() == "social_cme"
    ]:
        root.removeHandler(old)
    handler.set_name("social_cme")
    root.addHandler(handler)
    root.setLevel(level.upper())
    for noisy in ("werkzeug", "socketio", "engineio", "huey", "alembic", "flask-limiter"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
