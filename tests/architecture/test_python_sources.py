"""The product's Python keeps the habits that no linter checks, and each check is shown to bite."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from scripts.check import PLACES
from tests.architecture import python_rules as rules
from tests.architecture.sources import PACKAGE, ROOT, named, parse, python_files

FILE_LINES = 350
FUNCTION_LINES = 60
FACES = {"views", "api", "sockets"}
VAGUE_NAMES = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "tools",
    "stuff",
    "shared",
    "manager",
    "base_classes",
}

Rule = Callable[[ast.Module], Iterator[rules.Offence]]


def _offences(rule: Rule, paths: list[Path]) -> list[str]:
    return [f"{named(path)}:{line}: {text}" for path in paths for line, text in rule(parse(path))]


def _everything_but(*names: str) -> list[Path]:
    return [path for path in python_files() if named(path) not in names]


def _is_face(path: Path) -> bool:
    parts = path.relative_to(PACKAGE).with_suffix("").parts if path.is_relative_to(PACKAGE) else ()
    return len(parts) > 1 and parts[1] in FACES


def test_every_module_says_what_it_is_for() -> None:
    assert not _offences(rules.missing_docstring, list(python_files()))


def test_only_the_configuration_reads_the_environment() -> None:
    assert not _offences(rules.reads_environment, _everything_but("config.py"))


def test_faces_do_not_touch_the_database_session() -> None:
    assert not _offences(rules.touches_session, [path for path in python_files() if _is_face(path)])


def test_the_present_moment_comes_from_the_clock() -> None:
    assert not _offences(rules.reads_wall_clock, _everything_but("social_cme/core/clock.py"))


def test_no_error_is_swallowed() -> None:
    assert not _offences(rules.swallows_errors, list(python_files()))


def test_html_is_declared_safe_in_one_place() -> None:
    assert not _offences(rules.marks_safe, _everything_but("social_cme/web/templating.py"))


def test_no_test_is_skipped() -> None:
    # The one exception in conftest.py serves machines without PostgreSQL and the like; with CI=true it fails instead.
    allowed = {ROOT / "tests" / "conftest.py"}
    tests = [path for path in sorted((ROOT / "tests").rglob("*.py")) if path not in allowed]
    assert not _offences(rules.is_skipped, tests)


@pytest.mark.parametrize("mark", PLACES)
def test_every_marked_test_is_where_its_run_looks_for_it(mark: str) -> None:
    marked = re.compile(rf"pytest\.mark\.{mark}\b")
    places = [ROOT / "tests" / one.name for one in sorted((ROOT / "tests").iterdir()) if one.name != "architecture"]
    tests = [path for place in places for path in sorted(place.rglob("test_*.py"))]
    files = [path for path in tests if marked.search(path.read_text())]
    assert files
    assert not [named(path) for path in files if not named(path).startswith(tuple(f"{one}/" for one in PLACES[mark]))]


def test_functions_stay_short() -> None:
    assert not _offences(partial(rules.long_functions, limit=FUNCTION_LINES), list(python_files()))


def test_modules_stay_short() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert not {name: lines for name, lines in lengths.items() if lines > FILE_LINES}


def test_no_file_has_a_name_that_says_nothing() -> None:
    places = [PACKAGE, ROOT / "tests", ROOT / "static" / "js", ROOT / "static" / "css", ROOT / "templates"]
    paths = [path for place in places for path in place.rglob("*") if "__pycache__" not in path.parts]
    assert not [named(path) for path in paths if path.name.split(".")[0].strip("_").lower() in VAGUE_NAMES]


PLANTED: list[tuple[Rule, str]] = [
    (rules.missing_docstring, "import os"),
    (rules.missing_docstring, "'' ''"),
    (rules.reads_environment, "import os\nx = os.environ['SECRET_KEY']"),
    (rules.reads_environment, "import os\nx = os.environ.get('SECRET_KEY')"),
    (rules.reads_environment, "import os\nx = os.getenv('SECRET_KEY')"),
    (rules.reads_environment, "import os as system\nx = system.environ['PORT']"),
    (rules.reads_environment, "from os import environ"),
    (rules.reads_environment, "from dotenv import load_dotenv"),
    (rules.reads_environment, "import os\nos.environ.setdefault('PSYCOPG_WAIT_FUNC', os.environ['OTHER'])"),
    (rules.touches_session, "from social_cme.extensions import csrf, db"),
    (rules.touches_session, "import social_cme.extensions as e\ne.db.session.commit()"),
    (rules.reads_wall_clock, "from datetime import datetime\nx = datetime.now()"),
    (rules.reads_wall_clock, "import datetime\nx = datetime.datetime.utcnow()"),
    (rules.reads_wall_clock, "from datetime import UTC, datetime\nx = datetime.now(UTC)"),
    (rules.reads_wall_clock, "from datetime import date\nx = date.today()"),
    (rules.swallows_errors, "try:\n    f()\nexcept Exception:\n    pass"),
    (rules.swallows_errors, "try:\n    f()\nexcept:\n    pass"),
    (
        rules.swallows_errors,
        "for x in y:\n    try:\n        f()\n    except (ValueError, BaseException):\n        continue",
    ),
    (rules.swallows_errors, "try:\n    f()\nexcept Exception as e:\n    ..."),
    (rules.swallows_errors, "import contextlib\nwith contextlib.suppress(Exception):\n    f()"),
    (rules.marks_safe, "from markupsafe import Markup, escape"),
    (rules.marks_safe, "import markupsafe\nx = markupsafe.Markup(y)"),
    (rules.is_skipped, "import pytest\n@pytest.mark.skip\ndef test(): ..."),
    (rules.is_skipped, "import pytest\n@pytest.mark.xfail(reason='later')\ndef test(): ..."),
    (rules.is_skipped, "import pytest\ndef test():\n    pytest.skip('not here')"),
    (partial(rules.long_functions, limit=3), "def f():\n    a\n    b\n    c"),
]

INNOCENT: list[tuple[Rule, str]] = [
    (rules.missing_docstring, '"""What it is for."""'),
    (rules.reads_environment, "import os\nos.environ.setdefault('PSYCOPG_WAIT_FUNC', 'wait_selector')"),
    (rules.reads_environment, "import os\nos.environ['PSYCOPG_WAIT_FUNC'] = 'wait_selector'"),
    (rules.touches_session, "from flask import session\nsession['draft'] = 1"),
    (rules.touches_session, "from social_cme.extensions import limiter"),
    (rules.reads_wall_clock, "from social_cme.core import clock\nx = clock.now()"),
    (rules.swallows_errors, "try:\n    f()\nexcept KeyError:\n    pass"),
    (rules.swallows_errors, "try:\n    f()\nexcept Exception:\n    log.exception('failed')"),
    (rules.marks_safe, "from markupsafe import escape"),
    (rules.is_skipped, "import pytest\n@pytest.mark.browser\ndef test(): ..."),
    (partial(rules.long_functions, limit=3), "def f():\n    a\n    b"),
]


@pytest.mark.parametrize(("rule", "source"), PLANTED)
def test_a_planted_offence_is_found(rule: Rule, source: str) -> None:
    assert list(rule(ast.parse(source)))


@pytest.mark.parametrize(("rule", "source"), INNOCENT)
def test_innocent_code_is_left_alone(rule: Rule, source: str) -> None:
    assert not list(rule(ast.parse(source)))
