"""Fixtures shared by all tests: an application on a fresh database, people who are logged in, a query counter.

Rule: real databases, real sessions, no mocks. Every test has its own copy of a migrated database.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.sansio.blueprints import BlueprintSetupState
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_socketio import SocketIOTestClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import URL, Engine, Pool, event
from werkzeug.routing import Map, RuleFactory
from werkzeug.test import TestResponse

from config import Settings
from social_cme.accounts import passwords
from social_cme.accounts.models import User
from social_cme.app import ROOT, create_app
from social_cme.extensions import db, limiter, socketio
from social_cme.persistence.delivery import deliver_pending
from social_cme.web.assets import asset_version
from tests import postgres, redis_server
from tests.factories import Factory
from tests.server import Server


class _Routes(Map):
    """The routes of all applications of a run: they are the same, and to compile them takes longer than most tests."""

    is_complete = False

    def add(self, rulefactory: RuleFactory) -> None:
        """Take the rules of the first application, and nothing from those after it."""
        if not self.is_complete:
            super().add(rulefactory)


class _Templates(BytecodeCache):
    """Templates compiled once in a run; the key includes a checksum of the source."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what was compiled before."""
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.codes[bucket.key] = bucket.bytecode_to_string()


class _Client(FlaskClient):
    """A browser that reads every answer to its end and closes it, as a server in front of the application does."""

    def open(self, *arguments: Any, buffered: bool = True, **options: Any) -> TestResponse:
        """Ask for a page."""
        return super().open(*arguments, buffered=buffered, **options)


def _add_view(
    state: BlueprintSetupState, _rule: str, endpoint: str | None = None, view_func: Any = None, **_: Any
) -> None:
    """Add what answers a route that is known already."""
    name = f"{state.name_prefix}.{state.name}.{endpoint or view_func.__name__}".lstrip(".")
    state.app.view_functions[name] = view_func


_asset_version = cache(asset_version)
_routes = _Routes()
_templates = _Templates()
# What SQLAlchemy compiled for one test's engine serves the next one's: the statements and the dialect are the same.
_first_engines: dict[str, Engine] = {}
# A connection to PostgreSQL learns the tables it is asked about; to open one anew takes longer than most tests ask it for.
_open_pools: dict[URL, Pool] = {}


def _share_compiled(application: Flask) -> None:
    with application.app_context():
        engine = db.engine
    first = _first_engines.setdefault(engine.dialect.name, engine)
    if first is not engine:
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
    if engine.dialect.name == "postgresql":
        engine.pool = _open_pools.setdefault(engine.url, engine.pool)
        engine.pool._pre_ping = (
            False  # The server of a run does not go away; where a test sees to that, it has its own pool.
        )


def _let_go(engine: Engine) -> None:
    """Close what a test has opened, but for the connections that the next one on the same database goes on with."""
    pool = _open_pools.get(engine.url)
    if pool is None or pool is not engine.pool or pool.checkedout():  # type: ignore[attr-defined]
        _open_pools.pop(engine.url, None)
        engine.dispose()


def build_app(settings: Settings, *, own_routes: bool = False) -> Flask:
    """Build an application as the server does, with routes and templates compiled once in a run.

    A test that adds routes needs *own_routes*.
    """
    with pytest.MonkeyPatch.context() as patch:
        # No file changes while tests run; in one process the digest of all of them is made once.
        patch.setattr("social_cme.app.asset_version", _asset_version)
        if not own_routes:
            patch.setattr(Flask, "url_map_class", lambda *_arguments, **_options: _routes)
        if _routes.is_complete and not own_routes:
            patch.setattr(BlueprintSetupState, "add_url_rule", _add_view)
        application = create_app(settings)
    _routes.is_complete |= not own_routes
    application.jinja_env.bytecode_cache = _templates
    application.test_client_class = _Client
    _share_compiled(application)
    return application


EMPTY_TEMPLATE = "template_social"
_MEMORY = Path("/dev/shm")
_MEMORY_NEEDED = 4 * 2**30


# How fast a machine makes examples says nothing about the product, and every run is to try the same ones.
hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")


REAL_HASHING = passwords._hasher, passwords.NOBODY
_quick_hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def pytest_configure(config: pytest.Config) -> None:
    """Put the databases of the tests into memory where there is enough, and hash passwords with little work.

    Servers in processes of their own hash as they always do, and so do the tests of hashing itself.
    """
    passwords._hasher, passwords.NOBODY = _quick_hasher, _quick_hasher.hash("known to nobody")
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _MEMORY_NEEDED:
        # What the tests ask of a disk is what the system says was written; to wait for a real one would double their time.
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


def pytest_collection_finish() -> None:
    """Let the collector of memory, which had nothing to find so far, leave alone what was imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same tests run on either database."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


# Pages, API and socket messages are faces of the same services, whatever the database is. What they ask of PostgreSQL is met by
# the tests of queries and services, of every fact, of the gateway and of the whole API, and by the demonstration, whose every page
# is opened.
_FACES = re.compile(
    r"/(?!realtime/)\w+/(test_(views|api|sockets)(_\w+)?|test_\w+_(views|pages|api|sockets)|test_printing|test_mails?)\.py$"
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of a run what belongs to the other database.

    Out of that on PostgreSQL what never opens a database and what only looks at a face; out of that on SQLite what tries very
    many inputs and is the more telling on PostgreSQL, where that is installed.
    """
    on_sqlite = config.getoption("--database") == "sqlite"
    has_other = postgres.programs() is not None

    def belongs(item: pytest.Item) -> bool:
        if on_sqlite:
            return not has_other or item.get_closest_marker("postgresql_first") is None
        opens = {"database_url", "template_database", "postgres_server"} & set(item.fixturenames)  # type: ignore[attr-defined]
        return bool(opens) and not _FACES.search(str(item.path)) and item.get_closest_marker("sqlite_only") is None

    config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])
    items[:] = [item for item in items if belongs(item)]


@pytest.fixture(scope="session")
def need() -> Callable[[str], None]:
    """Skip with the way to get what is missing; on the build server that is a failure."""

    def missing(how: str) -> None:
        if os.environ.get("CI") == "true":
            pytest.fail(how, pytrace=False)
        pytest.skip(how)

    return missing


@pytest.fixture(scope="session")
def postgres_server(need: Callable[[str], None]) -> Iterator[str]:
    """Address of a real PostgreSQL server of this run."""
    if postgres.programs() is None:
        need(postgres.HOW_TO)
    with postgres.running_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(need: Callable[[str], None]) -> Iterator[str]:
    """Address of a real Redis server of this run."""
    if not redis_server.is_installed():
        need(redis_server.HOW_TO)
    with redis_server.running_server() as url:
        yield url


def build_settings(instance: Path, **overrides: Any) -> Settings:
    """Return test settings; the environment of the developer does not leak in."""
    values: dict[str, Any] = {
        "environment": "testing",
        "secret_key": "only-for-tests-only-for-tests-only-for-tests",
        "instance_path": instance,
        "async_mode": "threading",
        "rate_limits": False,
        "log_level": "error",
        "mail_delivery": "folder",
        "redis_url": "",
        "public_url": "http://localhost",
        **overrides,
    }
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


@pytest.fixture(scope="session")
def template_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated empty database: a file path, or a database name on the PostgreSQL server."""
    folder = tmp_path_factory.mktemp("template")
    if request.config.getoption("--database") == "sqlite":
        migrate_database(build_settings(folder, database_url=f"sqlite:///{folder / 'template.sqlite3'}"))
        return str(folder / "template.sqlite3")
    server = request.getfixturevalue("postgres_server")
    migrate_database(build_settings(folder, database_url=postgres.create_database(server, EMPTY_TEMPLATE)))
    return EMPTY_TEMPLATE


def migrate_database(settings: Settings) -> None:
    """Bring an empty database to the present schema."""
    app = create_app(settings)
    with app.app_context():
        if any((ROOT / "migrations" / "versions").glob("*.py")):
            upgrade()
        else:
            db.create_all()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


@pytest.fixture(scope="session")
def spare_databases(postgres_server: str) -> Iterator[postgres.Spare]:
    """The databases on PostgreSQL that tests have one after the other."""
    spare = postgres.Spare(postgres_server, EMPTY_TEMPLATE)
    yield spare
    spare.close()
    for pool in _open_pools.values():
        pool.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, template_database: str, tmp_path: Path) -> Iterator[str]:
    """Address of this test's own database."""
    if request.config.getoption("--database") == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copyfile(template_database, path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    if template_database != EMPTY_TEMPLATE:
        # A database that is full from the beginning is copied and thrown away.
        name = f"test_{uuid4().hex}"
        yield postgres.create_database(server, name, template=template_database)
        postgres.drop_database(server, name)
        return
    spare: postgres.Spare = request.getfixturevalue("spare_databases")
    name = spare.take()
    yield f"{server}/{name}"
    spare.give_back(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of the application under test; a test module may override this fixture."""
    return build_settings(tmp_path / "instance", database_url=database_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on its own database, inside an application context."""
    with opened(build_app(settings)) as application:
        yield application


@contextmanager
def opened(application: Flask) -> Iterator[Flask]:
    """Enter the application's context, and leave nothing of it behind."""
    # All requests of a test share its application context; what one left in ``g`` (who is logged in, the CSRF token) must not
    # reach the next.
    application.before_request_funcs.setdefault(None, []).insert(0, _fresh_globals)
    with application.app_context():
        if limiter.enabled:
            limiter.reset()
        yield application
        db.session.remove()
        _let_go(db.engine)


def _fresh_globals() -> None:
    for name in list(g):
        g.pop(name)


@pytest.fixture
def make(app: Flask) -> Factory:
    """Makes users, rooms, threads and the rest through the real services."""
    return Factory(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a log-in."""
    return app.test_client()


@pytest.fixture
def login(app: Flask, make: Factory) -> Callable[[User], FlaskClient]:
    """Return a browser that is logged in as the given person."""

    def open_browser(user: User) -> FlaskClient:
        browser = app.test_client()
        make.log_in(browser, user)
        return browser

    return open_browser


@pytest.fixture
def connect(app: Flask, make: Factory) -> Iterator[Callable[[User], SocketIOTestClient]]:
    """Return a connected socket of the given person; all are closed at the end."""
    opened: list[SocketIOTestClient] = []

    def open_socket(user: User) -> SocketIOTestClient:
        browser = app.test_client()
        make.log_in(browser, user)
        one = socketio.test_client(app, flask_test_client=browser)
        assert one.is_connected()
        opened.append(one)
        return one

    yield open_socket
    for one in opened:
        if one.is_connected():
            one.disconnect()


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[Server]:
    """A real server process on this test's data, yet to be started; what the test plants with ``make`` is there."""
    one = Server(settings)
    yield one
    one.kill()


@pytest.fixture
def deliver() -> Callable[[], int]:
    """Bring the facts written so far to their listeners, as the server does after each commit."""
    return deliver_pending


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], Any]:
    """Count the statements sent to the database: ``with count_queries() as seen: …; len(seen)``."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
