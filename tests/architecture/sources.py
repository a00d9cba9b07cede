"""The files that the architecture tests read.

Rule: a rule about the product reads what is on disk; a rule about the repository reads what git would keep.
"""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "social_cme"


def python_files() -> Iterator[Path]:
    """Yield every module of the product and the two at the top."""
    yield ROOT / "config.py"
    yield ROOT / "wsgi.py"
    yield from sorted(PACKAGE.rglob("*.py"))


def feature_folders() -> Iterator[Path]:
    """Yield the folders that are features, which the platform below them is not."""
    platform = {"core", "persistence", "realtime", "jobs", "web", "__pycache__"}
    for folder in sorted(PACKAGE.iterdir()):
        if folder.is_dir() and folder.name not in platform and any(folder.rglob("*.py")):
            yield folder


def templates() -> Iterator[Path]:
    """Yield every template, those of e-mails included."""
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def scripts() -> Iterator[Path]:
    """Yield our own JavaScript; what others wrote lives in static/vendor."""
    yield from sorted((ROOT / "static" / "js").rglob("*.js"))


def stylesheets() -> Iterator[Path]:
    """Yield our own style sheets."""
    yield from sorted((ROOT / "static" / "css").rglob("*.css"))


def migrations() -> Iterator[Path]:
    """Yield every migration."""
    yield from sorted((ROOT / "migrations" / "versions").glob("*.py"))


@functools.cache
def kept_files() -> tuple[Path, ...]:
    """Return the files that git keeps or would keep; without git, all that are not made by a tool."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        names = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        made = {".venv", ".cache", ".git", "instance", "__pycache__"}
        names = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in names if path.is_file()))


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    """Return the path as it is called in the repository."""
    return path.relative_to(ROOT).as_posix()
