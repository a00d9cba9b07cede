"""Run every check of the project, several at a time, and end with a summary; this is what ``make test`` calls.

Rule: a failing step never hides a later one, and with ``CI=true`` nothing may be left out: a missing program or a
skipped test is then a failure.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

try:
    import slipcover
except ImportError:  # It is made for most machines, not for all.
    slipcover = None

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CACHE = ROOT / ".cache" / "check"
COVERAGE = ROOT / ".cache" / "coverage"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
NO_TESTS_COLLECTED = 5
OUTPUT_LINES = 400
LEAST_COVERAGE = 93
STEP_LIMIT_SECONDS = 2100
AT_ONCE = 2
# To compile the tests takes longer than to collect them; each is compiled once, whatever the machine is set to.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "NO_COLOR": "1",
}
# Where the tests of a mark are, so that not every run has to look through all of them.
PLACES = {
    "browser": ("tests/browser",),
    "thorough": ("tests/api", "tests/demo", "tests/discussions", "tests/web"),
    "faults": ("tests/faults", "tests/jobs", "tests/realtime"),
}
DUMP_SECONDS = 10
# The shell is the same browser without windows, and takes half the time of it.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def _program(*names: str) -> bool:
    return any(shutil.which(name) for name in names)


def _has_postgresql() -> bool:
    return _program("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


# What a machine may lack: how to notice, and what to tell.
EXTRAS: dict[str, tuple[Callable[[], bool], str]] = {
    "chromium": (lambda: _program(*CHROMIUM), "Chromium is not installed"),
    "postgresql": (_has_postgresql, "PostgreSQL is not installed"),
    "redis": (lambda: _program("redis-server"), "Redis is not installed"),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command."""

    name: str
    command: Sequence[str]
    group: str
    needs: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    report: Path | None = None


@dataclass(kw_only=True)
class Result:
    """How a step ended; ``note`` is the short remark in the summary."""

    step: Step
    verdict: str
    seconds: float = 0.0
    note: str = ""
    output: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    slowest: list[tuple[float, str]] = field(default_factory=list)


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def _suite(
    name: str,
    marks: str,
    *arguments: str,
    is_measured: bool = False,
    needs: tuple[str, ...] = (),
    zone: str = "UTC",
) -> Step:
    slug = name.replace(" ", "-").lower()
    report = CACHE / f"{slug}.xml"
    absent = [extra for extra in ("redis", "postgresql") if extra not in needs and not EXTRAS[extra][0]()]
    if not IN_CI:
        marks = " and ".join([marks, *[f"not {'postgres' if extra == 'postgresql' else extra}" for extra in absent]])
    command = [sys.executable, "-m", "pytest", "-q", "-m", marks, f"--junitxml={report}", "-o", "junit_family=xunit1"]
    if is_measured and slipcover is not None:
        command += ["-p", "tests.measuring"]
    environment = {"COVERAGE_FILE": str(COVERAGE / f"{slug}.json"), "TZ": zone}
    return Step(
        name=name,
        command=[*command, *arguments],
        group="tests",
        needs=needs,
        environment=environment,
        report=report,
    )


def _steps() -> list[Step]:
    def lint(name: str, *command: str) -> Step:
        return Step(name=name, command=_tool(*command), group="lint")

    together = "not browser and not faults"
    # What tries thousands of inputs or looks at every page takes twice as long while its lines are counted; others cover them.
    thorough = f"{together} and thorough"
    return [
        lint("Format (ruff)", "ruff", "format", "--check", "--quiet", "--diff", "."),
        lint("Lint (ruff)", "ruff", "check", "--output-format=concise", "."),
        _suite("Browser tests", "browser and not faults", *PLACES["browser"], needs=("chromium",)),
        _suite(
            "Tests on PostgreSQL",
            together,
            "--database=postgresql",
            "--ignore=tests/architecture",
            needs=("postgresql",),
            # Nothing may depend on the zone of the server; this one is far from UTC and not by whole hours.
            zone="Pacific/Chatham",
        ),
        # In two halves, so that both processors are busy to the end.
        _suite("Tests on SQLite", f"{together} and not thorough", "tests", "--ignore=tests/live", is_measured=True),
        _suite("Fault tests", "faults", *PLACES["faults"]),
        _suite("Thorough tests on SQLite", thorough, *PLACES["thorough"]),
        _suite("Tests of live sessions on SQLite", f"{together} and not thorough", "tests/live", is_measured=True),
        # The short ones fill what is left at the end.
        lint("Types (mypy)", "mypy"),
        lint("Import contracts", "lint-imports", "--cache-dir", ".cache/import-linter"),
        lint("Declared against imported (deptry)", "deptry", "--no-ansi", "."),
        lint("Templates (djlint)", "djlint", "templates", "--lint", "--quiet"),
        lint("JavaScript (oxlint)", "oxlint", "--deny-warnings", "--format=unix", "static"),
    ]


class Runner:
    """Runs the steps and prints each when it has ended, never two at once."""

    def __init__(self) -> None:
        self.printing = threading.Lock()
        self.running: set[subprocess.Popen[bytes]] = set()

    def run(self, steps: Sequence[Step]) -> list[Result]:
        """Run *steps* and return their results in that order."""
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            futures = {step.name: pool.submit(self.run_one, step) for step in steps}
            try:
                results = {name: future.result() for name, future in futures.items()}
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                self.stop()
                raise
        return [results[step.name] for step in steps]

    def run_one(self, step: Step) -> Result:
        """Run one step to its end and print it."""
        missing = [EXTRAS[need][1] for need in step.needs if not EXTRAS[need][0]()]
        if missing:
            result = Result(step=step, verdict="FAILED" if IN_CI else "left out", note="; ".join(missing))
        else:
            result = self._carry_out(step)
        with self.printing:
            self._print(result)
        return result

    def _carry_out(self, step: Step) -> Result:
        log = CACHE / f"{step.name.split(' (', maxsplit=1)[0].replace(' ', '-').lower()}.log"
        began = time.monotonic()
        with log.open("wb") as sink:
            process = subprocess.Popen(
                step.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**ENVIRONMENT, **step.environment},
                start_new_session=True,
            )
            self.running.add(process)
            try:
                code = process.wait(timeout=STEP_LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                code = _end(process)
                sink.write(f"\nStopped after {STEP_LIMIT_SECONDS} seconds.\n".encode())
            self.running.discard(process)
        output = log.read_text(errors="replace")
        result = Result(step=step, verdict="ok" if code == 0 else "FAILED", output=output)
        result.seconds = time.monotonic() - began
        if step.report is not None:
            _read_report(result, code)
        return result

    def stop(self) -> None:
        """End what is still running."""
        for process in list(self.running):
            os.killpg(process.pid, signal.SIGTERM)

    def _print(self, result: Result) -> None:
        print(f"\n── {result.step.name}: {result.verdict}, {result.seconds:.1f} s {result.note}".rstrip(), flush=True)
        if result.verdict == "FAILED":
            lines = result.output.rstrip().splitlines()
            if len(lines) > OUTPUT_LINES:
                print(f"({len(lines) - OUTPUT_LINES} earlier lines are in {CACHE.relative_to(ROOT)}/)")
            print("\n".join(lines[-OUTPUT_LINES:]), flush=True)


def _end(process: subprocess.Popen[bytes]) -> int:
    """End a step that takes too long; Python is let say first where it is."""
    process.send_signal(signal.SIGABRT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=DUMP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait() or 1


def _read_report(result: Result, code: int) -> None:
    """Take counts and durations from pytest's own report; a run without one, or with nothing in it, has failed."""
    report = result.step.report
    assert report is not None
    if code == NO_TESTS_COLLECTED or not report.exists():
        result.verdict, result.note = "FAILED", "no test was run"
        return
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None
    counted = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    passed = counted["tests"] - counted["failures"] - counted["errors"] - counted["skipped"]
    result.counts = {"passed": passed, "failed": counted["failures"], "errors": counted["errors"]}
    result.counts["skipped"] = counted["skipped"]
    result.note = ", ".join(f"{number} {name}" for name, number in result.counts.items() if number or name == "passed")
    result.slowest = [
        (float(case.get("time", "0")), f"{case.get('file', '')}::{case.get('name', '')} [{result.step.name}]")
        for case in suite.iter("testcase")
    ]
    if IN_CI and counted["skipped"]:
        result.verdict = "FAILED"
        result.note += " (with CI=true nothing may be skipped)"


def _coverage(results: Sequence[Result]) -> Result | None:
    """Sum up what the suites went through; below the limit the run has failed."""
    parts = [
        json.loads(path.read_text())
        for result in results
        if (path := Path(result.step.environment.get("COVERAGE_FILE", ""))).is_file()
    ]
    if slipcover is None:
        return Result(
            step=Step(name="Coverage", command=(), group="tests"), verdict="left out", note="no slipcover here"
        )
    if not parts:
        return None
    united = functools.reduce(slipcover.merge_coverage, parts)
    listed = CACHE / "coverage.txt"
    with listed.open("w") as file:
        slipcover.print_coverage(united, outfile=file, skip_covered=True)
    share = united["summary"]["percent_covered"]
    note = f"{share:.1f} % of lines and branches, at least {LEAST_COVERAGE} %; by file in {listed.relative_to(ROOT)}"
    step = Step(name="Coverage", command=(), group="tests")
    return Result(step=step, verdict="ok" if share >= LEAST_COVERAGE else "FAILED", note=note)


def _summarize(results: Sequence[Result], seconds: float) -> int:
    slowest = sorted((entry for result in results for entry in result.slowest), reverse=True)[:10]
    if slowest:
        print("\n── Slowest ten tests")
        for duration, name in slowest:
            print(f"{duration:7.2f} s  {name}")
    print("\n── Summary")
    width = max(len(result.step.name) for result in results)
    for result in results:
        print(f"{result.step.name:{width}}  {result.verdict:8}  {result.seconds:6.1f} s  {result.note}".rstrip())
    failed = [result.step.name for result in results if result.verdict == "FAILED"]
    names = ("failed", "passed", "skipped", "errors")
    counts = {name: sum(result.counts.get(name, 0) for result in results) for name in names}
    print("\nFailed: " + "; ".join(failed) if failed else "\nEverything passed.")
    if any(result.counts for result in results):
        text = ", ".join(f"{number} {name}" for name, number in counts.items() if number or name == "passed")
        print(f"========== {text} in {seconds:.2f}s ==========")
    return 1 if failed else 0


def main() -> int:
    """Run what the command line asks for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--group", choices=["lint", "tests"], help="run only the linters or only the test suites")
    arguments = parser.parse_args()
    shutil.rmtree(CACHE, ignore_errors=True)
    shutil.rmtree(COVERAGE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    COVERAGE.mkdir(parents=True)
    steps = [step for step in _steps() if arguments.group in {None, step.group}]
    # The steps live in process groups of their own, so a request to end must be handed on to them.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"{len(steps)} checks, {AT_ONCE} at a time; each is shown when it has ended.", flush=True)
    began = time.monotonic()
    try:
        results = Runner().run(steps)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    coverage = _coverage(results)
    return _summarize([*results, coverage] if coverage else results, time.monotonic() - began)


if __name__ == "__main__":
    raise SystemExit(main())
