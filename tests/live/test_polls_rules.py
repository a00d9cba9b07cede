"""What ballots say and add up to, as plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.core.errors import Invalid
from social_cme.live.enums import PollKind, PollState, ResultsWhen, Reveal
from social_cme.live.rules import poll_results as results
from social_cme.live.rules import poll_tables as tables
from social_cme.live.rules.polls import (
    Addition,
    Ballot,
    Count,
    Shape,
    addition_of,
    checked_ballot,
    checked_correct,
    checked_poll_options,
    normalized,
    scale_problem,
)

NOW = datetime(2026, 5, 12, 12, tzinfo=UTC)


def add(ballots: list[Addition]) -> dict[int, Count]:
    found: dict[int, Count] = {}
    for one in ballots:
        for place, more in one.counts.items():
            had = found.get(place, Count())
            found[place] = Count(had.count + more.count, had.weight + more.weight, had.firsts + more.firsts)
    return found


def test_options_are_cleaned_and_differ() -> None:
    assert checked_poll_options("single", [" A ", "", "B\n"]) == ["A", "B"]
    assert checked_poll_options("scale", ["A", "B"]) == []
    for lines in (["A"], ["A", "a."], ["x" * 201, "B"], [str(number) for number in range(13)]):
        with pytest.raises(Invalid):
            checked_poll_options("single", lines)


def test_what_is_right_is_named_by_place() -> None:
    assert checked_correct("quiz", [3, 1, 3], option_count=3) == [1, 3]
    assert checked_correct("differential", [], option_count=3) == []
    assert checked_correct("single", [1], option_count=3) == []
    for kind, places in (("quiz", []), ("quiz", [0]), ("quiz", [4]), ("differential", [1, 2])):
        with pytest.raises(Invalid):
            checked_correct(kind, places, option_count=3)


@pytest.mark.parametrize(
    ("low", "high", "fine"),
    [(1, 5, True), (0, 20, True), (0, 21, False), (3, 3, False), (90, 101, False), (-1, 4, False)],
)
def test_a_scale_goes_up_in_few_steps(low: int, high: int, fine: bool) -> None:
    assert (scale_problem(low, high) is None) == fine


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("Metolazone", " metolazone. ", True),
        ("Ａdd", "add", True),
        ("a  b", "A b", True),
        ("(yes)", "yes", True),
        ("yes", "no", False),
        ("???", "!!!", False),
    ],
)
def test_free_answers_are_equal_but_for_how_they_are_typed(one: str, other: str, equal: bool) -> None:
    assert (normalized(one) == normalized(other)) == equal


def test_an_answer_that_grows_when_it_is_normalized_is_cut() -> None:
    assert len(normalized("ﷺ" * 200)) <= 400


def test_the_histogram_of_a_scale_has_mean_and_median() -> None:
    shape = Shape("scale", scale_min=1, scale_max=5)
    counts = add([checked_ballot(shape, Ballot(value=value)) for value in (1, 2, 4, 5)])
    summary = results.summarize(shape, counts, 4)
    assert (summary.mean, summary.median) == (3.0, 3.0)
    assert [(bar.place, bar.count, bar.percent) for bar in summary.bars][:3] == [
        (1, 1, 25.0),
        (2, 1, 25.0),
        (3, 0, 0.0),
    ]
    assert results.median_of({2: Count(3), 5: Count(2)}) == 2
    assert results.summarize(shape, {}, 0).mean is None
    assert results.summarize(shape, {}, 0).median is None


def test_ranks_give_borda_points_and_first_places() -> None:
    shape = Shape("ranking", 3)
    counts = add([checked_ballot(shape, Ballot(ranks=order)) for order in ([1, 2, 3], [1, 3, 2], [2, 1, 3])])
    bars = results.summarize(shape, counts, 3).bars
    assert [(bar.value, bar.firsts) for bar in bars] == [(5.0, 2), (3.0, 1), (1.0, 0)]
    assert bars[0].percent == pytest.approx(83.3)


def test_likelihoods_have_a_mean_over_everybody_who_voted() -> None:
    shape = Shape("differential", 3)
    counts = add([checked_ballot(shape, Ballot(shares=shares)) for shares in ({1: 100}, {1: 50, 2: 50}, {3: 100})])
    bars = results.summarize(shape, counts, 3).bars
    assert [(bar.value, bar.firsts) for bar in bars] == [(50.0, 1), (16.7, 0), (33.3, 1)]
    assert sum(bar.percent for bar in bars) == pytest.approx(100, abs=0.2)


def test_several_choices_are_shares_of_the_people() -> None:
    shape = Shape("multiple", 2)
    counts = add([checked_ballot(shape, Ballot(choices=chosen)) for chosen in ([1], [1, 2])])
    assert [bar.percent for bar in results.summarize(shape, counts, 2).bars] == [100.0, 50.0]


_SHAPES = [Shape("single", 4), Shape("multiple", 4), Shape("scale"), Shape("ranking", 4), Shape("differential", 4)]


@st.composite
def votes(draw: Any) -> tuple[Shape, list[Ballot]]:
    shape = draw(st.sampled_from(_SHAPES))
    places = list(shape.places)
    made = {
        "single": st.sampled_from(places).map(lambda one: Ballot(choices=[one])),
        "multiple": st.lists(st.sampled_from(places), min_size=1, unique=True).map(lambda some: Ballot(choices=some)),
        "scale": st.sampled_from(places).map(lambda one: Ballot(value=one)),
        "ranking": st.permutations(places).map(lambda order: Ballot(ranks=order)),
        "differential": st.tuples(st.integers(0, 100), st.sampled_from(places), st.sampled_from(places)).map(
            lambda three: Ballot(
                shares={three[1]: three[0], three[2]: 100 - three[0]} if three[1] != three[2] else {three[1]: 100}
            )
        ),
    }[shape.kind]
    return shape, draw(st.lists(made, max_size=12))


@given(votes())
def test_counters_are_the_sum_of_the_ballots_and_can_be_taken_back(given_: tuple[Shape, list[Ballot]]) -> None:
    shape, ballots = given_
    additions = [checked_ballot(shape, one) for one in ballots]
    counts = add(additions)
    summary = results.summarize(shape, counts, len(ballots))
    assert all(0 <= bar.percent <= 100 for bar in summary.bars)
    assert sum(one.firsts for one in counts.values()) <= len(ballots)
    if shape.kind in {"single", "scale"}:
        assert sum(bar.count for bar in summary.bars) == len(ballots)
    if shape.kind == "differential" and ballots:
        assert sum(one.weight for one in counts.values()) == 100 * len(ballots)
    assert [addition_of(one.kept, shape) for one in additions] == additions, "what is kept says what was added"


# ------------------------------------------------------------------ who sees what


@pytest.mark.parametrize(
    ("state", "when", "reveal", "before", "after"),
    [
        ("draft", "live", "shown", False, False),
        ("open", "live", "auto", True, True),
        ("open", "voted", "auto", False, True),
        ("open", "closed", "auto", False, False),
        ("open", "closed", "shown", True, True),
        ("open", "live", "hidden", False, False),
        ("open", "voted", "hidden", False, False),
        ("discussing", "closed", "auto", False, False),
        ("discussing", "voted", "auto", False, True),
        ("closed", "closed", "auto", True, True),
        ("closed", "live", "hidden", False, False),
    ],
)
def test_who_sees_results(state: str, when: str, reveal: str, before: bool, after: bool) -> None:
    seen = [results.shows_results(state=state, when=when, reveal=reveal, voted=voted) for voted in (False, True)]
    assert seen == [before, after]


def test_what_is_right_is_told_after_the_end_alone() -> None:
    told = [
        (state, reveal)
        for state in PollState
        for reveal in Reveal
        if results.shows_solution(state=state, reveal=reveal)
    ]
    assert told == [("closed", "auto"), ("closed", "shown")]
    assert set(ResultsWhen) == {"live", "voted", "closed"}


def test_a_round_whose_time_is_up_is_over() -> None:
    def at(moment: datetime, **about: Any) -> PollState:
        values = {"ends_at": NOW, "two_rounds": False, "number": 1, **about}
        return results.present_state("open", moment=moment, **values)

    assert at(NOW - timedelta(seconds=1)) == PollState.OPEN
    assert at(NOW) == PollState.CLOSED
    assert at(NOW, two_rounds=True) == PollState.DISCUSSING
    assert at(NOW, two_rounds=True, number=2) == PollState.CLOSED
    assert at(NOW, ends_at=None) == PollState.OPEN


def test_few_anonymous_votes_are_not_told() -> None:
    told = [results.enough_voters(is_anonymous=True, voters=number) for number in range(4)]
    assert told == [True, False, False, True]
    assert results.enough_voters(is_anonymous=False, voters=1)


def test_ones_own_likelihoods_are_scored_against_what_proved_right() -> None:
    kept = {"shares": {"1": 60, "2": 40}}
    assert results.own_score(kept, [1], option_count=3) == pytest.approx(0.32)
    assert results.own_score(kept, [], option_count=3) is None
    assert results.own_score({"choices": [1]}, [1], option_count=3) is None


# ------------------------------------------------------------------ tables


@pytest.mark.parametrize(
    ("kind", "kept", "words"),
    [
        ("single", {"choices": [2]}, "B"),
        ("multiple", {"choices": [1, 3]}, "A; C"),
        ("scale", {"value": 4}, "4"),
        ("ranking", {"ranks": [3, 1, 2]}, "1. C; 2. A; 3. B"),
        ("text", {"text": "Aha"}, "Aha"),
        ("differential", {"shares": {"1": 40, "2": 60}}, "B 60 %; A 40 %"),
    ],
)
def test_a_ballot_is_one_cell(kind: str, kept: dict[str, Any], words: str) -> None:
    assert tables.answer_text(kind, kept, ["A", "B", "C"]) == words


def test_a_quiz_is_right_with_all_that_is_right_and_nothing_else() -> None:
    judged = [tables.is_right(PollKind.QUIZ, {"choices": chosen}, [1, 2]) for chosen in ([2, 1], [1], [1, 2, 3])]
    assert judged == [True, False, False]
    assert tables.is_right(PollKind.SINGLE, {"choices": [1]}, [1]) is None
