"""Serves the application: brings the database up to date, opens the port, starts the jobs, prints where to go.

Rule: what keeps the server from starting is one sentence that names it, never a trace.
"""

from __future__ import annotations

import errno
import gc
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from redis import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.serving import WSGIRequestHandler

from config import ConfigurationError, Settings, load_settings, stop_with
from social_cme.app import create_app
from social_cme.core.errors import AppError
from social_cme.demo.screen import offer_demo
from social_cme.extensions import db, migrate, socketio
from social_cme.jobs.runner import JobRunner
from social_cme.realtime.setup import watch_sockets

STOP_SECONDS = 15
# A full collection walks through everything that a thousand connections hold and stops all of them for that long; what requests
# leave behind is young and goes with the frequent small ones.
COLLECT_AFTER = (2_000, 5, 1_000)


class CannotStart(Exception):
    """The server cannot start; the message is the sentence that says why and what to do."""


def serve(app: Flask, settings: Settings, *, demo: bool) -> int:
    """Serve *app* until it is interrupted; return the exit status.

    Outside production the database is migrated first; *demo* adds the demo content to an empty database.
    """
    try:
        listener = _open_port(settings)
        _prepare_data(app, settings)
        accounts = _load_demo(app, settings) if demo else ""
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 2
    runner = JobRunner(app) if settings.jobs == "embedded" else None
    if runner is not None:
        runner.start()
    socketio.start_background_task(watch_sockets, app)
    sys.stdout.write(f"\n{settings.site_name} is at {_shown_address(settings)}\n{accounts}Stop it with Ctrl+C.\n\n")
    sys.stdout.flush()
    _spare_the_collector()
    with suppress(KeyboardInterrupt):
        _server_of(settings)(app, settings, listener)
    if runner is not None:
        runner.stop()
    sys.stdout.write("\nStopped.\n")
    return 0


def _spare_the_collector() -> None:
    """Take the modules and the application, which stay to the end, out of what is searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def command_app() -> Flask:
    """Build the application for the command line, which needs no event loop."""
    # The limiter registers commands of its own, which are of no use to an operator here; the command line has loaded them.
    foreign = sys.modules.get("flask_limiter.commands")
    if foreign is not None:
        foreign.cli.hidden = True
    try:
        return create_app(load_settings(async_mode="threading"))
    except ConfigurationError as error:
        raise stop_with(error) from None


def _shown_address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _open_port(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        where = f"Port {settings.port} on {settings.host}"
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(f"{where} is in use. Stop what runs there or set PORT.") from None
        if error.errno == errno.EACCES:
            raise CannotStart(f"{where} may not be opened by this account. Set PORT to 1024 or above.") from None
        raise CannotStart(f"{where} cannot be opened ({error.strerror}). Check HOST and PORT.") from None
    return listener


def _prepare_data(app: Flask, settings: Settings) -> None:
    with app.app_context():
        try:
            if settings.environment == "production":
                _refuse_old_schema()
            else:
                upgrade()
        except (OperationalError, PoolTimeout):
            raise CannotStart("The database cannot be reached. Check DATABASE_URL and that it runs.") from None
        except OSError as error:
            raise CannotStart(f"The database file cannot be opened ({error.strerror}). Check DATABASE_URL.") from None
        finally:
            db.session.remove()
        try:
            app.extensions["jobs"].check()
        except RedisError:
            raise CannotStart("Redis cannot be reached. Check REDIS_URL and that it runs.") from None
        except (sqlite3.Error, OSError):
            raise CannotStart("The file of the job queue cannot be opened. Check INSTANCE_PATH.") from None


def _load_demo(app: Flask, settings: Settings) -> str:
    """Bring the demo content in, where there is nothing else, and return its accounts as lines for the screen."""
    if settings.environment == "production":
        raise CannotStart("The demo content has accounts with a known password. Start production without --demo.")
    with app.app_context():
        try:
            accounts = offer_demo()
        except AppError as error:
            raise CannotStart(error.message) from None
        except KeyboardInterrupt:
            raise CannotStart("\nStopped. The next start goes on loading where this one ended.") from None
        finally:
            db.session.remove()
    return f"\n{accounts}\n\n" if accounts else ""


def _refuse_old_schema() -> None:
    folder = ScriptDirectory(str(migrate.directory))
    with db.engine.connect() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    if present != set(folder.get_heads()):
        raise CannotStart("The database is not up to date with this version. Run 'flask db upgrade' first.")


def _server_of(settings: Settings) -> Callable[[Flask, Settings, socket.socket], None]:
    return _serve_with_eventlet if settings.async_mode == "eventlet" else _serve_with_threads


def _serve_with_eventlet(app: Flask, settings: Settings, listener: socket.socket) -> None:
    import eventlet.wsgi  # noqa: PLC0415 - the command line shares this module and knows no event loop

    _stop_greenly()
    # Without max_size eventlet stops answering at 1,024 open connections, and an open socket is one of them.
    eventlet.wsgi.server(
        listener,
        app,
        max_size=settings.max_connections,
        socket_timeout=settings.request_timeout_seconds,
        log_output=False,
        debug=False,
    )


def _stop_greenly() -> None:
    """Let Ctrl+C and SIGTERM end the accept loop, wherever the hub happens to be; open requests are finished first."""
    from eventlet import getcurrent  # noqa: PLC0415 - as above
    from eventlet.hubs import get_hub  # noqa: PLC0415 - as above

    serving = getcurrent()

    def stop(_number: int, _frame: FrameType | None) -> None:
        get_hub().schedule_call_global(0, serving.throw, KeyboardInterrupt())
        # What has not finished by then is cut off; acknowledged work is committed, and jobs come back after the next start.
        get_hub().schedule_call_global(STOP_SECONDS, os._exit, 0)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _serve_with_threads(app: Flask, settings: Settings, listener: socket.socket) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    listener.close()
    socketio.run(
        app,
        host=settings.host,
        port=settings.port,
        use_reloader=False,
        allow_unsafe_werkzeug=True,
        request_handler=_Requests,
    )


class _Requests(WSGIRequestHandler):
    """Requests as the threaded server reads them."""

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:
        """Read no further request from a connection that was a websocket; what is still in it are frames."""
        self.close_connection = True

    def log(self, type: str, message: str, *arguments: object) -> None:
        """Log nothing of what clients send; what fails in answering is logged where it does."""
