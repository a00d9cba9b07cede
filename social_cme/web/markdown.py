"""Markdown to safe HTML, done once when a text is written.

Rule: what comes out has passed the sanitizer, whatever went in; no raw HTML is accepted.
"""

from __future__ import annotations

import functools
import re

import nh3
from markdown_it import MarkdownIt

MAX_MARKDOWN = 20_000
_TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "sub", "sup", "div",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"class"}, "td": {"class"}, "ol": {"start"}, "code": {"class"}}
_CLASSES = {"th": {"align-left", "align-center", "align-right"}, "td": {"align-left", "align-center", "align-right"}}
_ALIGN = re.compile(r' style="text-align:(left|center|right)"')


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": False, "maxNesting": 20})
    return parser.enable(["table", "strikethrough", "linkify"]).disable(["image"])


def render_markdown(text: str) -> str:
    """Render *text* to sanitised HTML; headings start at level 3, links open without a referrer or rank."""
    html = _parser().render(text)
    html = _ALIGN.sub(r' class="align-\1"', html)
    # The corner above a column of names heads nothing.
    html = html.replace("<th></th>", "<td></td>")
    html = re.sub(r"<(/?)h([12])>", lambda m: f"<{m.group(1)}h{int(m.group(2)) + 2}>", html)
    clean: str = nh3.clean(
        html,
        tags=_TAGS,
        attributes={tag: names - {"class"} for tag, names in _ATTRIBUTES.items()},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    # A wide table scrolls inside its own box, also by keyboard, instead of widening the page of a phone.
    return clean.replace(
        "<table>", '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table>'
    ).replace("</table>", "</table></div>")


def plain_text(html: str) -> str:
    """Return the words of rendered HTML, for excerpts and search."""
    return nh3.clean(html, tags=set()).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
