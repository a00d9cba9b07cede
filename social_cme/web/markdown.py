"""Markdown to safe HTML, done once when a text is written.

Rule: what comes out has passed the sanitizer, whatever went in; no raw HTML is accepted.
"""

from __future__ import annotations

import functools
import html
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nh3
from markdown_it import MarkdownIt

from social_cme.web.markdown_rules import MENTION, MENTIONS_LIMIT, extend

MAX_MARKDOWN = 20_000
_TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "sub", "sup", "div", "span",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title", "id", "aria-label"}, "li": {"id"}, "ol": {"start"}}
_ALIGNED = {"align-left", "align-center", "align-right"}
_CLASSES = {
    "th": _ALIGNED,
    "td": _ALIGNED,
    "a": {"mention", "footnote-back"},
    "sup": {"footnote-ref"},
    "div": {"footnotes"},
    "span": {"lab", "lab--low", "lab--high", "lab-name", "lab-unit", "lab-mark", "lab-range", "visually-hidden"},
}
_ALIGN = re.compile(r' style="text-align:(left|center|right)"')
_HEADING = re.compile(r"<(/?)h([12])>")
# The ids that footnotes have, with a key for each text; no other id reaches a page, so nothing in it can be shadowed.
_OWN_ID = re.compile(r"fn(?:ref)?-[0-9a-f]{12}-[0-9]+(?:-[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitised HTML, and the ids of the people it mentions in the order in which they come."""

    html: str
    mentioned: tuple[int, ...]


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": False, "maxNesting": 20})
    return extend(parser.enable(["table", "strikethrough", "linkify"]).disable(["image"]))


def render_markdown(text: str) -> str:
    """Render *text* to sanitised HTML; headings start at level 3, links open without a referrer or rank."""
    return render_with_people(text, {}).html


def render_with_people(text: str, people: Mapping[int, str]) -> Rendered:
    """Render *text* in which those of *people* (names by id) can be mentioned; other mentions become plain words."""
    env: dict[str, Any] = {"people": people, "mentioned": {}, "key": secrets.token_hex(6), "footnote_links": 0}
    made = _parser().render(text, env)
    made = _ALIGN.sub(r' class="align-\1"', made)
    # The corner above a column of names heads nothing.
    made = made.replace("<th></th>", "<td></td>")
    made = _HEADING.sub(lambda found: f"<{found.group(1)}h{int(found.group(2)) + 2}>", made)
    clean: str = nh3.clean(
        made,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    return Rendered(_with_scrolling_tables(clean), tuple(env["mentioned"]))


def with_plain_mentions(text: str, people: Mapping[int, str]) -> str:
    """Return *text* with ``@Name`` in place of each mention; the names of *people* (by id) are theirs of now."""
    return MENTION.sub(lambda found: f"@{people.get(int(found.group(2)), found.group(1))}", text)


def mention_ids(text: str) -> list[int]:
    """Return the ids that *text* mentions by ``@[Name](user:12)``, each once, the first twenty."""
    found = (int(one.group(2)) for one in MENTION.finditer(text))
    return list(dict.fromkeys(found))[:MENTIONS_LIMIT]


def _keep_attribute(_tag: str, name: str, value: str) -> str | None:
    return None if name == "id" and not _OWN_ID.match(value) else value


def _with_scrolling_tables(clean: str) -> str:
    """Give each table a box of its own, which scrolls also by keyboard, instead of widening the page of a phone."""
    first, *tables = clean.split("<table>")
    parts = [first]
    for table in tables:
        columns = plain_text(table.partition("</thead>")[0].replace("</th>", " "))
        label = html.escape(" ".join(f"Table: {columns}".split())[:80], quote=True)
        parts.append(f'<div class="table-scroll" tabindex="0" role="group" aria-label="{label}"><table>{table}')
    return "".join(parts).replace("</table>", "</table></div>")


def plain_text(rendered: str) -> str:
    """Return the words of rendered HTML, for excerpts and search."""
    return nh3.clean(rendered, tags=set()).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
