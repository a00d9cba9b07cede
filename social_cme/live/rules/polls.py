"""What a poll may ask and what a ballot may say, as plain functions of values.

Rule: a ballot becomes an ``Addition`` to counters; results are made of counters alone, never of ballots.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line
from social_cme.discussions.rules.ballots import checked_shares
from social_cme.live.enums import PollKind

MAX_POLL_QUESTION = 500
MAX_OPTION = 200
MAX_RATIONALE = 2_000
MAX_LABEL = 60
MAX_TEXT_ANSWER = 200
MAX_OPTIONS = 12
MAX_RANKED = 8
SCALE_LEAST, SCALE_MOST = 0, 100
SCALE_STEPS = 20
MAX_TIMER = 3_600
MIN_TIMER = 5
MAX_ROUNDS = 5
MAX_POLLS = 60
GROUPS_SHOWN = 60
MAX_NORMALIZED = 400
WITH_OPTIONS = frozenset({PollKind.SINGLE, PollKind.MULTIPLE, PollKind.QUIZ, PollKind.RANKING, PollKind.DIFFERENTIAL})
WITH_SOLUTION = frozenset({PollKind.QUIZ, PollKind.DIFFERENTIAL})
# Kinds whose ballot has one main answer, so that it can be said who moved between two rounds.
WITH_SHIFT = frozenset({PollKind.SINGLE, PollKind.QUIZ, PollKind.SCALE, PollKind.DIFFERENTIAL})
_ENDS = " \t.,;:!?\"'()[]-–—"  # noqa: RUF001 - dashes as people type them


@dataclass(frozen=True, slots=True)
class Shape:
    """What the ballots of a poll may say."""

    kind: str
    option_count: int = 0
    max_choices: int | None = None
    scale_min: int = 1
    scale_max: int = 5

    @property
    def places(self) -> range:
        """The places that are counted: options from 1, or the values of the scale."""
        if self.kind == PollKind.SCALE:
            return range(self.scale_min, self.scale_max + 1)
        return range(1, self.option_count + 1)


@dataclass(frozen=True, slots=True)
class Ballot:
    """What somebody sent, before it is checked; only the field of the poll's kind counts."""

    choices: Sequence[int] = ()
    value: int | None = None
    ranks: Sequence[int] = ()
    shares: Mapping[int, int | None] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """What a ballot adds at one place."""

    count: int = 0
    weight: int = 0
    firsts: int = 0


@dataclass(frozen=True, slots=True)
class Addition:
    """A checked ballot: what is kept of a named one, what it adds to the counters, and its main answer."""

    kept: dict[str, Any]
    counts: Mapping[int, Count]
    top: int | None = None
    text: str = ""


# ------------------------------------------------------------------ what a poll may ask


def checked_poll_options(kind: str, lines: Sequence[str]) -> list[str]:
    """Return the options of a poll, cleaned; raise ``Invalid`` for ``options`` unless there are enough different ones."""
    if kind not in WITH_OPTIONS:
        return []
    options = [text for text in (clean_line(line) for line in lines[:100]) if text]
    most = MAX_RANKED if kind in {PollKind.RANKING, PollKind.DIFFERENTIAL} else MAX_OPTIONS
    problem = None
    if not 2 <= len(options) <= most:
        problem = f"Name 2 to {most} options, one on each line."
    elif any(len(option) > MAX_OPTION for option in options):
        problem = f"An option can have at most {MAX_OPTION} characters."
    elif len({normalized(option) or option for option in options}) < len(options):
        problem = "Name each option once."
    if problem:
        raise Invalid(problem, fields={"options": [problem]})
    return options


def checked_correct(kind: str, correct: Sequence[int], *, option_count: int) -> list[int]:
    """Return the places of the right options; a quiz has one or more, a differential none or one, others none."""
    if kind not in WITH_SOLUTION:
        return []
    places = sorted(set(correct))
    problem = None
    if any(not 1 <= place <= option_count for place in places):
        problem = "The right answers are numbers of the options, from 1."
    elif kind == PollKind.QUIZ and not places:
        problem = "Say which options are right."
    elif kind == PollKind.DIFFERENTIAL and len(places) > 1:
        problem = "One diagnosis can prove right."
    if problem:
        raise Invalid(problem, fields={"correct": [problem]})
    return places


def scale_problem(low: int, high: int) -> str | None:
    """Return what is wrong with a scale, ``None`` when it is fine."""
    if not SCALE_LEAST <= low < high <= SCALE_MOST:
        return f"A scale goes up, from {SCALE_LEAST} at the lowest to {SCALE_MOST} at the highest."
    return f"A scale has at most {SCALE_STEPS + 1} steps." if high - low > SCALE_STEPS else None


# ------------------------------------------------------------------ what a ballot may say


def checked_ballot(shape: Shape, ballot: Ballot) -> Addition:
    """Return what a ballot adds; raise ``Invalid`` with a sentence for whoever sent it."""
    check = {
        PollKind.SINGLE: _one,
        PollKind.QUIZ: _some,
        PollKind.MULTIPLE: _some,
        PollKind.SCALE: _value,
        PollKind.RANKING: _ranks,
        PollKind.TEXT: _text,
        PollKind.DIFFERENTIAL: _shares,
    }[PollKind(shape.kind)]
    return check(shape, ballot)


def _refuse(field_name: str, problem: str) -> Invalid:
    return Invalid(problem, fields={field_name: [problem]})


def _one(shape: Shape, ballot: Ballot) -> Addition:
    if len(ballot.choices) != 1:
        raise _refuse("choices", "Choose one option.")
    return _some(shape, ballot)


def _some(shape: Shape, ballot: Ballot) -> Addition:
    chosen = list(ballot.choices)
    most = shape.max_choices or shape.option_count
    if not chosen:
        raise _refuse("choices", "Choose an option.")
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(shape.places):
        raise _refuse("choices", "This poll does not have such an option. Reload the page and try again.")
    if len(chosen) > most:
        raise _refuse("choices", f"Choose at most {most}.")
    top = chosen[0] if len(chosen) == 1 else None
    return Addition({"choices": sorted(chosen)}, {place: Count(count=1) for place in sorted(chosen)}, top)


def _value(shape: Shape, ballot: Ballot) -> Addition:
    if ballot.value is None or ballot.value not in shape.places:
        raise _refuse("value", f"Choose a value from {shape.scale_min} to {shape.scale_max}.")
    return Addition({"value": ballot.value}, {ballot.value: Count(count=1)}, ballot.value)


def _ranks(shape: Shape, ballot: Ballot) -> Addition:
    order = list(ballot.ranks)
    if sorted(order) != list(shape.places):
        raise _refuse("ranks", "Give each option a different rank.")
    last = len(order)
    counts = {
        place: Count(count=1, weight=last - rank, firsts=int(rank == 1)) for rank, place in enumerate(order, start=1)
    }
    return Addition({"ranks": order}, counts, order[0])


def _text(_shape: Shape, ballot: Ballot) -> Addition:
    text = clean_line(ballot.text)
    if not text or not normalized(text):
        raise _refuse("text", "Please write an answer.")
    if len(text) > MAX_TEXT_ANSWER:
        raise _refuse("text", f"That is {len(text):,} characters; an answer can have at most {MAX_TEXT_ANSWER}.")
    return Addition({"text": text}, {}, None, text)


def _shares(shape: Shape, ballot: Ballot) -> Addition:
    shares = checked_shares(ballot.shares, list(shape.places))
    highest = max(shares.values())
    leading = [place for place, share in shares.items() if share == highest]
    counts = {
        place: Count(count=1, weight=share, firsts=int(leading == [place])) for place, share in sorted(shares.items())
    }
    kept = {"shares": {str(place): share for place, share in sorted(shares.items())}}
    return Addition(kept, counts, leading[0] if len(leading) == 1 else None)


def addition_of(kept: Mapping[str, Any], shape: Shape) -> Addition:
    """Return what a kept ballot had added, to take it back when it is changed."""
    shares = {int(place): share for place, share in kept.get("shares", {}).items()}
    ballot = Ballot(
        choices=kept.get("choices", ()),
        value=kept.get("value"),
        ranks=kept.get("ranks", ()),
        shares=shares,
        text=kept.get("text", ""),
    )
    return checked_ballot(shape, ballot)


def normalized(text: str) -> str:
    """Return the form under which two free answers count as equal: case, width, blanks and outer punctuation do not matter."""
    folded = clean_line(unicodedata.normalize("NFKC", text)).casefold()
    return (folded.strip(_ENDS) or folded)[:MAX_NORMALIZED]
