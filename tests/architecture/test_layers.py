"""The folders and files are the ones of the two tables in docs/architecture.md.

What may import what is checked by import-linter (pyproject.toml); here is what its contracts cannot say.
"""

import ast
import tomllib
from pathlib import Path

import grimp
import pytest

from social_cme import registry
from tests.architecture.sources import PACKAGE, ROOT, feature_folders, named, parse

PLUGGED_IN = {"models", "identity", "context", "views", "api", "channels", "sockets", "listeners", "jobs", "cli"}
KINDS = PLUGGED_IN | {"enums", "rules", "events", "policies", "queries", "services", "forms", "schemas"}
# Hashing and decoding have modules of their own, because they are the slow things that services do; so has the place of files.
MORE_KINDS = {"accounts": {"passwords"}, "media": {"decoding", "storage"}}
WRITERS = {"services", "listeners"}
# Where green threads may be met; everything else works the same without them.
EVENT_LOOP = {
    "social_cme.accounts.passwords",
    "social_cme.realtime.transport",
    "social_cme.server",
}


def _kinds_of(folder: Path) -> set[str]:
    return {
        path.stem
        for path in folder.iterdir()
        if path.stem not in {"__init__", "__pycache__"} and (path.suffix == ".py" or (path / "__init__.py").exists())
    }


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("social_cme", include_external_packages=True, cache_dir=str(ROOT / ".cache" / "grimp"))


def test_a_feature_holds_only_the_kinds_of_file_in_the_table() -> None:
    strange = {
        folder.name: _kinds_of(folder) - KINDS - MORE_KINDS.get(folder.name, set())
        for folder in feature_folders()
        if folder.name != "demo"
    }
    assert not {name: kinds for name, kinds in strange.items() if kinds}


def test_every_folder_is_a_package() -> None:
    folders = [path.parent for path in PACKAGE.rglob("*.py")]
    assert not sorted({named(folder) for folder in folders if not (folder / "__init__.py").exists()})


def test_every_file_that_is_plugged_in_stands_in_the_registry() -> None:
    listed = {feature.name: set(feature.kinds) for feature in registry.FEATURES if feature.kinds}
    present = {folder.name: _kinds_of(folder) & PLUGGED_IN for folder in feature_folders()}
    assert {name: kinds for name, kinds in present.items() if kinds} == listed


def test_the_registry_starts_with_the_lowest_feature() -> None:
    height = {name: number for number, layer in enumerate(reversed(_layers())) for name in layer}
    positions = [height[feature.name] for feature in registry.FEATURES]
    assert positions == sorted(positions)


def _layers() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(one for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    return [[name.strip(" ()") for name in layer.split(":")] for layer in contract["layers"]]


def test_only_services_and_listeners_of_a_feature_open_a_transaction(graph: grimp.ImportGraph) -> None:
    importers = graph.find_modules_that_directly_import("social_cme.persistence.transaction")
    features = {folder.name for folder in feature_folders()} - {"demo"}
    parts = [module.split(".") for module in sorted(importers)]
    assert not [".".join(part) for part in parts if part[1] in features and part[2] not in WRITERS]


def test_the_event_loop_library_is_known_in_few_places(graph: grimp.ImportGraph) -> None:
    importers = graph.find_modules_that_directly_import("eventlet") if "eventlet" in graph.modules else set()
    assert importers <= EVENT_LOOP


def test_nothing_is_imported_from_the_tests(graph: grimp.ImportGraph) -> None:
    assert not {"tests", "pytest"} & graph.modules


def test_events_are_named_in_the_past_and_declare_their_kind() -> None:
    kinds: dict[str, str] = {}
    for folder in feature_folders():
        for path in [folder / "events.py", *sorted((folder / "events").glob("*.py"))]:
            if path.exists():
                kinds |= _event_kinds(path)
    assert not {name: kind for name, kind in kinds.items() if not _is_kind(kind)}
    assert len(set(kinds.values())) == len(kinds)


def _event_kinds(path: Path) -> dict[str, str]:
    """Return the kind that each event class of a module gives itself, an empty text for one that gives none.

    A class that others of the module build upon is no event itself.
    """
    found: dict[str, str] = {}
    classes = [node for node in parse(path).body if isinstance(node, ast.ClassDef)]
    bases = {ast.unparse(base) for node in classes for base in node.bases}
    for node in classes:
        if node.name in bases:
            continue
        targets = {
            ast.unparse(part.target if isinstance(part, ast.AnnAssign) else part.targets[0]): part.value
            for part in node.body
            if isinstance(part, ast.Assign | ast.AnnAssign)
        }
        value = targets.get("kind")
        found[f"{path.parent.name}.{node.name}"] = value.value if isinstance(value, ast.Constant) else ""
    return found


def _is_kind(text: str) -> bool:
    return text.count(".") >= 1 and text == text.lower() and " " not in text
