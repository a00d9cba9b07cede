"""What people typed, made ready for storage: cleaned, bounded, rendered.

Rule: every face passes raw text; nothing is trusted to have been cleaned before.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line, clean_text, excerpt
from social_cme.discussions.enums import (
    CASE_LIMITS,
    CASE_REQUIRED,
    THINK_ALOUD_LIMITS,
    TITLE_LIMIT,
    AgeBand,
    CareSetting,
)
from social_cme.web.markdown import plain_text, render_markdown

_NAMES = {
    "title": "Title",
    "body": "Text",
    "presenting_problem": "Presenting problem",
    "history": "History",
    "examination": "Examination",
    "results": "Results",
    "question": "The question",
    "note": "Note",
    "reason": "Reason",
    "summary": "Closing words",
    "correction": "Correction",
    "outcome": "How it was settled",
    "searched": "How I searched",
    "found": "What I found",
    "decided": "How I decided",
}


@dataclass(frozen=True, slots=True)
class Case:
    """The structured parts of a case, ready for storage."""

    setting: str
    age_band: str
    parts: dict[str, str]
    html: dict[str, str]


def title_text(value: str) -> str:
    """Return a clean title; raise ``Invalid`` when it is empty or too long."""
    return _bounded(clean_line(value[: 4 * TITLE_LIMIT]), "title", TITLE_LIMIT, required=True)


def long_text(value: str, name: str, limit: int, *, required: bool = True) -> str:
    """Return a clean multi-line text; raise ``Invalid`` for the field *name* when it is missing or too long."""
    return _bounded(clean_text(value[: 4 * limit]), name, limit, required=required)


def line_text(value: str, name: str, limit: int, *, required: bool = False) -> str:
    """Return a clean single line; raise ``Invalid`` for the field *name* when it is missing or too long."""
    return _bounded(clean_line(value[: 4 * limit]), name, limit, required=required)


def case_text(
    values: Mapping[str, str],
    *,
    setting: str | None,
    age_band: str | None,
    render: Callable[[str], str] = render_markdown,
) -> Case:
    """Return the checked and rendered parts of a case; raise ``Invalid`` naming every field that needs another look."""
    problems: dict[str, list[str]] = {}
    parts: dict[str, str] = {}
    for name, limit in CASE_LIMITS.items():
        try:
            text = long_text(values.get(name) or "", name, limit, required=name in CASE_REQUIRED)
        except Invalid as error:
            problems.update(error.fields)
        else:
            if text:
                parts[name] = text
    if setting not in set(CareSetting):
        problems["setting"] = ["Choose where the patient is seen."]
    if age_band not in set(AgeBand):
        problems["age_band"] = ["Choose an age band."]
    if problems:
        raise Invalid(fields=problems)
    rendered = {name: render(text) for name, text in parts.items()}
    return Case(setting=str(setting), age_band=str(age_band), parts=parts, html=rendered)


def think_aloud_text(values: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return the checked parts of a think-aloud by name, ``None`` when none was written; raise ``Invalid`` naming fields."""
    problems: dict[str, list[str]] = {}
    parts: dict[str, str] = {}
    for name, limit in THINK_ALOUD_LIMITS.items():
        try:
            text = long_text((values or {}).get(name) or "", name, limit, required=False)
        except Invalid as error:
            problems.update(error.fields)
        else:
            if text:
                parts[name] = text
    if problems:
        raise Invalid(fields=problems)
    return parts or None


def rendered_parts(parts: Mapping[str, str] | None, render: Callable[[str], str]) -> dict[str, str] | None:
    """Render each part of a text with *render*, ``None`` for none."""
    return {name: render(text) for name, text in parts.items()} if parts else None


def summary_of(rendered: str) -> str:
    """Return the beginning of a rendered text for lists."""
    return excerpt(html.unescape(plain_text(rendered)), limit=200)[:240]


def _bounded(text: str, name: str, limit: int, *, required: bool) -> str:
    label = _NAMES.get(name, name.replace("_", " ").capitalize())
    message = None
    if required and not text:
        message = f"Please fill in “{label}”."
    elif len(text) > limit:
        message = f"“{label}” can have at most {limit:,} characters."
    if message:
        raise Invalid(message, fields={name: [message]})
    return text
