"""Who wrote something is shown by its ``Author`` alone, never by the account behind it; each check is shown to bite."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, named, parse, python_files, scripts, templates

Offence = tuple[int, str]

# The relationships that lead to the account of somebody who may write under a pseudonym.
RAW = {"account_behind", "closer_behind"}
LOADERS = {"joinedload", "selectinload", "subqueryload", "contains_eager", "raiseload"}
# Where the account may be looked at: the models, which turn it into an ``Author``, and the lifting of a pseudonym.
MAY_LOOK = {
    "social_cme/discussions/models/summaries.py",
    "social_cme/discussions/models/threads.py",
    "social_cme/live/models/questions.py",
    "social_cme/moderation/queries/unmasking.py",
}
# What goes out to readers names ids of what it shows; the author of a thread or post is shown by ``Author.id``.
OUTGOING = {"api", "schemas", "channels", "sockets"}


def looks_behind(tree: ast.Module) -> Iterator[Offence]:
    """Yield where an account behind a text is read, rather than loaded for its ``Author``."""
    loading = {
        id(one)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute)
        and (call.func.id if isinstance(call.func, ast.Name) else call.func.attr) in LOADERS
        for one in ast.walk(call)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in RAW and id(node) not in loading:
            yield node.lineno, f"reads {node.attr}"
        if isinstance(node, ast.Constant) and node.value in RAW:
            yield node.lineno, f"names {node.value}"


def sends_author_id(tree: ast.Module) -> Iterator[Offence]:
    """Yield where what goes out takes the id of an author from a row; a filter that came in is called ``query``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "author_id":
            came_in = isinstance(node.value, ast.Name) and node.value.id == "query"
            if not came_in:
                yield node.lineno, "reads author_id"


def template_looks_behind(text: str) -> Iterator[Offence]:
    """Yield where a template or script reads the account behind a text, or the id of an author."""
    for number, line in enumerate(text.splitlines(), start=1):
        if re.search(
            r"\b(?:account_behind|closer_behind)\b|\b(?:thread|post|row|said|one|shown|question)\.author_id\b", line
        ):
            yield number, "reads who is behind a text"


def _goes_out(path: Path) -> bool:
    parts = path.relative_to(PACKAGE).with_suffix("").parts if path.is_relative_to(PACKAGE) else ()
    return len(parts) > 1 and parts[1] in OUTGOING


def test_only_the_models_and_the_lifting_of_a_pseudonym_look_at_the_account() -> None:
    files = [path for path in python_files() if named(path) not in MAY_LOOK]
    assert not [f"{named(path)}:{line}: {text}" for path in files for line, text in looks_behind(parse(path))]


def test_nothing_that_goes_out_takes_the_id_of_an_author_from_a_row() -> None:
    files = [path for path in python_files() if _goes_out(path)]
    assert len(files) > 20
    assert not [f"{named(path)}:{line}: {text}" for path in files for line, text in sends_author_id(parse(path))]


def test_no_template_or_script_looks_behind_a_text() -> None:
    files = [path for path in (*templates(), *scripts()) if path.suffix in {".html", ".txt", ".js"}]
    found = [
        f"{named(path)}:{line}: {text}"
        for path in files
        for line, text in template_looks_behind(path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize(
    "source",
    ["name = thread.account_behind.display_name", "x = getattr(post, 'account_behind')", "y = one.closer_behind"],
)
def test_a_planted_look_at_the_account_is_found(source: str) -> None:
    assert list(looks_behind(ast.parse(source)))


def test_loading_the_account_for_its_author_is_no_offence() -> None:
    assert not list(
        looks_behind(ast.parse("select(Post).options(joinedload(Post.account_behind))\nname = post.author"))
    )


def test_a_planted_author_id_is_found() -> None:
    assert list(sends_author_id(ast.parse("PostOut(author_id=post.author_id)")))
    assert not list(sends_author_id(ast.parse("Filters(author_id=query.author_id)\nOut(author_id=one.author.id)")))


@pytest.mark.parametrize("text", ["{{ thread.account_behind.id }}", "<a href={{ post.author_id }}>"])
def test_a_planted_look_in_a_template_is_found(text: str) -> None:
    assert list(template_looks_behind(text))
