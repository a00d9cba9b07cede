"""Which passwords are refused: too short, too long, known to every guesser, or said in the name or the address.

Rule: length is what counts. No kinds of characters are demanded, nothing is cut off, and every character is allowed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from social_cme.core.text import fold_name

SHORTEST = 10
LONGEST = 128
LONG_NUMBER = 16
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaqxswcdevfrbgtnhymju",
    "zaqwsxcderfvbgtyhnmju",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()",
)
# Words of which the passwords that guessers try first are made; digits, signs and look-alike signs are taken off before.
_FIRST_WORDS = """
    password passwort passw passwd pass word letmein welcome hello login logon signin access account secret secure security admin
    administrator root master default changeme change temp temporary guest user test testing tester demo sample example system
    server computer internet network website qwerty qwertz azerty asdf zxcv abc abcd iloveyou love lover loveme loves forever
    always together family mother father sister brother daughter baby princess prince queen king angel sunshine summer winter
    autumn spring monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december football baseball basketball hockey soccer tennis golf player superman batman spiderman
    pokemon starwars naruto matrix ninja samurai dragon monkey tiger lion panther eagle falcon wolf bear horse dolphin butterfly
    flower rose daisy cherry banana orange apple chocolate cookie cheese coffee pepper ginger whatever trust trustno freedom
    liberty peace happy lucky smile friend friends michael jennifer jessica ashley daniel thomas robert charlie jordan andrew
    hunter killer shadow phantom ghost silver golden diamond crystal purple yellow black white green money million rich heaven
    jesus christ god blessed faith grace hospital clinic doctor nurse physician medicine medical health healthcare patient
    patients surgery surgeon pharmacy ambulance emergency education learning student school university college teacher cme
    socialcme mentor case cases i you my me the is a one two and new old good best big
"""
_WORDS = frozenset(_FIRST_WORDS.split())
_LOOKS = str.maketrans(
    {"@": "a", "4": "a", "0": "o", "1": "i", "!": "i", "3": "e", "$": "s", "5": "s", "7": "t", "8": "b"}
)
_COMMON = (
    "This password is among the first that are tried. Use three or four words that have nothing to do with each other."
)


def prepare_password(password: str) -> str:
    """Return the one form of a password that is hashed: the same signs typed on another keyboard give the same form."""
    return unicodedata.normalize("NFKC", password)


def is_too_long(password: str) -> bool:
    """Tell whether a text is too long to be anybody's password; it is refused before any work is done on it."""
    return len(password) > LONGEST


def password_problem(password: str, *, email: str = "", names: Iterable[str] = ()) -> str | None:
    """Return why a new password is refused, ``None`` when it may be used."""
    if is_too_long(password):
        return f"A password can have at most {LONGEST} characters."
    form = prepare_password(password)
    if len(form) < SHORTEST or not form.strip():
        return f"A password needs at least {SHORTEST} characters. Three or four words are easy to remember."
    if any("\ud800" <= one <= "\udfff" for one in form):
        return "This password holds a character that cannot be kept. Leave it out."
    folded = form.casefold()
    if _is_guessed_first(folded):
        return _COMMON
    if any(part in folded or part in fold_name(folded) for part in _personal_parts(email, names)):
        return "The password holds your name or e-mail address. Use words that nobody connects with you."
    return None


def _is_guessed_first(password: str) -> bool:
    if len(set(password)) < 5 or _repeats_itself(password) or _is_made_of_runs(password):
        return True
    # "P@ssw0rd2024!": the signs inside the word stand for letters, those around it are decoration.
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    tail_off = re.sub(r"[\W\d_]+$", "", password)
    forms = {
        password,
        password.replace(core, core.translate(_LOOKS)),
        password.replace(tail_off, tail_off.translate(_LOOKS)),
    }
    return any(_is_made_of_words(form) for form in forms)


def _repeats_itself(password: str) -> bool:
    return any(
        password == (password[:size] * (len(password) // size + 1))[: len(password)]
        for size in range(1, min(6, len(password) // 2) + 1)
    )


def _is_made_of_runs(password: str) -> bool:
    """Tell whether a password is nothing but stretches of the keyboard, the alphabet or the digits, three or longer."""
    position = 0
    while position < len(password):
        length = next(
            (size for size in range(len(password) - position, 2, -1) if _is_run(password[position : position + size])),
            0,
        )
        if not length:
            return False
        position += length
    return True


def _is_run(part: str) -> bool:
    return len(set(part)) == 1 or any(part in run or part in run[::-1] for run in _RUNS)


def _is_made_of_words(password: str) -> bool:
    """Tell whether the letters are at most three common words; what stands before, between and behind them is decoration."""
    letters = re.sub(r"[\W\d_]+", "", password)
    if not letters:
        return len(password) < LONG_NUMBER
    # A long number beside a word is no longer tried first.
    return len(password) - len(letters) <= max(6, len(letters)) and _fewest_words(letters, 3)


@cache
def _longest_word() -> int:
    return max(map(len, _WORDS))


def _fewest_words(letters: str, left: int) -> bool:
    if not letters:
        return True
    if left == 0:
        return False
    return any(
        (letters[:size] in _WORDS or (size > 2 and _is_run(letters[:size]))) and _fewest_words(letters[size:], left - 1)
        for size in range(min(len(letters), _longest_word()), 0, -1)
    )


def _personal_parts(email: str, names: Iterable[str]) -> set[str]:
    local, _, domain = email.casefold().partition("@")
    parts = {local, *re.split(r"[^\w]+", local), domain.split(".")[0]}
    for name in names:
        parts |= (
            {fold_name(word) for word in name.split()} | {word.casefold() for word in name.split()} | {fold_name(name)}
        )
    return {part for part in parts if len(part) >= 4}
