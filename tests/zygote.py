"""Forks servers off a process that has imported everything already; a start takes tenths of a second instead of seconds.

Rule: a server made here differs from ``python wsgi.py`` in nothing but the time that its imports took.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


class Process:
    """A forked server with the part of ``subprocess.Popen`` that the tests use."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, ``None`` while it runs."""
        if self.returncode is None:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for the end and return the exit status."""
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("server", timeout)
            time.sleep(0.01)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Zygote:
    """The process that the servers of a test run are forked from; started when the first one is wanted."""

    def __init__(self) -> None:
        # Its grandchildren become ours when the child between is gone, so that we can wait for them.
        ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.process = subprocess.Popen(
            [sys.executable, __file__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self.process.kill)

    def fork(self, arguments: list[str], *, environment: dict[str, str], log: Path) -> Process:
        """Start a server with an environment of its own; what it prints goes to the end of *log*."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        order = {"arguments": arguments, "environment": environment, "log": str(log)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Process(int(self.process.stdout.readline()))


def _serve_orders() -> None:
    """Import everything, then fork one server for each line that comes in; the end of the input is the end."""
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")
    import gc
    import warnings

    gc.disable()
    warnings.simplefilter("ignore")
    import eventlet
    from eventlet import patcher

    eventlet.monkey_patch()
    sys.path.insert(0, str(ROOT))
    from social_cme import registry, server  # noqa: F401

    registry.import_all()
    gc.freeze()
    plain = patcher.original("os")
    waiting = b""
    while True:
        while b"\n" not in waiting:
            more = plain.read(0, 65536)
            if not more:
                return
            waiting += more
        line, _, waiting = waiting.partition(b"\n")
        told, tell = plain.pipe()
        middle = plain.fork()
        if middle == 0:
            pid = plain.fork()
            if pid:
                plain.write(tell, f"{pid}\n".encode())
                plain._exit(0)
            _become(json.loads(line))
        # Only when the process between is gone does the server belong to whoever asked for it.
        plain.waitpid(middle, 0)
        plain.write(1, plain.read(told, 20))
        plain.close(told)
        plain.close(tell)


def _become(order: dict[str, object]) -> None:
    import runpy

    os.environ.clear()
    os.environ.update(order["environment"])  # type: ignore[arg-type]
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [str(ROOT / "wsgi.py"), *order["arguments"]]  # type: ignore[misc]
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    try:
        runpy.run_path(str(ROOT / "wsgi.py"), run_name="__main__")
    except SystemExit as end:
        sys.stdout.flush()
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
    except BaseException:  # noqa: BLE001 - it would be told by the interpreter, which this process does not return to
        import traceback

        traceback.print_exc()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    _serve_orders()
