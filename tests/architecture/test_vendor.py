"""Vendored files are exactly those that VENDORED.md names, unchanged, each with its licence."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
ROW = re.compile(r"^\| ([^|]+) \| ([\d.]+) \| ([^|]+) \| ([\w.-]+) \| ([\w./-]+) \| ([0-9a-f]{64}) \|$", re.M)


def _rows() -> list[tuple[str, ...]]:
    return ROW.findall((VENDOR / "VENDORED.md").read_text(encoding="utf-8"))


def test_every_vendored_file_has_the_hash_on_record() -> None:
    found = {row[3]: hashlib.sha256((VENDOR / row[3]).read_bytes()).hexdigest() for row in _rows()}
    assert found == {row[3]: row[5] for row in _rows()}
    assert found


def test_no_file_is_vendored_without_a_row() -> None:
    present = {path.name for path in VENDOR.iterdir() if path.is_file()} - {"VENDORED.md"}
    assert present == {row[3] for row in _rows()}


def test_every_vendored_file_comes_with_a_permissive_licence() -> None:
    for name, _version, licence, _file, text, _hash in _rows():
        assert licence in {"MIT", "0BSD", "BSD-3-Clause", "Apache-2.0"}, name
        assert (VENDOR / text).read_text(encoding="utf-8").strip(), name


def test_no_vendored_file_points_to_a_source_map_or_another_host_to_load() -> None:
    for row in _rows():
        code = (VENDOR / row[3]).read_text(encoding="utf-8")
        assert "sourceMappingURL" not in code, row[3]
        assert not re.search(r"""import\s*\(?\s*["']https?:""", code), row[3]
