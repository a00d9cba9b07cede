"""Where a form may lead: to this site only."""

from __future__ import annotations

import pytest

from social_cme.web.redirects import safe_next


@pytest.mark.parametrize("target", ["/", "/rooms", "/rooms/x?page=2&q=a%20b", "/people/7#about", "/search?q=//x"])
def test_paths_of_this_site_are_followed(target: str) -> None:
    assert safe_next(target, default="/home") == target


@pytest.mark.parametrize(
    "target",
    [
        None, "", "rooms", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil", "https:evil.example",
        "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/%09/evil.example", "/%5Cevil.example", "/%2F/evil.example",
        "/%2f%2fevil.example", "/%252F/evil.example", "@evil.example", "/\r\nSet-Cookie: x=1", "/%0d%0aX: 1", " /x", "/x" * 600,
        "http://[", "/\x00",
    ],
)  # fmt: skip
def test_everything_else_is_not(target: str | None) -> None:
    assert safe_next(target, default="/home") == "/home"
