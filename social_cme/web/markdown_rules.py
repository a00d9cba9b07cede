"""What our Markdown knows beyond the common kind: lab values, mentions of members, and footnotes that clash with nothing.

Rule: each rule looks ahead a bounded number of characters, so no text makes the renderer slow; everything is escaped here, and
sanitized once more by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from social_cme.core.labs import LAB_LIMIT, read_lab_value

MENTION = re.compile(r"@\[([^\[\]\n]{1,80})\]\(user:([1-9][0-9]{0,17})\)")
MENTIONS_LIMIT = 20
_FOOTNOTE_LINKS, _WAYS_BACK = 200, 10
_LAB = "[lab "


def extend(parser: MarkdownIt) -> MarkdownIt:
    """Teach *parser* the three."""
    footnote_plugin(parser, inline=False)
    parser.inline.ruler.before("link", "lab_value", _read_lab_value)
    parser.inline.ruler.before("link", "mention", _read_mention)
    for name, rule in _RENDERERS.items():
        parser.add_render_rule(name, rule)
    return parser


# ------------------------------------------------------------------ lab values


def _read_lab_value(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library calls it so
    """Take ``[lab Na 128 mmol/L (135-145)]``; anything that is no lab value stays the text that it is."""
    start = state.pos
    if not state.src.startswith(_LAB, start):
        return False
    inside = start + len(_LAB)
    end = state.src.find("]", inside, min(inside + LAB_LIMIT + 1, state.posMax))
    value = read_lab_value(state.src[inside:end]) if end > 0 and "\n" not in state.src[inside:end] else None
    if value is None:
        return False
    if not silent:
        state.push("lab_value", "", 0).meta = {"value": value}
    state.pos = end + 1
    return True


def _show_lab_value(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    lab = tokens[index].meta["value"]
    parts = [f'<span class="lab-name">{escapeHtml(lab.name)}</span> <strong>{escapeHtml(lab.value)}</strong>']
    if lab.unit:
        parts.append(f'<span class="lab-unit">{escapeHtml(lab.unit)}</span>')
    if lab.mark in {"low", "high"}:
        parts.append(f'<span class="lab-mark">{lab.mark}</span>')
    if lab.reference:
        said = '<span class="visually-hidden">reference </span>'
        parts.append(f'<span class="lab-range">({said}{escapeHtml(lab.reference)})</span>')
    kind = f" lab--{lab.mark}" if lab.mark in {"low", "high"} else ""
    return f'<span class="lab{kind}">{" ".join(parts)}</span>'


# ------------------------------------------------------------------ mentions


def _read_mention(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library calls it so
    """Take ``@[Name](user:12)``; the number says who is meant, whatever name stands before it."""
    if state.src[state.pos] != "@":
        return False
    found = MENTION.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("mention", "", 0).meta = {"id": int(found.group(2)), "written": found.group(1)}
    state.pos = found.end()
    return True


def _show_mention(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    meta = tokens[index].meta
    people: Mapping[int, str] = env["people"]
    name = people.get(meta["id"])
    if name is None:
        return f"@{escapeHtml(meta['written'])}"
    env["mentioned"].setdefault(meta["id"])
    return f'<a class="mention" href="/people/{meta["id"]}">@{escapeHtml(name)}</a>'


# ------------------------------------------------------------------ footnotes


def _show_footnote_ref(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    meta = tokens[index].meta
    number = meta["id"] + 1
    env["footnote_links"] += 1
    if env["footnote_links"] > _FOOTNOTE_LINKS:
        return f"<sup>{number}</sup>"
    place = f' id="fnref-{env["key"]}-{number}-{meta["subId"]}"' if meta["subId"] < _WAYS_BACK else ""
    address = f"#fn-{env['key']}-{number}"
    return f'<sup class="footnote-ref"><a href="{address}"{place} aria-label="Footnote {number}">{number}</a></sup>'


def _show_footnote_anchor(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    meta = tokens[index].meta
    if meta["subId"] >= _WAYS_BACK:
        return ""
    number = meta["id"] + 1
    address = f"#fnref-{env['key']}-{number}-{meta['subId']}"
    return f' <a class="footnote-back" href="{address}" aria-label="Back to footnote {number} in the text">↩</a>'


def _open_footnote(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    return f'<li id="fn-{env["key"]}-{tokens[index].meta["id"] + 1}">'


_RENDERERS: dict[str, Any] = {
    "lab_value": _show_lab_value,
    "mention": _show_mention,
    "footnote_ref": _show_footnote_ref,
    "footnote_anchor": _show_footnote_anchor,
    "footnote_open": _open_footnote,
    "footnote_close": lambda *_: "</li>\n",
    "footnote_block_open": lambda *_: '<div class="footnotes"><ol>\n',
    "footnote_block_close": lambda *_: "</ol></div>\n",
}
