"""What templates and views call by name exists: templates, addresses, static files, icons, scripts.

Rule: a name that is written out is checked here; one put together while running is checked by the test of its page.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from jinja2 import meta

from tests.architecture import python_rules
from tests.architecture.sources import ROOT, named, parse, python_files, scripts, templates

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
ENDPOINT = re.compile(r"url_for\(\s*['\"]([\w.]+)['\"]")
GUARDED = re.compile(r"reachable\(\s*['\"]([\w.]+)['\"]")
STATIC_FILE = re.compile(r"url_for\(\s*['\"]static['\"],\s*filename=['\"]([^'\"]+)['\"]\s*\)")
CONTROLLER = re.compile(r"data-controller['\"]?\s*[=:]\s*['\"]([a-z0-9_/-]+(?: [a-z0-9_/-]+)*)['\"]")
ICON = re.compile(r"\bicon\(\s*['\"]([\w-]+)['\"]")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _written(pattern: re.Pattern[str], path: Path) -> Iterator[str]:
    """Yield what a pattern finds in a template, its comments left out."""
    yield from pattern.findall(COMMENT.sub("", _text(path)))


def _called_with_text(name: str) -> Iterator[tuple[str, str]]:
    """Yield where a function is called with a written-out first argument, and that argument."""
    for path in python_files():
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Call) and python_rules.dotted(node.func).rpartition(".")[2] == name and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield f"{named(path)}:{node.lineno}", first.value


def test_every_template_that_is_named_exists(app: Flask) -> None:
    mentioned = [(where, name) for where, name in _called_with_text("render_template")]
    for path in templates():
        if path.suffix == ".html":
            tree = app.jinja_env.parse(_text(path), filename=str(path))
            mentioned += [(named(path), name) for name in meta.find_referenced_templates(tree) if name]
    assert not [(where, name) for where, name in mentioned if not (TEMPLATES / name).is_file()]


def test_every_address_that_is_named_exists(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    mentioned = [(where, name) for where, name in _called_with_text("url_for") if not name.startswith(".")]
    for path in templates():
        guarded = set(_written(GUARDED, path))
        mentioned += [(named(path), name) for name in _written(ENDPOINT, path) if name not in guarded]
    assert not [(where, name) for where, name in mentioned if name not in known]


def test_every_static_file_that_is_named_exists() -> None:
    mentioned = [(named(path), name) for path in templates() for name in _written(STATIC_FILE, path)]
    assert not [(where, name) for where, name in mentioned if not (STATIC / name).is_file()]


def test_every_icon_that_is_named_exists() -> None:
    drawn = set(re.findall(r'\bid="([\w-]+)"', _text(STATIC / "img" / "icons.svg")))
    mentioned = [(named(path), name) for path in templates() for name in _written(ICON, path)]
    assert not [(where, name) for where, name in mentioned if name not in drawn]


def test_every_behavior_that_is_named_stands_in_a_manifest() -> None:
    known = _manifest()
    mentioned = [
        (named(path), name) for path in templates() for names in _written(CONTROLLER, path) for name in names.split()
    ]
    assert not [(where, name) for where, name in mentioned if name not in known]


def test_every_script_that_offers_a_behavior_stands_in_a_manifest() -> None:
    offered = [
        path for path in scripts() if re.search(r"^export (async )?function connect\b", _text(path), re.MULTILINE)
    ]
    known = set(_manifest().values())
    assert not [named(path) for path in offered if path not in known]


def _manifest() -> dict[str, Path]:
    """Return the files of all behaviors by their names."""
    found: dict[str, Path] = {}
    for path in (STATIC / "js").glob("*/manifest.js"):
        for name, address in re.findall(r'"([^"]+)":\s*\(\)\s*=>\s*import\("([^"]+)"\)', _text(path)):
            found[name] = (path.parent / address).resolve()
    return found
