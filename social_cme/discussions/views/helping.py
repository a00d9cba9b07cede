"""Help for writing and for the keyboard; the examples are rendered as a post would be."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from social_cme.discussions.views import bp
from social_cme.web.markdown import render_markdown


@dataclass(frozen=True, slots=True)
class Example:
    """Something to write, and what becomes of it."""

    title: str
    source: str

    @property
    def shown_html(self) -> str:
        """The source as a post would show it."""
        return render_markdown(self.source)


EXAMPLES = (
    Example("Emphasis", "**Hold** the metformin, *not* the insulin."),
    Example("Lists", "- furosemide 40 mg\n- daily weight\n\n1. First this\n2. Then that"),
    Example("Quotations", "> Push the diuretic.\n\nI would wait for the sodium."),
    Example("Links", "[The guideline](https://example.org), or just https://example.org"),
    Example(
        "Lab values",
        "[lab Na 128 mmol/L (135-145)], [lab K 5.9 mmol/L (3.5-5.0)], [lab CRP 3 mg/L (<5)], [lab pH 7.31]",
    ),
    Example(
        "Tables",
        "| Drug | Dose | When |\n|:--|--:|:--|\n| Furosemide | 40 mg | morning |\n| Spironolactone | 25 mg | noon |",
    ),
    Example("Footnotes", "Start low.[^1]\n\n[^1]: In the frail, half the usual dose."),
    Example("Headings", "# What I would do\n\nWeigh him every morning."),
    Example("Code and exact text", "`0.9 %` stays as it is typed."),
)

# The one list of keys: the page shows it, and the sheet is made from the page. js/core/shortcuts.js acts on them.
KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Anywhere",
        (
            ("?", "This list"),
            ("/", "Search"),
            ("g h", "Home"),
            ("g r", "Rooms"),
            ("g l", "Live sessions"),
            ("g n", "Notifications"),
            ("g b", "Bookmarks"),
            ("g d", "Drafts"),
            ("Esc", "Close a menu or this list"),
        ),
    ),
    (
        "In a list or a thread",
        (("j", "Next"), ("k", "Previous"), ("Enter", "Open what has the focus")),
    ),
    (
        "In a thread",
        (
            ("n", "Go to what is new"),
            ("a", "Write an answer"),
            ("c", "Comment on this post"),
            ("q", "Quote this post, or what is selected in it"),
            ("v", "Helpful, or no longer"),
            ("b", "Bookmark, or no longer"),
            ("l", "Copy the link to this post"),
        ),
    ),
    (
        "At the slides of a live session",
        (
            ("← →", "Turn the pages"),
            ("Home", "First page"),
            ("End", "Last page"),
            ("Esc", "Back to where the speaker is"),
        ),
    ),
    (
        "On the projector",
        (
            ("q", "The question"),
            ("s", "The slides"),
            ("p", "The poll"),
            ("j", "How to join"),
            ("← →", "Turn the slides, for who leads"),
        ),
    ),
)


@bp.get("/help/formatting")
def help_formatting() -> str:
    """Show what can be written, and how it looks."""
    return render_template("discussions/help_formatting.html", examples=EXAMPLES)


@bp.get("/help/keyboard")
def help_keyboard() -> str:
    """Show the keys, and where they are switched off."""
    return render_template("discussions/help_keyboard.html", groups=KEYS)
