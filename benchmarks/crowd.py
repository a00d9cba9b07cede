"""The load generator of the live benchmark, in a process of its own: ``tests.crowd`` under orders that come line by line.

Rule: it must not be the bottleneck, and shows it: each report carries its own processor share, and ``blast`` measures how much
it takes in from a sender that does nothing else.
"""

from __future__ import annotations

import json
import os
import random
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.crowd import Crowd, stamp

ROOT = Path(__file__).resolve().parents[1]
MESSAGE = 300
Report = dict[str, Any]


class Generator:
    """The crowd's process as the benchmark sees it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crowd"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, do: str, **order: Any) -> None:
        """Give an order without waiting for its report."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._process.stdin.flush()

    def report(self) -> Report:
        """Wait for the report of the last order; a failure of the crowd ends the benchmark."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The load generator stopped.")
        found: Report = json.loads(line)
        if "failure" in found:
            raise SystemExit(f"The load generator failed: {found['failure']}")
        return found

    def order(self, do: str, **order: Any) -> Report:
        """Give an order and wait for its report."""
        self.begin(do, **order)
        return self.report()

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


class Worker:
    """What runs in the crowd's process."""

    def __init__(self) -> None:
        self.crowd: Crowd | None = None
        self.random = random.Random(7)

    def open(self, *, port: int, cookies: Sequence[str], channel: str) -> Report:
        """Bring everybody in."""
        self.crowd = Crowd(port, cookies, channel)
        seconds = self.crowd.connect(timeout=120)
        return {"seconds": seconds}

    def talk(self, *, event: str, payload: Report, rate: float, seconds: float, ahead: int = 0) -> Report:
        """Send messages at a rate from one after the other, and wait until everybody has them all."""
        crowd = self._fresh()
        first, count = max(one.last for one in crowd.clients) + ahead, int(rate * seconds)
        pad = "It depends on what was tried before. " * 10

        def say(number: int) -> None:
            body = f"{stamp()} {pad}"[:MESSAGE]
            crowd.send(crowd.clients[number * 37 % len(crowd.clients)], event, {**payload, "body": body})

        for number in range(count):
            crowd.at(number / rate, lambda number=number: say(number))  # type: ignore[misc]
        begun, cpu = time.monotonic(), time.process_time()
        try:
            crowd.until(lambda: all(one.last >= first + count for one in crowd.clients), timeout=seconds + 60)
        except TimeoutError as error:
            behind = sum(one.last < first + count for one in crowd.clients)
            return {
                "failure": f"{event} to {len(crowd.clients)}: {error}; {behind} clients behind number {first + count}, "
                f"the first at {crowd.clients[0].last}; {crowd.unanswered} unanswered; refused: {crowd.refusals[:1]}"
            }
        took = time.monotonic() - begun
        crowd.until(lambda: not crowd.unanswered, timeout=30)
        return {
            "sent": count,
            "seconds": took,
            "deliveries": crowd.deliveries,
            "frames": crowd.frames,
            "share": (time.process_time() - cpu) / took,
            **percentiles([one / 1e6 for one in crowd.latencies]),
            "refused": len(crowd.refusals),
        }

    def vote(self, *, event: str, payloads: Sequence[Report], seconds: float) -> Report:
        """Have everybody send one command at a random moment of some seconds; wait until all are answered."""
        crowd = self._fresh()
        for number, client in enumerate(crowd.clients):
            payload = payloads[number % len(payloads)]
            crowd.at(
                self.random.uniform(0, seconds),
                lambda client=client, payload=payload: crowd.send(client, event, payload),  # type: ignore[misc]
            )
        begun, cpu = time.monotonic(), time.process_time()
        crowd.run(seconds)
        crowd.until(lambda: not crowd.unanswered, timeout=120)
        took = time.monotonic() - begun
        return {
            "sent": len(crowd.clients),
            "seconds": took,
            "deliveries": crowd.deliveries,
            "frames": crowd.frames,
            "share": (time.process_time() - cpu) / took,
            **percentiles([one * 1000 for one in crowd.answer_times]),
            "refused": len(crowd.refusals),
            "why": crowd.refusals[:1],
        }

    def reach(self, *, last: int, timeout: float) -> Report:
        """Wait until everybody is connected and has every message up to a number; each of them exactly once."""
        crowd = self._need()
        begun = time.monotonic()
        crowd.until(lambda: all(one.stage == "here" and one.last >= last for one in crowd.clients), timeout=timeout)
        return {"seconds": time.monotonic() - begun, "missed": sum(last - one.last for one in crowd.clients)}

    def idle(self, *, seconds: float) -> Report:
        """Stay, answering pings."""
        self._need().run(seconds)
        return {}

    def leave(self) -> Report:
        """Close every connection."""
        self._need().leave()
        self.crowd = None
        return {}

    def blast(self, *, clients: int, seconds: float) -> Report:
        """Measure how many messages a second these clients take in from a sender in another process."""
        port = _start_blaster(clients, seconds)
        crowd = Crowd(port, [""] * clients, "bench:1")
        crowd.comes_back = False
        crowd.connect(timeout=60)
        crowd.deliveries = 0
        cpu, begun = time.process_time(), time.monotonic()
        crowd.run(seconds * 0.8)
        took = time.monotonic() - begun
        report = {"rate": crowd.deliveries / took, "share": (time.process_time() - cpu) / took}
        crowd.leave()
        return report

    def _need(self) -> Crowd:
        if self.crowd is None:
            raise RuntimeError("nobody is connected")
        return self.crowd

    def _fresh(self) -> Crowd:
        crowd = self._need()
        crowd.deliveries = crowd.frames = 0
        del crowd.latencies[:], crowd.answer_times[:], crowd.refusals[:]
        return crowd


def percentiles(values: Iterable[float]) -> dict[str, float]:
    """Return median, 95th and 99th percentile and the largest."""
    ordered = sorted(values) or [0.0]
    found = {f"p{part}": ordered[max(0, -(-len(ordered) * part // 100) - 1)] for part in (50, 95, 99)}
    return {**found, "most": ordered[-1]}


def _start_blaster(clients: int, seconds: float) -> int:
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    port = int(listener.getsockname()[1])
    if os.fork() == 0:
        try:
            _blast(listener, clients, seconds)
        finally:
            os._exit(0)
    listener.close()
    return port


def _blast(listener: socket.socket, clients: int, seconds: float) -> None:
    """Let everybody in as a server does, then send the same message of 300 bytes to each in turn."""
    socks: list[socket.socket] = []

    def enter(one: socket.socket) -> None:
        one.recv(4096)
        one.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x030{}")
        one.recv(4096)
        one.sendall(b"\x81\x0440{}")
        one.recv(4096)
        answer = b'431[{"ok":true,"seq":0,"messages":[],"more":false}]'
        one.sendall(bytes((0x81, len(answer))) + answer)

    for _ in range(clients):
        one = listener.accept()[0]
        socks.append(one)
        threading.Thread(target=enter, args=(one,)).start()
    while threading.active_count() > 1:
        time.sleep(0.05)
    body = json.dumps(["message", [{"channel": "bench:1", "seq": 1, "data": {"body": "x" * MESSAGE}}]]).encode()
    frame = b"\x81\x7e" + (len(body) + 2).to_bytes(2, "big") + b"42" + body
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for one in socks:
            one.sendall(frame)


def main() -> None:
    """Carry out orders until there are no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    worker = Worker()
    for line in sys.stdin:
        order = json.loads(line)
        try:
            report = getattr(worker, order.pop("do"))(**order)
        except (TimeoutError, OSError, RuntimeError) as error:
            report = {"failure": str(error)}
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
