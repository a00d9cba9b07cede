"""What people write becomes safe HTML, whatever they write."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.web.markdown import mention_ids, plain_text, render_markdown, render_with_people

ALLOWED = re.compile(r"</?([a-z0-9]+)")
TAGS = set(
    "p br hr strong em s code pre blockquote ul ol li a h3 h4 h5 h6 table thead tbody tr th td sub sup div span".split()
)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox(1))",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<a href='java\tscript:alert(1)'>x</a>",
        "<form id=io name=csrf><input name=csrf_token></form>",
        "<svg/onload=alert(1)>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_hostile_markup_becomes_text(hostile: str) -> None:
    html = render_markdown(hostile)
    assert set(ALLOWED.findall(html)) <= TAGS
    for href in re.findall(r'href="([^"]*)"', html):
        assert href.startswith(("http://", "https://", "mailto:"))
    assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', html))


@given(st.text(max_size=400))
def test_no_text_makes_an_unexpected_tag(text: str) -> None:
    assert set(ALLOWED.findall(render_markdown(text))) <= TAGS


def test_tables_lists_and_links_work() -> None:
    html = render_markdown("# Plan\n\n| Drug | Dose |\n|:--|--:|\n| A | 1 mg |\n\nsee https://example.org\n")
    assert "<h3>Plan</h3>" in html
    assert '<td class="align-right">1 mg</td>' in html
    assert 'rel="nofollow ugc noopener noreferrer"' in html
    assert 'class="table-scroll"' in html


@pytest.mark.parametrize(
    "pattern", ["[" * 10_000, "*" * 10_000, ">" * 10_000, "a" * 20_000, "`" * 9_999, "_a" * 8_000, "![](" * 4_000]
)
def test_no_text_of_the_allowed_length_takes_long(pattern: str) -> None:
    assert _seconds(pattern) < 1.0


# ------------------------------------------------------------------ what ours knows beyond the common kind


def test_a_lab_value_says_in_words_that_it_is_low() -> None:
    html = render_markdown("[lab Na 128 mmol/L (135-145)] and [lab K 4 mmol/L (3.5-5)]")
    assert html.count('class="lab lab--low"') == 1
    assert '<span class="lab-mark">low</span>' in html
    assert plain_text(html) == "Na 128 mmol/L low (reference 135–145) and K 4 mmol/L (reference 3.5–5)"


@pytest.mark.parametrize(
    "text", ["[lab x]", "[lab Na 1\nmmol/L]", "[lab <img src=x> 1]", "`[lab Na 128 mmol/L]`", "[lab", "[LAB Na 1 g/L]"]
)
def test_what_is_no_lab_value_stays_text(text: str) -> None:
    assert 'class="lab' not in render_markdown(text)


def test_footnotes_of_two_texts_do_not_clash() -> None:
    text = "Start low.[^a] Go slow.[^a]\n\n[^a]: In the **frail**."
    first, second = render_markdown(text), render_markdown(text)
    ids = [re.findall(r'id="([^"]+)"', html) for html in (first, second)]
    assert len(ids[0]) == 3
    assert not set(ids[0]) & set(ids[1])
    assert {href.removeprefix("#") for href in re.findall(r'href="(#[^"]+)"', first)} == set(ids[0])
    assert "<strong>frail</strong>" in first


@pytest.mark.parametrize("name", ["io", "csrf_token", "main", '"onload=alert(1)', "constructor", "__proto__"])
def test_no_id_that_somebody_chose_reaches_a_page(name: str) -> None:
    html = render_markdown(f"x[^{name}] y\n\n[^{name}]: z")
    assert all(re.fullmatch(r"fn(ref)?-[0-9a-f]{12}-1(-0)?", one) for one in re.findall(r'\bid="([^"]*)"', html))
    assert "name=" not in html


def test_a_table_can_be_reached_by_keyboard_and_has_a_name() -> None:
    html = render_markdown('| Drug "A" | <Dose> |\n|--|--|\n| 1 | 2 |\n\n| B |\n|--|\n| 1 |')
    labels = re.findall(r'<div class="table-scroll" tabindex="0" role="group" aria-label="([^"]*)"><table>', html)
    assert labels == ["Table: Drug &quot;A&quot; &lt;Dose&gt;", "Table: B"]


def test_only_people_who_are_given_are_named() -> None:
    rendered = render_with_people("@[Ben](user:3) @[Cy](user:4) `@[Ben](user:3)`", {3: "Ben <b>"})
    assert rendered.mentioned == (3,)
    assert rendered.html.count("<a ") == 1
    assert "@Ben &lt;b&gt;</a> @Cy <code>@[Ben](user:3)</code>" in rendered.html
    assert mention_ids("@[a](user:7) @[b](user:0) @[c](user:x) @[a](user:7)") == [7]


def _seconds(text: str) -> float:
    """Return the least time of the processor that rendering took in three tries."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        render_markdown(text)
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize(
    "pattern",
    [
        "[lab " * 4_000, "[lab Na 1 x" * 1_800, "@[" * 10_000, "@[a](user:1" * 1_800, "@[a](user:1)" * 1_600, "[^a]: " * 3_300,
        "[^a]: x\n\n" + "[^a]" * 4_800, "".join(f"[^{one}]: x [^{one}]\n\n" for one in range(1_000)), "a@b.c " * 3_300,
        "|a|b|\n|-|-|\n" + "|x|y|\n" * 3_300, "|a|\n|-|\n\n" * 2_200, "- " * 10_000, "http://a.b/" * 1_800,
    ],
)  # fmt: skip
def test_no_text_makes_our_own_rules_slow_or_the_page_huge(pattern: str) -> None:
    text = pattern[:20_000]
    html = render_markdown(text)
    # A quarter of the text takes a quarter of the time; where the whole grew with the square it would be a sixteenth.
    assert _seconds(text) < max(0.2, 10 * _seconds(text[: len(text) // 4]))
    assert len(html) < 600_000
