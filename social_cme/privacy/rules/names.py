"""Names of patients and of the people around them.

Rule: a capital alone makes no name, for diseases, drugs and tests have capitals too. A cue (a title,
    "wife", "pt", "named") or a
given name of the census must speak for it, and a medical noun after it (
    "Parkinson disease", "Foley catheter") speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules import name_cues as cues
from social_cme.privacy.rules import wordlists
from social_cme.privacy.rules.findings import Finding, ask
from social_cme.privacy.rules.name_words import Word, end_of, follows, run_of, small_run, words_of

_WHY = "A name identifies the patient, and so do the names of relatives, employers and people in the household."
_WHY_INITIALS = "Initials are taken from the name and count as one."
_WHY_STAFF = "The name of a treating clinician or a hospital helps to find the patient."
_INITIALS = re.compile(
    r"(?P<cue>\b(?:[Pp]atient|[Pp]t\.?|PATIENT|PT|[Mm]rs?\.?|[Mm]s\.?|[Ii]nitials(?: are|:| of)?|[Cc]hild"
    r"|[Bb]aby|[Cc]lient)\s{1,2}\(?)(?P<name>[A-Z]\.\s?(?:[A-Z]\.\s?)?[A-Z]\.?(?![\w])"
    r"|(?<=nitials\s)[A-Z]{2,3}\b|(?<=nitials:\s)[A-Z]{2,3}\b|(?<=are\s)[A-Z]{2,3}\b)"
)
_JOIN = re.compile(r"[ \t*_]{1,4}|,[ ]")


def find_names(text: str, known_names: Collection[str] = ()) -> Iterator[Finding]:
    """Yield names; *known_names* are of people who take part here and are no patients."""
    words = words_of(text)
    known = _parts(known_names)
    place = 0
    while place < len(words):
        found, place = _at(text, words, place)
        if found is not None and not _is_known(text, found, known):
            yield found
    for match in _INITIALS.finditer(text):
        yield ask(IdentifierClass.NAME, match.start("name"), match.end("name"), _WHY_INITIALS, "A")


def is_of_participant(words: str, known_names: Collection[str]) -> bool:
    """Tell whether a found name is made of the names of people who take part."""
    return _is_made_of(words, _parts(known_names))


def _parts(names: Collection[str]) -> set[str]:
    return {part for name in names for part in re.split(r"[\s.,]+", name.casefold()) if len(part) > 1}


def _is_made_of(words: str, known: Collection[str]) -> bool:
    parts = [one for one in re.split(r"[\s.,]+", words.casefold()) if len(one) > 1]
    told = [one.removesuffix("'s") for one in parts if one not in cues.TITLES and one not in cues.RELATIVES]
    return bool(told) and all(one in known for one in told)


def _is_known(text: str, found: Finding, known: Collection[str]) -> bool:
    if text[max(0, found.start - 1) : found.start] == "@":
        return True
    # A quotation names its author as a link into this site, and a mention is shown as the member is called.
    if text[found.end : found.end + 7].startswith(("](/", "](user:")):
        return True
    return _is_made_of(text[found.start : found.end], known)


def _at(text: str, words: list[Word], place: int) -> tuple[Finding | None, int]:
    """Look for a name that begins at one word; return it with the place to go on from."""
    word = words[place]
    if word.low in cues.TITLES:
        return _after_title(text, words, place)
    if word.low in cues.RELATIVES or word.low in cues.PATIENTS or word.low in cues.NAMED or word.low in cues.LABELS:
        found, next_place = _after_cue(text, words, place)
        if found is not None:
            return found, next_place
    if word.low in wordlists.first_names() and len(word.low) > 2:
        return _by_list(text, words, place)
    if word.is_capital and word.low in wordlists.last_names() and text[word.end : word.end + 2] == ", ":
        return _turned(text, words, place)
    return None, place + 1


def _after_title(text: str, words: list[Word], place: int) -> tuple[Finding | None, int]:
    title = words[place]
    if title.text in cues.NOT_TITLES and text[title.end : title.end + 1] != ".":
        return None, place + 1
    # "176 ms. He now": milliseconds at the end of a sentence.
    if title.text == "ms" and re.search(r"\d\s?$", text[max(0, title.start - 2) : title.start]):
        return None, place + 1
    if text[title.end : title.end + 1] == "." and title.low not in cues.SHORT_TITLES:
        return None, place + 1
    run = run_of(text, words, place + 1, longest=3, dot=True)
    if not run and follows(text, words, place, dot=True):
        run = small_run(text, words, place + 1, title=title)
    if run and run[0].low in cues.TITLES:
        run = run[1:]
    if (
        run
        and cues.is_placeholder(run[0].text)
        and not (len(run) > 1 and _is_listed(run[1]) and run[1].low not in cues.ORDINARY)
    ):
        return None, place + 1
    if (
        run
        and title.is_upper
        and title.low != "mrs"
        and not (_is_listed(run[0]) and run[0].low not in wordlists.common_words() | cues.ORDINARY)
    ):
        return None, place + 1
    if (
        not run
        or _is_medical(text, run)
        or (title.low in cues.WEAK_TITLES and run[0].low not in wordlists.first_names() | wordlists.last_names())
    ):
        return None, place + 1
    if title.low in cues.STAFF_TITLES:
        return ask(IdentifierClass.NAME, title.start, end_of(run), _WHY_STAFF, "a colleague"), place + 1 + len(run)
    return ask(IdentifierClass.NAME, title.start, end_of(run), _WHY, _patient(text, title.start)), place + 1 + len(run)


def _after_cue(text: str, words: list[Word], place: int) -> tuple[Finding | None, int]:
    cue, first = words[place], place + 1
    gap = text[cue.end : words[first].start] if first < len(words) else "\n"
    is_label = cue.low in cues.LABELS and re.fullmatch(r"\s{0,2}[:=]\s{0,2}[*_]{0,2}\s{0,2}", gap) is not None
    if not is_label and not re.fullmatch(r"\.?[ \t]{1,2}|,[ ]|[ ][(]", gap):
        return None, first
    if (
        cue.low in cues.NAMED
        and first < len(words)
        and words[first].low in {"is", "was", "as"}
        and first + 1 < len(words)
    ):
        first += 1
    if is_label and cue.low == "name" and place and words[place - 1].low in cues.NAMES_OF_THINGS:
        return None, first
    if cue.low in cues.NAMED and cue.low == "name" and not is_label and first == place + 1:
        return None, first
    run = run_of(text, words, first, longest=3) or (
        small_run(text, words, first, title=None) if cue.low not in cues.SPOKEN else []
    )
    if not run or _is_medical(text, run) or cues.is_placeholder(run[0].text) or run[0].low in cues.TITLES:
        return None, place + 1
    is_name = any(
        one.low in wordlists.plain_first_names()
        or (one.low in wordlists.frequent_last_names() and one.low not in wordlists.eponyms())
        for one in run
    )
    is_name = is_name or (
        run[0].low in wordlists.first_names()
        and run[0].is_capital
        and cue.low not in cues.SPOKEN
        and not run[0].is_upper
    )
    is_name = is_name or (
        cue.low in cues.SURE
        and run[0].is_capital
        and not run[0].is_upper
        and run[0].low not in wordlists.regions()
        and run[0].low not in cues.ORDINARY
    )
    if not is_name or run[0].low in cues.ORDINARY:
        return None, place + 1
    start = (
        cue.start if cue.low in cues.RELATIVES and not is_label and "," not in gap and "(" not in gap else run[0].start
    )
    proposal = (
        cue.text
        if start == cue.start
        else "a person"
        if cue.low in cues.RELATIVES
        else "[name removed]"
        if is_label
        else _patient(text, start)
    )
    if cue.low in cues.PATIENTS and not is_label and gap.strip() in {"", "."}:
        start, proposal = cue.start, cue.text
    return ask(IdentifierClass.NAME, start, end_of(run), _WHY, proposal), first + len(run)


def _by_list(text: str, words: list[Word], place: int) -> tuple[Finding | None, int]:
    word = words[place]
    run = run_of(text, words, place, longest=4)
    if not run:
        return _lower_pair(text, words, place)
    if any(one.text == "Doe" for one in run):
        return None, place + len(run)
    if _is_medical(text, run) or _is_inside_title(text, words, place) or (word.is_upper and len(run) == 1):
        return None, place + max(1, len(run))
    is_plain = word.low in wordlists.plain_first_names() or word.low in wordlists.frequent_first_names()
    others = [one for one in run[1:] if len(one.low) > 1]
    is_family = bool(others) and (
        others[-1].low in wordlists.last_names() or (others[-1].low not in cues.ORDINARY and is_plain)
    )
    if others and any(one.low in cues.ORDINARY for one in others):
        is_family = False
        run, others = run[:1], []
    if is_family and (
        is_plain
        or (
            others[-1].low in wordlists.frequent_last_names()
            and others[-1].low not in wordlists.eponyms()
            and word.low not in wordlists.eponyms()
        )
    ):
        staff = cues.CREDENTIAL.match(text[end_of(run) : end_of(run) + 14])
        return ask(
            IdentifierClass.NAME,
            word.start,
            end_of(run),
            _WHY_STAFF if staff else _WHY,
            "a colleague" if staff else _patient(text, word.start),
        ), place + len(run)
    if len(run) == 1 or not others:
        is_single = word.low in wordlists.frequent_first_names() or (
            is_plain and cues.ACTS.match(text[word.end : word.end + 24]) is not None
        )
        is_single = is_single or (
            word.low in wordlists.first_names()
            and word.low not in wordlists.eponyms()
            and cues.OWNS.match(text[word.end : word.end + 24]) is not None
        )
        is_single = is_single or (
            # "Elizabeth was seen": a city does not do such things.
            word.low in wordlists.frequent_names_of_cities()
            and cues.ACTS.match(text[word.end : word.end + 24]) is not None
        )
        if is_single:
            return ask(IdentifierClass.NAME, word.start, end_of(run[:1]), _WHY, _patient(text, word.start)), place + 1
    return None, place + 1


def _is_listed(word: Word) -> bool:
    return word.low in wordlists.first_names() or word.low in wordlists.last_names()


def _lower_pair(text: str, words: list[Word], place: int) -> tuple[Finding | None, int]:
    """Find a given name and a family name that are both written small: "spoke with maria gonzalez"."""
    word = words[place]
    if word.low not in wordlists.frequent_first_names() or word.is_capital or not follows(text, words, place):
        return None, place + 1
    other = words[place + 1]
    if (
        other.low in wordlists.frequent_last_names()
        and other.low not in wordlists.common_words()
        and len(other.low) > 3
    ):
        return ask(IdentifierClass.NAME, word.start, other.end, _WHY, _patient(text, word.start)), place + 2
    return None, place + 1


def _turned(text: str, words: list[Word], place: int) -> tuple[Finding | None, int]:
    """Find "Smith, John A." and "SMITH, JOHN"."""
    word = words[place]
    if place + 1 < len(words) and words[place + 1].start == word.end + 2:
        given = words[place + 1]
        if (
            given.is_capital
            and given.low in wordlists.frequent_first_names()
            and not _is_medical(text, [given])
            and word.low not in wordlists.common_words()
        ):
            return ask(IdentifierClass.NAME, word.start, given.end, _WHY, _patient(text, word.start)), place + 2
    return None, place + 1


def _is_medical(text: str, run: list[Word]) -> bool:
    """Tell whether what follows, or the words themselves, make it a disease, a sign, a score, an instrument or an institution."""
    end = run[-1].end
    if any(one.low in cues.HEADS for one in run):
        return True
    follows = text[end : end + 40]
    if cues.HEAD.match(follows) or cues.REFERENCE.match(follows):
        return True
    if text[max(0, run[0].start - 1) : run[0].start] in {"-", "/"} or (
        follows[:1] in {"/", "-"} and follows[1:2].isalnum()
    ):
        return True
    return (
        all(one.low in wordlists.eponyms() and one.low not in wordlists.frequent_first_names() for one in run)
        and len(run) == 1
        and not _is_titled(text, run[0])
    )


def _is_titled(text: str, word: Word) -> bool:
    return cues.TITLE_BEFORE.search(text[max(0, word.start - 12) : word.start]) is not None


def _is_inside_title(text: str, words: list[Word], place: int) -> bool:
    """Tell whether a capital word stands directly before: the name is then the middle of something longer."""
    if place == 0:
        return False
    earlier = words[place - 1]
    if text[words[place].start - 1 : words[place].start] != " " or text[earlier.end : words[place].start] != " ":
        return False
    starts_sentence = (
        earlier.start == 0
        or text[max(0, earlier.start - 2) : earlier.start].strip(" ")[-1:] in {".", "!", "?", "\n", ":", ""}
        or "\n" in text[max(0, earlier.start - 2) : earlier.start]
    )
    return earlier.is_capital and len(earlier.text) > 1 and not starts_sentence and earlier.low not in cues.MAY_PRECEDE


def _patient(text: str, start: int) -> str:
    head = text[max(0, start - 3) : start].rstrip(" *_")
    return "The patient" if not head or head[-1] in ".!?\n" else "the patient"
