"""The order of the queue when who leads moves a question. Rule: what is placed by hand stands first, the votes order the rest."""

from __future__ import annotations

from collections.abc import Sequence

from social_cme.live.enums import Move


def moved(queue: Sequence[int], placed: int, question_id: int, to: Move) -> list[int]:
    """Return the ids that stand at the beginning by hand after *question_id* was moved; the others follow by their votes.

    *queue* is the present order, of which the first *placed* were placed by hand. Moving a question past others fixes these
    as well, for otherwise the votes would undo the move.
    """
    by_hand = list(queue[:placed])
    if to is Move.TOP:
        return [question_id, *(one for one in by_hand if one != question_id)]
    if to is Move.VOTES:
        return [one for one in by_hand if one != question_id]
    here = queue.index(question_id)
    there = here - 1 if to is Move.UP else here + 1
    if not 0 <= there < len(queue):
        return by_hand
    order = list(queue)
    order[here], order[there] = order[there], order[here]
    return order[: max(placed, there + 1)]
