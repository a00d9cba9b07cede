"""Differential polls: the options, and how a ballot spreads a hundred percent over them.

A ballot is a distribution and not one choice with a confidence, because a differential is one: "sixty, thirty, ten" says what
was thought, and the score of several classes needs a probability for each of them. Who is sure gives one diagnosis a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_cme.core.errors import Invalid
from social_cme.core.text import clean_line
from social_cme.discussions.enums import OPTION_LIMIT, OPTIONS_LEAST, OPTIONS_MOST


def checked_options(lines: Sequence[str]) -> list[str]:
    """Return the diagnoses of a poll, cleaned; raise ``Invalid`` for ``options`` unless there are two to eight different ones."""
    options = [text for text in (clean_line(line).lstrip("-*• ").strip() for line in lines[:100]) if text]
    problem = None
    if not OPTIONS_LEAST <= len(options) <= OPTIONS_MOST:
        problem = f"Name {OPTIONS_LEAST} to {OPTIONS_MOST} diagnoses, one on each line."
    elif any(len(option) > OPTION_LIMIT for option in options):
        problem = f"A diagnosis can have at most {OPTION_LIMIT} characters."
    elif len({option.casefold() for option in options}) < len(options):
        problem = "Name each diagnosis once."
    if problem:
        raise Invalid(problem, fields={"options": [problem]})
    return options


def checked_shares(shares: Mapping[int, int | None], options: Sequence[int]) -> dict[int, int]:
    """Return the shares above nought by option; raise ``Invalid`` for ``shares`` unless they are whole and add up to 100."""
    problem = None
    given = {option: share or 0 for option, share in shares.items()}
    if set(given) - set(options):
        problem = "This poll has other diagnoses now. Reload the page and try again."
    elif any(
        isinstance(share, bool) or not isinstance(share, int) or not 0 <= share <= 100 for share in given.values()
    ):
        problem = "Give each diagnosis a whole number from 0 to 100."
    elif (total := sum(given.values())) != 100:
        left = 100 - total
        rest = f"{left} are left to give" if left > 0 else f"{-left} too many"
        problem = f"The shares add up to {total}, not to 100: {rest}."
    if problem:
        raise Invalid(problem, fields={"shares": [problem]})
    return {option: share for option, share in given.items() if share}


def tells_right(*, is_solved: bool, answer_from: int | None, open_steps: int, step_count: int) -> bool:
    """Tell whether a reader may know the right diagnosis: with the step that tells it, otherwise with the last one."""
    return is_solved and open_steps >= (step_count if answer_from is None else answer_from)
