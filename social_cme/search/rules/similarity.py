"""What makes two questions alike: pure rules on words, their rarity, and the clinical terms among them.

Rule: the same texts and counts give the same score on every database. Scores run from 0 (nothing in common) to 1 (the same).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_cme.discussions.rules.taxonomy import concepts_of

TITLE_READ = 300
TEXT_READ = 4_000
# Of a thread that is compared; what it is about stands at its beginning.
CONCEPTS_READ = 300
WORDS_ASKED = 16
WORDS_SEARCHED = 7
# A word that stands in more entries than this is common; nobody needs to know how common.
COUNT_LIMIT = 2_000
COMMON_WEIGHT = 0.3
LEAST_SCORE = 0.16
CLOSE_SCORE = 0.62
_TITLE_SHARE, _COVER_SHARE, _CONCEPT_SHARE = 0.45, 0.25, 0.30

_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = """
    about above after again against all also although always among and another any anybody anyone are around because been before
    being below best better between both but came can cannot case cases clinical come could day days did does doing done down
    during each either else even ever every few find first for found from further get give given goes going good got had has have
    having help her here him his how however instead into its just keep kind know last less let like long made make many may maybe
    mean means might month months more most much must need needs never new next none nor not nothing now off often old once one
    only other others our out over own patient patients people per perhaps possible question rather really same see seen several
    shall she should since some something still such sure take taken than that the their them then there these they thing things
    this those though through too under until upon use used using usually very want was way week weeks well were what when where
    whether which while who whom whose why will with within without would year years yes yet you your
"""
_STOP = frozenset(_STOP_WORDS.split())
_ENDINGS = (
    ("ations", "at"),
    ("ation", "at"),
    ("ies", "y"),
    ("sses", "ss"),
    ("ing", ""),
    ("ed", ""),
    ("es", ""),
    ("s", ""),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A new question as it is compared: the stems of its title and of everything, its words to look for, its terms."""

    title: frozenset[str]
    whole: frozenset[str]
    words: tuple[str, ...]
    concepts: frozenset[str]


def read_asked(title: str, text: str) -> Asked:
    """Take a title and a text apart; the words of the title come first, then those that the text repeats."""
    title, text = title[:TITLE_READ], text[:TEXT_READ]
    in_title, in_text = words_of(title), words_of(text)
    ranked = sorted(Counter(in_text).items(), key=lambda pair: (-pair[1], in_text.index(pair[0])))
    words: dict[str, str] = {}
    for word in (*in_title, *(word for word, _count in ranked)):
        words.setdefault(stem(word), word)
    chosen = tuple(words.values())[:WORDS_ASKED]
    return Asked(
        title=frozenset(map(stem, in_title)),
        whole=frozenset(map(stem, (*in_title, *in_text))),
        words=chosen,
        concepts=frozenset(concepts_of(f"{title} . {text}")),
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text that can tell something, in small letters and in their order."""
    found = (word.lower() for word in _WORD.findall(text))
    return [word for word in found if word not in _STOP and _tells(word)]


def _tells(word: str) -> bool:
    return len(word) <= 40 and not word.isdigit() and (len(word) > 2 or any(one.isdigit() for one in word))


def stem(word: str) -> str:
    """Return a word without its common English ending, so that ``infections`` meets ``infection``."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: len(word) - len(ending)] + instead
    return word


def choose_words(asked: Asked, counts: Mapping[str, int], *, most: int = WORDS_SEARCHED) -> list[str]:
    """Return the words worth looking for: words of the title before others, the rarer first.

    Common words are left to the comparison, unless there are no others: to look for them takes long and tells little.
    """
    known = [word for word in asked.words if counts.get(word, 0) > 0]
    rare = [word for word in known if counts[word] < COUNT_LIMIT]
    return sorted(rare or known[:2], key=lambda word: (stem(word) not in asked.title, counts[word]))[:most]


def weight_of(count: int, total: int) -> float:
    """Return how much a word tells that stands in *count* of *total* entries: a rare one much, a common one next to nothing.

    One that stands nowhere may be a slip of the pen and counts no more than another.
    """
    if count >= COUNT_LIMIT:
        return COMMON_WEIGHT
    return 1.0 + (math.log((total + 1) / (count + 1)) if 0 < count <= total else 0.0)


def similarity(asked: Asked, weights: Mapping[str, float], *, title: str, body: str) -> float:
    """Return how alike a thread is to what is asked; *weights* are by stem, an unknown stem counts like the middle one."""
    usual = sorted(weights.values())[len(weights) // 2] if weights else 1.0
    their_title = frozenset(map(stem, words_of(title[:TITLE_READ])))
    theirs = their_title | frozenset(map(stem, words_of(body[:TEXT_READ])))

    def sum_of(stems: frozenset[str]) -> float:
        return sum(weights.get(one, usual) for one in stems)

    both, either = sum_of(asked.title & their_title), sum_of(asked.title | their_title)
    by_title = both / either if either else 0.0
    wanted = frozenset(stem(word) for word in asked.words)
    by_cover = sum_of(wanted & theirs) / sum_of(wanted) if wanted else 0.0
    if not asked.concepts:
        return (by_title * _TITLE_SHARE + by_cover * _COVER_SHARE) / (_TITLE_SHARE + _COVER_SHARE)
    concepts = frozenset(concepts_of(f"{title} . {body[:CONCEPTS_READ]}"))
    by_concept = _dice(asked.concepts, concepts)
    return by_title * _TITLE_SHARE + by_cover * _COVER_SHARE + by_concept * _CONCEPT_SHARE


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def best(scored: Sequence[tuple[float, int]], *, limit: int) -> list[int]:
    """Return the ids with the highest scores, the older first among equals; what has next to nothing in common is left out."""
    kept = [(score, number) for score, number in scored if score >= LEAST_SCORE]
    return [number for _score, number in sorted(kept, key=lambda pair: (-pair[0], pair[1]))[:limit]]
