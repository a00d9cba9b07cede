"""Characters that can be taken for one another, so that a name cannot be copied with foreign letters.

Rule: the table is used to compare names and for nothing else; what is stored and shown is what the person typed. It lists the
letters of Cyrillic, Greek, Armenian and extended Latin that common fonts draw like a Latin one, in lower case.
"""
# ruff: noqa: RUF001

from __future__ import annotations

import unicodedata

_DRAWN_LIKE = {
    "a": "аɑα",
    "b": "ƅьЬ",
    "c": "сϲⅽ",
    "d": "ԁɗ",
    "e": "еєҽ",
    "f": "ƒſ",
    "g": "ɡց",
    "h": "һհ",
    "i": "іıɩι",
    "j": "јϳ",
    "k": "кκ",
    "l": "1|ӏاⅼ",
    "m": "мⅿ",
    "n": "пηո",
    "o": "0оοσօסه",
    "p": "рρ",
    "q": "ԛզ",
    "r": "гⲅ",
    "s": "ѕƽ",
    "t": "тτ",
    "u": "υսц",
    "v": "νѵⅴ",
    "w": "ԝѡωա",
    "x": "хχ×",
    "y": "уүγ",
    "z": "ᴢ",
    "ae": "æ",
    "oe": "œ",
}
# Capitals whose small letter looks different: Greek Eta is drawn like H, its small form like n.
_CAPITALS = str.maketrans("ВНΑΒΕΖΗΙΚΜΝΟΡΤΥΧՕ", "BHABEZHIKMNOPTYXO")
_TABLE = str.maketrans({foreign: latin for latin, group in _DRAWN_LIKE.items() for foreign in group})
_TITLES = frozenset({"dr", "prof", "professor", "doctor", "mr", "mrs", "ms", "mx", "md"})


def skeleton(name: str) -> str:
    """Return what is left of *name* for the eye: no accents, titles, blanks or punctuation, each letter in its Latin look.

    Two names with the same skeleton look alike. The result can be empty for a name of signs alone.
    """
    text = unicodedata.normalize("NFKC", name).translate(_CAPITALS)
    is_capitalized = any(word[0].isupper() for word in text.split())
    words = [_plain(word, is_capitalized=is_capitalized) for word in text.split()]
    spoken = [word for word in words if word and word not in _TITLES]
    return "".join(spoken or words)


def _plain(word: str, *, is_capitalized: bool) -> str:
    # A capital I inside a word is drawn like a small l ("PauI"). A small l that begins a word among capitalized ones stands
    # where everybody reads a capital I ("lan Best").
    inner = "".join("l" if letter == "I" and word[at - 1].islower() else letter for at, letter in enumerate(word) if at)
    first = "i" if word[0] == "l" and is_capitalized else word[0]
    folded = (first + inner).casefold().translate(_TABLE)
    bare = "".join(one for one in unicodedata.normalize("NFD", folded) if not "\u0300" <= one <= "\u036f")
    return "".join(one for one in bare if one.isalnum())
