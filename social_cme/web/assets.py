"""Addresses of the static files: they carry a version, so a browser keeps them for a year and never mixes two releases.

Rule: scripts and style sheets name each other by relative paths; so all of them inherit the version of the page.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

LIFETIME = timedelta(days=365)


def asset_version(folder: Path) -> str:
    """Return a short digest of the names and contents of all files under *folder*."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
