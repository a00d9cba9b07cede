"""Rules on templates, scripts and style sheets; each takes a text and yields (line, what is wrong)."""

import re
from collections.abc import Iterator

Offence = tuple[int, str]

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_SAFE = re.compile(r"\|\s*safe\b|\bautoescape\s+false\b|\bMarkup\b")
_STORED = re.compile(r"([\w.\[\]'\"()]*)\s*\|\s*stored_html\b")
_STYLE = re.compile(r"\bstyle\s*=\s*[\"']")
_STYLE_TAG = re.compile(r"<style\b", re.IGNORECASE)
_SCRIPT_TAG = re.compile(r"<script\b([^>]*)>(.*?)</script", re.IGNORECASE | re.DOTALL)
_SCRIPT_OPEN = re.compile(r"<script\b", re.IGNORECASE)
_HANDLER = re.compile(r"<[^>]*?\s(on[a-z]+)\s*=", re.IGNORECASE | re.DOTALL)
_HANDLER_MADE = re.compile(
    r"\b(on(?:click|dblclick|change|submit|input|load|error|key\w+|mouse\w+|pointer\w+|touch\w+|focus|blur|toggle))\s*=\s*[\"']"
)
_SCRIPT_ADDRESS = re.compile(
    r"(?:href|src|action|formaction)\s*=\s*[\"']?\s*(?:javascript|data|vbscript):", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"<(?:script|link|img|source|iframe|video|audio|use|form)\b[^>]*?\s(?:src|href|srcset|action|data)\s*=\s*[\"']?(?:https?:)?//",
    re.IGNORECASE | re.DOTALL,
)
_JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", re.DOTALL)
_MARKUP_SINK = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|document\s*\.\s*write(?:ln)?|srcdoc|"
    r"DOMParser|parseFromString|eval\s*\(|new\s+Function)"
)
_JS_STYLE = re.compile(r"setAttribute\(\s*[\"'`](?:style|on\w+)[\"'`]")
_JS_IMPORT = re.compile(
    r"(?:^|\n)\s*import\s+(?:[\w$*{}\s,]+?\sfrom\s+)?[\"']([^\"']+)[\"']"
    r"|(?:^|\n)\s*export\s+(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s+[\"']([^\"']+)[\"']"
    r"|\bimport\(\s*[\"']([^\"']+)[\"']"
)
_CSS_ELSEWHERE = re.compile(r"url\(\s*[\"']?(?:https?:)?//|@import\b", re.IGNORECASE)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Replace matches with as many line ends as they had, so that line numbers stay true."""
    return pattern.sub(lambda match: " " + "\n" * match.group().count("\n"), text)


def _found(pattern: re.Pattern[str], text: str, message: str) -> Iterator[Offence]:
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, message


def unsafe_output(text: str) -> Iterator[Offence]:
    """Escaping is never switched off; rendered Markdown passes through its own filter and nothing else does."""
    text = _blank(_COMMENT, text)
    yield from _found(_SAFE, text, "escaping is switched off")
    for match in _STORED.finditer(text):
        if not match.group(1).endswith("_html"):
            yield text.count("\n", 0, match.start()) + 1, f"stored_html is used on {match.group(1) or 'an expression'}"


def inline_code(text: str) -> Iterator[Offence]:
    """The content security policy refuses inline scripts, styles and handlers; so do we."""
    text = _blank(_COMMENT, text)
    html = _blank(_JINJA, text)
    for match in _SCRIPT_TAG.finditer(html):
        attributes, body = match.groups()
        is_data = re.search(r"type\s*=\s*[\"']application/json[\"']", attributes)
        if not is_data and (body.strip() or not re.search(r"\ssrc\s*=", attributes)):
            yield html.count("\n", 0, match.start()) + 1, "a script stands in the page"
    if len(_SCRIPT_OPEN.findall(html)) > len(_SCRIPT_TAG.findall(html)):
        yield 1, "a script is opened and not closed"
    yield from _found(_STYLE_TAG, html, "a style element stands in the page")
    yield from _found(_STYLE, text, "a style attribute stands in the page")
    yield from _found(_HANDLER, html, "an event handler stands in the page")
    yield from _found(_HANDLER_MADE, text, "an event handler stands in the page")
    yield from _found(_SCRIPT_ADDRESS, text, "an address that runs code")


def other_host(text: str) -> Iterator[Offence]:
    """A page loads nothing from another host."""
    yield from _found(_ELSEWHERE, _blank(_COMMENT, text), "something is loaded from another host")


def markup_from_text(text: str) -> Iterator[Offence]:
    """Scripts build pages from nodes, never from strings."""
    code = _blank(_JS_COMMENT, text)
    yield from _found(_MARKUP_SINK, code, "a string becomes markup or code")
    yield from _found(_JS_STYLE, code, "an inline style or handler is set")


def imported_scripts(text: str) -> list[str]:
    """Return the addresses a module imports."""
    return ["".join(groups) for groups in _JS_IMPORT.findall(_blank(_JS_COMMENT, text))]


def style_from_elsewhere(text: str) -> Iterator[Offence]:
    """Style sheets load nothing from another host and do not chain."""
    yield from _found(_CSS_ELSEWHERE, _blank(_JS_COMMENT, text), "something is loaded from elsewhere")
