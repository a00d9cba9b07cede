"""Biometric identifiers and full-face photographs, as far as a text speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules.findings import Finding, ask

_WHY_BIOMETRIC = "Prints of fingers and voice, and scans that recognize a person, identify that person."
_WHY_FACE = "A full-face photograph, or one like it, identifies the person. Crop it or black the face out."
_OF = (
    r"(?:his|her|their|the patient'?s|patient'?s|pt'?s|this patient'?s|a patient'?s|my patient'?s|the child'?s"
    r"|the baby'?s)"
)
_USE = (
    r"(?:attached|below|enclosed|uploaded|included|on file|stored|scanned|matched|template|image|scan|records?|login"
    r"|unlock|database|id|sample|hash|data|record|card)"
)
_BIOMETRIC = re.compile(
    rf"\b(?:{_OF}\s(?:\w{{1,12}}\s)?(?:finger|thumb|voice|palm|foot|hand|retina|iris|ear|face)[ -]?prints?"
    rf"|(?:finger|thumb|palm|voice|foot)[ -]?prints?\s(?:is |are |was |were )?{_USE}"
    rf"|(?:scan(?:ned)?|image|copy|photo|picture|record(?:ing|ed)?"
    rf"|match(?:ed)?) (?:of )?(?:\w{{1,12}} ){{0,2}}(?:finger|thumb|palm|voice)[ -]?prints?"
    r"|identified (?:by|from|through) (?:\w{1,12} ){0,2}(?:finger|thumb|palm|voice)[ -]?prints?"
    r"|voice ?prints?(?! technology)|iris (?:scan|template|code|recognition|pattern)s?|retina(?:l)? (?:scan"
    r"|pattern|template)s? (?:id|login|template|for identification|to identify|on file|unlock|used to)"
    rf"|biometric (?:id|identifier|data|template|scan|passport|profile|login|record)s?"
    rf"|(?:voice|audio) (?:recording|memo|message|clip|sample)s? (?:of|from) (?:{_OF}|the|a|my|our"
    rf"|this)\s?(?:patient|pt|voice|mother|father|wife|husband|child|speech|man|woman|\w{{1,12}} speaking)?"
    rf"|recording of {_OF} (?:voice|speech)|{_OF} (?:voice|speech) (?:is |was )?record(?:ing|ed)"
    r"|fac(?:e|ial)[ -]?(?:recognition|id) (?:scan|template|data|id|record|image|hash|match)s?|gait (?:signature"
    r"|recognition) (?:data|profile|template|file)s?"
    rf"|(?:dna|genetic) (?:fingerprint|profile) (?:of {_OF}|of the patient|attached|on file|below)|{_OF} (?:dna"
    rf"|genetic) (?:fingerprint|profile)"
    r"|(?:hand|palm|vein|ear)[ -](?:geometry|vein) (?:scan|template|pattern)s?)\b",
    re.IGNORECASE,
)
_PICTURE = (
    r"(?:photo(?:graph)?s?|pictures?|pics?|images?|snapshots?|shots?|videos?|selfies?|stills?|portraits?|jpe?gs?"
    r"|screenshots?)"
)
_FACE = re.compile(
    rf"\b(?:full[- ]?fac(?:e|ial)\s(?:\w{{1,12}}\s)?{_PICTURE}|(?:un-?blurred|unmasked|identifiable|frontal"
    rf"|un-?cropped|unedited|clinical)\s(?:\w{{1,12}}\s)?(?:face|facial)\s{_PICTURE}"
    rf"|{_PICTURE}\s(?:of|shows?|showing|with)\s(?:\w{{1,12}}\s){{0,3}}(?:(?:whole|entire|full|uncovered"
    rf"|smiling)\s)?(?:face|facial features|head and face)\b"
    rf"|fac(?:e|ial)\s(?:{_PICTURE})\s?(?:of|attached|below|enclosed|uploaded|included|is|are|shows?|taken|from)"
    rf"|(?:his|her|patient'?s|pt'?s|their|a|the)\s(?:selfie|head ?shot|mug ?shot|passport (?:photo|picture)"
    rf"|portrait|school photo|wedding (?:photo|picture)|profile (?:photo|picture|pic)|driver'?s? licen[sc]e photo"
    rf"|id photo|badge photo)s?"
    r"|(?:selfie|head ?shot|mug ?shot|passport (?:photo|picture)|full[- ]?face|wedding (?:photo"
    r"|picture))s?\s(?:of|from|by|attached|below|enclosed|uploaded|she|he|sent|is)"
    rf"|{_PICTURE}\s(?:of|showing)\s(?:the\s|my\s|our\s|this\s)?(?:patient|pt|him|her|mother|father|child|baby"
    rf"|family|girl|boy|woman|man)(?:\s(?:smiling|at|with|before|and|in|looking|facing|sitting|standing|holding"
    rf"|attached|below|from)\b|(?=[.,;]|\s?$))"
    r"|fac(?:e|ial)\s(?:is|was|not)\s(?:\w{1,10}\s)?(?:visible|recognizable|shown|blurred|covered|cropped)"
    r"|face\s(?:visible|recognizable)\sin)",
    re.IGNORECASE,
)
# One of these stands in everything that the patterns find.
_LETTERS = re.findall(
    r"\w+",
    "print iris retina biometric record voice audio fac gait dna genetic geometry vein photo picture selfie shot portrait video"
    " image pic jpg jpeg still",
)


def find_pictures(text: str) -> Iterator[Finding]:
    """Yield words that speak of a biometric identifier or a full-face picture of somebody."""
    small = text.lower()
    if not any(letters in small for letters in _LETTERS):
        return
    for match in _BIOMETRIC.finditer(text):
        yield ask(
            IdentifierClass.BIOMETRIC, match.start(), match.end(), _WHY_BIOMETRIC, "[biometric identifier removed]"
        )
    for match in _FACE.finditer(text):
        yield ask(IdentifierClass.FACE, match.start(), match.end(), _WHY_FACE, "picture without the face")
