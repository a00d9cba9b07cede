"""Templates, scripts and style sheets keep what the content security policy relies on; each check is shown to bite."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture import page_rules as rules
from tests.architecture.sources import ROOT, named, scripts, stylesheets, templates

Rule = Callable[[str], Iterator[rules.Offence]]


def _offences(rule: Rule, paths: Iterable[Path]) -> list[str]:
    return [f"{named(path)}:{line}: {text}" for path in paths for line, text in rule(path.read_text(encoding="utf-8"))]


def _pages() -> list[Path]:
    return [path for path in templates() if not path.is_relative_to(ROOT / "templates" / "email")]


def test_templates_never_switch_escaping_off() -> None:
    assert not _offences(rules.unsafe_output, templates())


def test_pages_hold_no_inline_script_style_or_handler() -> None:
    assert not _offences(rules.inline_code, _pages())


def test_mails_hold_no_script_or_handler() -> None:
    mails = set(templates()) - set(_pages())
    # Mail programs understand inline styles alone, and no policy of ours reaches them.
    assert not [offence for offence in _offences(rules.inline_code, sorted(mails)) if "style" not in offence]


def test_pages_and_mails_load_nothing_from_another_host() -> None:
    assert not _offences(rules.other_host, templates())


def test_style_sheets_load_nothing_from_another_host() -> None:
    assert not _offences(rules.style_from_elsewhere, stylesheets())


def test_scripts_never_turn_text_into_markup() -> None:
    assert not _offences(rules.markup_from_text, scripts())


def test_scripts_import_files_that_exist() -> None:
    missing = [
        f"{named(path)}: {address}"
        for path in scripts()
        for address in rules.imported_scripts(path.read_text(encoding="utf-8"))
        if not _target(path, address).is_file()
    ]
    assert not missing


def _target(script: Path, address: str) -> Path:
    base = ROOT if address.startswith("/") else script.parent
    return (base / address.lstrip("/").split("?")[0]).resolve()


PLANTED: list[tuple[Rule, str]] = [
    (rules.unsafe_output, "{{ body|safe }}"),
    (rules.unsafe_output, "{{ body | upper | safe }}"),
    (rules.unsafe_output, "{% autoescape false %}{{ body }}{% endautoescape %}"),
    (rules.unsafe_output, "{{ post.title|stored_html }}"),
    (rules.unsafe_output, "{{ render(post)|stored_html }}"),
    (rules.inline_code, "<script>start()</script>"),
    (rules.inline_code, "<script type='module'>\nimport '/static/js/a.js'\n</script>"),
    (rules.inline_code, "<script src='/a.js'>{{ settings }}</script>more<script>x()</script>"),
    (rules.inline_code, "<script nonce='{{ nonce }}'>x()</script>"),
    (rules.inline_code, "<style>p { color: red }</style>"),
    (rules.inline_code, "<p style='color: red'>"),
    (rules.inline_code, '<p class="a"\n   style = "color: red">'),
    (rules.inline_code, "{{ field(style='color: red') }}"),
    (rules.inline_code, "<button onclick='go()'>"),
    (rules.inline_code, "<a href='{{ url }}' {% if x %}class='a'{% endif %}\n onMouseOver=go()>"),
    (rules.inline_code, "{{ button(onclick='go()') }}"),
    (rules.inline_code, "<a href='javascript:go()'>"),
    (rules.other_host, "<script type='module' src='https://cdn.example.org/a.js'></script>"),
    (rules.other_host, "<link rel='stylesheet' href='//fonts.example.org/a.css'>"),
    (rules.other_host, "<img alt=''\n src=https://example.org/a.png>"),
    (rules.markup_from_text, "node.innerHTML = text;"),
    (rules.markup_from_text, "node['outerHTML'] = text;"),
    (rules.markup_from_text, "node.insertAdjacentHTML('beforeend', text);"),
    (rules.markup_from_text, "document . write(text);"),
    (rules.markup_from_text, "new DOMParser().parseFromString(text, 'text/html');"),
    (rules.markup_from_text, "eval(text);"),
    (rules.markup_from_text, "const f = new Function(text);"),
    (rules.markup_from_text, "node.setAttribute('onclick', text);"),
    (rules.markup_from_text, 'node.setAttribute("style", text);'),
    (rules.style_from_elsewhere, "@import 'other.css';"),
    (rules.style_from_elsewhere, "p { background: url(https://example.org/a.png) }"),
]

INNOCENT: list[tuple[Rule, str]] = [
    (rules.unsafe_output, "{{ post.body_html|stored_html }}{{ row['body_html'] }}{# |safe is not used #}"),
    (rules.inline_code, "<script type='module' src='/static/js/a.js'></script>"),
    (rules.inline_code, "<script type='application/json' id='data'>{{ data|tojson }}</script>"),
    (rules.inline_code, "<p>Once online = fine, the style = plain</p><input name='only' data-once='1'>"),
    (rules.inline_code, "{% set on = 'x' %}{{ macro(online='yes', condition='a') }}"),
    (rules.other_host, "<a href='https://example.org'>elsewhere</a><img src='/static/a.png' alt=''>"),
    (rules.markup_from_text, "// never innerHTML\nnode.textContent = text; /* outerHTML neither */"),
    (rules.markup_from_text, "const address = 'https://example.org/evaluate';"),
    (rules.style_from_elsewhere, "p { background: url(../img/a.svg) } /* @import is not used */"),
]


@pytest.mark.parametrize(("rule", "text"), PLANTED)
def test_a_planted_offence_is_found(rule: Rule, text: str) -> None:
    assert list(rule(text))


@pytest.mark.parametrize(("rule", "text"), INNOCENT)
def test_innocent_text_is_left_alone(rule: Rule, text: str) -> None:
    assert not list(rule(text))


def test_imports_of_scripts_are_seen_in_every_form() -> None:
    lines = [
        "import './a.js';",
        'import { b } from "./b.js";',
        "export { c } from './c.js';",
        "await import('./d.js');",
    ]
    lines += ["export function f() {", '  return "./not.js";', "}"]
    assert rules.imported_scripts("\n".join([*lines, "// import './e.js'"])) == ["./a.js", "./b.js", "./c.js", "./d.js"]
