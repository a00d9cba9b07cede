"""A real server process for tests: started on a free port, killed without warning, started again on the same data.

Rule: what a test plants, it plants through the application of its own process, on the database that the server uses too.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import socketio
from flask import Flask

from config import Settings
from social_cme.accounts.models import User
from tests.factories import Factory
from tests.postgres import free_port
from tests.zygote import Process, Zygote

ROOT = Path(__file__).resolve().parents[1]
_zygote = cache(Zygote)


class Server:
    """``wsgi.py`` in a process of its own, on the data of the given settings."""

    script: tuple[str, ...] = (str(ROOT / "wsgi.py"),)

    def __init__(self, settings: Settings, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = settings.instance_path / f"server-{self.port}.log"
        self.process: subprocess.Popen[bytes] | Process | None = None
        settings.instance_path.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "ENVIRONMENT": "development",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SECRET_KEY": settings.secret_key,
            "INSTANCE_PATH": str(settings.instance_path),
            "DATABASE_URL": settings.database_uri,
            "REDIS_URL": settings.redis_url,
            "MAIL_DELIVERY": "folder",
            "PUBLIC_URL": "",
            "RATE_LIMITS": "false",
            "LOG_LEVEL": "warning",
            **environment,
        }

    def start(self, *arguments: str, timeout: float = 30) -> Server:
        """Start the process and wait until it answers."""
        self.launch(*arguments)
        return self.wait(timeout=timeout)

    def wait(self, *, timeout: float = 30) -> Server:
        """Wait until the process that was launched answers."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the server stopped with status {self.process.returncode}:\n{self.output()}")
            try:
                if self.get("/healthz")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer within {timeout} s:\n{self.output()}")

    def launch(self, *arguments: str) -> subprocess.Popen[bytes] | Process:
        """Start the process without waiting."""
        is_usual = self.script == Server.script
        if is_usual and self.environment.get("ASYNC_MODE", "eventlet") == "eventlet":
            self.process = _zygote().fork([*arguments], environment=self.environment, log=self.log_path)
            return self.process
        # What was patched for green threads cannot serve with real ones.
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.script, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self.process

    def kill(self) -> None:
        """End the process as a power cut would: no signal handler runs."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask the process to end, as a service manager does; return its exit status."""
        return self._end(signal.SIGTERM)

    def restart(self) -> Server:
        """Kill the process and start it again on the same data and port."""
        self.kill()
        return self.start()

    def _end(self, number: int) -> int:
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process is not None else 0
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def output(self) -> str:
        """Return what the process has printed so far."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def get(self, path: str, *, cookie: str = "", timeout: float = 10) -> tuple[int, str]:
        """Fetch a page; return its status and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def connect(self, cookie: str, **options: Any) -> socketio.Client:
        """Return a connected socket of the person behind *cookie*."""
        one = socketio.Client(reconnection=False, **options)
        one.connect(self.url, transports=["websocket"], headers={"Cookie": cookie}, wait_timeout=10)
        return one


def cookie_of(app: Flask, make: Factory, user: User) -> str:
    """Log *user* in and return the cookie header of that log-in; good for every server with the same secret and data."""
    browser = app.test_client()
    make.log_in(browser, user)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    return f"session={cookie.value}"
