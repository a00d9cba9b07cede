"""Serves the application: checks the port, brings the database up to date, prints where to go."""

from __future__ import annotations

import errno
import socket
import sys

from flask import Flask
from flask_migrate import upgrade

from config import Settings
from social_cme.extensions import socketio


def serve(app: Flask, settings: Settings, *, demo: bool) -> int:
    """Serve *app* until it is interrupted; return the exit status.

    Outside production the database is migrated first; *demo* adds the demo content to an empty database.
    """
    if not _port_is_free(settings.host, settings.port):
        sys.stderr.write(f"Port {settings.port} on {settings.host} is in use. Stop what runs there or set PORT.\n")
        return 2
    with app.app_context():
        if settings.environment != "production":
            upgrade()
    where = f"http://{settings.host}:{settings.port}"
    sys.stdout.write(f"\n{settings.site_name} is at {where}\nStop it with Ctrl+C.\n\n")
    sys.stdout.flush()
    options = {}
    if settings.async_mode == "eventlet":
        options = {"max_size": settings.max_connections, "socket_timeout": settings.request_timeout_seconds, "log_output": False}
    else:
        options = {"allow_unsafe_werkzeug": True}
    try:
        socketio.run(app, host=settings.host, port=settings.port, use_reloader=False, **options)
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
    return 0


def _port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True
