"""The palette keeps WCAG 2.2 AA contrast in both themes; every pairing the pages use is listed here."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"

SURFACES = ("canvas", "surface", "sunken")
TEXT_PAIRS = [
    *[
        (ink, ground)
        for ink in ("text", "text-soft", "text-faint", "accent", "accent-hover", "danger")
        for ground in SURFACES
    ],
    *[("text", ground) for ground in ("accent-soft", "success-soft", "warning-soft", "danger-soft", "mark")],
    *[("text-soft", ground) for ground in ("accent-soft", "success-soft", "warning-soft", "danger-soft")],
    ("accent", "accent-soft"),
    ("success", "success-soft"),
    ("success", "surface"),
    ("warning", "warning-soft"),
    ("warning", "surface"),
    ("danger", "danger-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    *[("text", f"hue-{number}") for number in range(8)],
]
EDGE_PAIRS = [
    *[("line-strong", ground) for ground in SURFACES],
    *[("focus", ground) for ground in (*SURFACES, "accent-soft", "warning-soft", "danger-soft")],
    *[("accent", ground) for ground in ("surface", "sunken")],
]


def _declarations(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def _themes() -> dict[str, dict[str, str]]:
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf-8"), flags=re.S)
    blocks = dict(re.findall(r"(:root[^{\s]*)\s*\{([^{}]*)\}", css))
    light = _declarations(blocks[":root"])
    dark = light | _declarations(blocks[':root[data-theme="dark"]'])
    return {"light": light, "dark": dark}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(first: str, second: str) -> float:
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, 4.5), (EDGE_PAIRS, 3.0)], ids=["text at 4.5", "edges at 3"])
def test_every_pair_of_colours_in_use_keeps_its_contrast(
    theme: str, pairs: list[tuple[str, str]], least: float
) -> None:
    tokens = _themes()[theme]
    ratios = {f"{ink} on {ground}": round(_ratio(tokens[ink], tokens[ground]), 2) for ink, ground in pairs}
    too_low = {pair: ratio for pair, ratio in ratios.items() if ratio < least}
    assert too_low == {}


def test_the_two_copies_of_the_dark_theme_are_equal() -> None:
    css = TOKENS.read_text(encoding="utf-8")
    by_preference = re.search(r':root:not\(\[data-theme="light"\]\)\s*\{([^{}]*)\}', css)
    by_choice = re.search(r':root\[data-theme="dark"\]\s*\{([^{}]*)\}', css)
    assert by_preference
    assert by_choice
    assert _declarations(by_preference[1]) == _declarations(by_choice[1])
    assert len(_declarations(by_choice[1])) > 30
