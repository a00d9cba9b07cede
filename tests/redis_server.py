"""Starts a real Redis server on a free port for a test run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from tests.postgres import free_port

HOW_TO = "Redis is not installed here; on Debian: apt-get install redis-server"


def is_installed() -> bool:
    """Tell whether the server's program is on this machine."""
    return shutil.which("redis-server") is not None


@contextmanager
def running_server() -> Iterator[str]:
    """Run a server without persistence and yield its address."""
    folder = tempfile.mkdtemp(prefix="social-cme-redis-")
    port = free_port()
    process = subprocess.Popen(
        [
            "redis-server",
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        with redis.Redis.from_url(url) as client:
            for _ in range(100):
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
