"""Starts a real PostgreSQL server on a free port for a test run, and makes throw-away databases on it.

Rule: nothing on the machine is touched but a folder of our own; without the server's programs the caller is told how to get
them.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

HOW_TO = "PostgreSQL is not installed here; on Debian: apt-get install postgresql"


def programs() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, the newest version found."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    return Path(on_path).parent if on_path else (found[0].parent if found else None)


def free_port() -> int:
    """Return a TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server() -> Iterator[str]:
    """Run a server and yield its address without a database name: ``postgresql://tester@127.0.0.1:PORT``."""
    bin_folder = programs()
    if bin_folder is None:
        raise FileNotFoundError(HOW_TO)
    folder = Path(tempfile.mkdtemp(prefix="social-cme-postgres-"))
    # PostgreSQL refuses to run as root; its own account owns the folder then.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=folder,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
        )

    port = free_port()
    data = folder / "data"
    try:
        run(str(bin_folder / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off -c max_connections=200"
        # Nothing has to last, and what is asked of a few rows is not worth compiling.
        options += " -c synchronous_commit=off -c autovacuum=off -c jit=off -c wal_level=minimal -c max_wal_senders=0"
        run(str(bin_folder / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        yield f"postgresql://tester@127.0.0.1:{port}"
    finally:
        if (data / "postmaster.pid").exists():
            run(str(bin_folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def create_database(server: str, name: str, *, template: str | None = None) -> str:
    """Create a database, from a template if given, and return its address."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        # Copying the files is quicker than writing them through the log while nothing has to reach the disk.
        suffix = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
        for _ in range(50):
            try:
                connection.execute(f'CREATE DATABASE "{name}"{suffix}')  # type: ignore[arg-type]
                break
            except psycopg.errors.ObjectInUse:
                time.sleep(0.05)
    return f"{server}/{name}"


def drop_database(server: str, name: str) -> None:
    """Drop a database and whoever is connected to it."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]


_SHAPE = """
    SELECT md5(string_agg(relname, ',' ORDER BY relname)), coalesce(sum(relnatts), 0), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""


class Spare:
    """Databases that a test is done with, emptied for the next one: a sixth of the time that a new one takes."""

    def __init__(self, server: str, template: str) -> None:
        self.server = server
        self.template = template
        self.ready: list[str] = []
        self.made = 0
        self.caretakers: dict[str, psycopg.Connection[tuple[str]]] = {}
        with psycopg.connect(f"{server}/{template}", autocommit=True) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            self.tables = [name for (name,) in tables if name != "alembic_version"]
            self.shape = connection.execute(_SHAPE).fetchone()
            assert not self._filled(connection), "the template holds rows that a test could miss"

    def take(self) -> str:
        """Return the name of an empty migrated database."""
        if self.ready:
            return self.ready.pop()
        self.made += 1
        name = f"test_{self.made}"
        create_database(self.server, name, template=self.template)
        return name

    def give_back(self, name: str) -> None:
        """Empty a database for the next test; one whose schema was changed is dropped."""
        # Stays open: a connection remembers how to ask a hundred tables whether they hold anything.
        connection = self.caretakers.get(name)
        if connection is None:
            connection = self.caretakers[name] = psycopg.connect(f"{self.server}/{name}", autocommit=True)
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        if connection.execute(_SHAPE, prepare=True).fetchone() == self.shape:
            self._empty(connection)
            self.ready.append(name)
        else:
            self.caretakers.pop(name).close()
            drop_database(self.server, name)

    def close(self) -> None:
        """Close the connections to the databases."""
        for connection in self.caretakers.values():
            connection.close()

    def _filled(self, connection: psycopg.Connection[tuple[str]]) -> list[str]:
        rows = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for one in self.tables)
        return [name for (name,) in connection.execute(rows, prepare=True)]  # type: ignore[arg-type]

    def _empty(self, connection: psycopg.Connection[tuple[str]]) -> None:
        # Without foreign keys and triggers the order does not matter.
        deletions = "".join(f'DELETE FROM "{one}";' for one in self._filled(connection))
        connection.execute(
            f"SET session_replication_role = replica; {deletions}"  # type: ignore[arg-type]
            "SELECT setval(oid::regclass, 1, false) FROM pg_class"
            " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
        )
