"""What is kept in the repository: migrations that can be undone, locks that agree, no trace of one machine."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture import python_rules as rules
from tests.architecture.sources import ROOT, kept_files, migrations, named, parse

RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
MIGRATION_NAME = re.compile(r"\d{8}_\d{4}_[0-9a-z]+_[a-z0-9_]+\.py\Z")

# Written in halves, so that this file does not contain what it looks for.
_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "registry" + ".npmjs", "npmjs" + ".org", "file:" + "///")
_OPTIONS = ("--index" + "-url", "--extra-index" + "-url", "--find" + "-links", "--trusted" + "-host")
_PLACES = (r"/work", r"/root", r"/tmp", r"/opt/py\w*", r"/home/[a-z]\w*", r"/Users/\w+")
TRACE = re.compile(
    "|".join([*map(re.escape, (*_HOSTS, *_OPTIONS)), *(rf"(?<![\w.}}/-]){place}/" for place in _PLACES)]), re.IGNORECASE
)
# Templates that an operator fills in speak of the folders of the operator's machine; lock.sh names what it strips.
MAY_NAME_PLACES = ("deploy/", "scripts/lock.sh", "static/vendor/", "tests/architecture/test_repository.py")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{30,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abp]-\w{10,}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _lines_matching(pattern: re.Pattern[str], path: Path) -> list[str]:
    return [
        f"{named(path)}:{number}" for number, line in enumerate(_text(path).splitlines(), 1) if pattern.search(line)
    ]


def test_no_file_names_a_package_index_or_a_place_on_one_machine() -> None:
    paths = [path for path in kept_files() if not named(path).startswith(MAY_NAME_PLACES)]
    assert not [found for path in paths for found in _lines_matching(TRACE, path)]


def test_no_secret_is_kept() -> None:
    assert not [found for path in kept_files() for found in _lines_matching(SECRET, path)]


@pytest.mark.parametrize(
    "line",
    [
        "https://" + "pypi" + ".org/simple",
        "--index" + "-url https://mirror",
        "--find" + "-links wheels",
        'path = "/work' + '/main"',
        "(/tmp" + "/log)",
        "see /home" + "/ada/notes",
    ],
)
def test_a_planted_trace_is_found(line: str) -> None:
    assert TRACE.search(line)


@pytest.mark.parametrize(
    "line", ["https://example.org/work/1", "static/tmp/", "{{ url }}/home/", "/homework/", "a/root/b"]
)
def test_an_innocent_line_is_left_alone(line: str) -> None:
    assert not TRACE.search(line)


def test_every_migration_can_be_undone_and_stands_alone() -> None:
    found = [(named(path), *offence) for path in migrations() for offence in rules.one_way_migration(parse(path))]
    assert not found


def test_every_migration_is_named_by_its_moment() -> None:
    assert not [named(path) for path in migrations() if not MIGRATION_NAME.fullmatch(path.name)]


def test_the_migrations_form_one_line() -> None:
    parents = [_assigned(path, "down_revision") for path in migrations()]
    names = {_assigned(path, "revision") for path in migrations()}
    assert len(set(parents)) == len(parents)
    assert len(names - set(parents)) <= 1


def _assigned(path: Path, name: str) -> object:
    for node in parse(path).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets) and node.value is not None:
            return ast.literal_eval(node.value)
    raise AssertionError(f"{named(path)} does not say its {name}")


@pytest.mark.parametrize(
    "source",
    [
        "def upgrade():\n    op.create_table()",
        "def upgrade():\n    op.create_table()\ndef downgrade():\n    pass",
        "def upgrade():\n    op.create_table()\ndef downgrade():\n    raise NotImplementedError",
        "from social_cme.accounts.models import User\ndef upgrade():\n    op.a()\ndef downgrade():\n    op.b()",
    ],
)
def test_a_one_way_migration_is_found(source: str) -> None:
    assert list(rules.one_way_migration(ast.parse(source)))


def test_a_reversible_migration_is_left_alone() -> None:
    source = "from alembic import op\ndef upgrade():\n    op.create_table()\ndef downgrade():\n    op.drop_table()"
    assert not list(rules.one_way_migration(ast.parse(source)))


def _locked(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_development_lock_contains_the_other_one() -> None:
    assert _locked(RUNTIME).items() <= _locked(DEVELOPMENT).items()


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT], ids=["runtime", "development"])
def test_every_locked_package_has_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock.read_text(encoding="utf-8"))
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_everything_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [(project["dependencies"], RUNTIME), (project["optional-dependencies"]["dev"], DEVELOPMENT)]
    for declared, lock in groups:
        names = {re.split(r"[\[<>=!~ ;]", one, maxsplit=1)[0].lower() for one in declared}
        assert names <= {name.lower() for name in _locked(lock)}


def test_every_setting_is_explained_in_the_example() -> None:
    config = next(
        node for node in parse(ROOT / "config.py").body if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    settings = {
        node.target.id.upper()
        for node in config.body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) != "model_config"
    }
    example = set(
        re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert example == settings
