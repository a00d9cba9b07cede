"""What a round of a poll came to, as a sentence for the record. It is made of counters alone and names nobody."""

from __future__ import annotations

from collections.abc import Sequence

from social_cme.live.enums import PollKind
from social_cme.live.rules.poll_results import Summary
from social_cme.live.rules.poll_tables import place_text

TEXTS_TOLD = 10


def votes_text(number: int) -> str:
    """Write how many voted."""
    return "1 vote" if number == 1 else f"{number} votes"


def result_text(kind: str, options: Sequence[str], summary: Summary, texts: Sequence[tuple[str, int]]) -> str:
    """Write the result of a round in which somebody voted; *texts* are free answers with how many gave them."""
    if kind == PollKind.TEXT:
        told = [f"{text} ({count})" for text, count in texts[:TEXTS_TOLD]]
        return "; ".join([*told, f"and {len(texts) - TEXTS_TOLD} more"] if len(texts) > TEXTS_TOLD else told)
    if kind == PollKind.SCALE:
        return f"mean {summary.mean:g}, median {summary.median:g}" if summary.mean is not None else ""
    by_value = sorted(summary.bars, key=lambda bar: (-bar.value, bar.place))
    if kind == PollKind.RANKING:
        return "; ".join(
            f"{rank}. {place_text(kind, bar.place, options)}" for rank, bar in enumerate(by_value, start=1)
        )
    if kind == PollKind.DIFFERENTIAL:
        return "; ".join(f"{place_text(kind, bar.place, options)} {bar.value:g} %" for bar in by_value)
    return "; ".join(
        f"{place_text(kind, bar.place, options)} {bar.count} ({round(bar.percent)} %)" for bar in summary.bars
    )
