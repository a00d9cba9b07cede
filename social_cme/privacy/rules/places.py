"""Places smaller than a state: streets, towns, counties, institutions, postal codes, coordinates.

Rule: states and countries may be named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules import name_cues, wordlists
from social_cme.privacy.rules.context import after, before
from social_cme.privacy.rules.findings import Finding, ask

_WHY = "Places smaller than a state can identify a patient; a state, a country, or “a small town” cannot."
_WHY_ZIP = "Of a ZIP code only the first three figures may stay, and 000 where 20,000 people or fewer live."
_WHY_SITE = "The name of a hospital, school or home says where the patient lives."
_SUFFIX = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Terrace|Circle|Cir"
    r"|Highway|Hwy|Parkway|Pkwy|Square|Sq|Close|Crescent|Route|Trail)"
)
_STREET = re.compile(
    rf"\b\d{{1,6}}[A-Za-z]?[,]?\s(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East"
    rf"|West)\.?\s)?(?:(?:[A-Z][\w'.-]{{1,20}}|\d{{1,3}}(?:st|nd|rd|th))\s){{1,3}}{_SUFFIX}\b\.?(?:,?\s(?:Apt"
    rf"|Apartment|Unit|Suite|Ste|#|No)\.?\s?\w{{1,6}})?"
)
_STREET_LOW = re.compile(
    r"\b\d{1,6}\s(?!months?|weeks?|days?|years?|miles?|blocks?|times|hours?|steps|minutes|feet|km|more"
    r"|other)(?:(?!down|the|of|on|off|up|from|along|per)(?:north|south|east|west|[a-z]{3,14}|\d{1,3}(?:st|nd|rd"
    r"|th))\s){1,3}(?:street|avenue|road|boulevard|blvd|lane)\b"
)
_STREET_NAME = re.compile(
    r"\b(?:on|at|off|near|of)\s(?P<name>(?:[A-Z][\w'.-]{1,20}\s){1,3}(?:Street|Avenue|Road|Lane|Boulevard|Drive"
    r"|Terrace|Crescent|Highway))\b"
)
_BOX = re.compile(r"\bP\.?\s?O\.?\s?Box\s\d{1,6}\b", re.IGNORECASE)
_ZIP = re.compile(
    r"\b(?P<label>zip(?:\s?code)?|postal\scode|postcode)(?:\s(?:is|of|area|starting with|starts with"
    r"|beginning with|prefix))?\s{0,2}[:=#]?\s{0,2}(?P<zip>\d{5}(?:-\d{4})?|\d{3})(?!\d)",
    re.IGNORECASE,
)
_ZIP_4 = re.compile(r"(?<![\d-])(?P<zip>\d{5})-\d{4}(?![\d-])")
_POSTCODE = re.compile(
    rf"\b(?:{'|'.join(sorted(wordlists.words('uk_postcode_areas.txt')))})\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{{2}}\b"
)
_POSTCODE_CA = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ ]\d[ABCEGHJ-NPRSTV-Z]\d\b")
_COORDINATES = re.compile(r"(?<![\d.])-?\d{1,2}\.\d{3,8}\s?°?\s?[NS]?,\s?-?\d{1,3}\.\d{3,8}\s?°?\s?[EW]?(?![\d.])")
_CUE = re.compile(
    r"\b(?:(?:lives?|lived|living|resides?|resided|residing|residents?|native|moved|relocated|emigrated"
    r"|travel(?:l?ed|s|l?ing)?|airlifted|flown|flew|visit(?:s|ed|ing)?|grew up|raised|born|works?|worked|working"
    r"|drove|drives|commutes"
    r"|farms?|house|apartment|ranch|shelter|prison|jail|incarcerated|deployed|stationed|vacation(?:ed|ing)?"
    r"|hiking|camping)\s(?:\w{1,12}\s)?"
    r"(?:in|to|of|from|near|outside|at|around|for|back to|just outside)|visited|visiting|resident of|hails from"
    r"|s?he comes from|originally from|outskirts of|suburb of|town of|city of|village of|hometown(?: is| of)?"
    r"|neighborhood of|located in|address:?)"
    r"\s(?:the\s)?(?:(?:small\s|rural\s)?(?:town|city|village|suburbs?|outskirts|borough|neighborhood"
    r"|hamlet)\s(?:of\s)?)?",
    re.IGNORECASE,
)
_CAPITALS = re.compile(
    r"(?:(?:St|Ft|Mt)\.\s)?[A-Z][a-zà-ÿ']{2,20}(?:[ -](?:[A-Z][a-zà-ÿ']{2,20}|de|la|del|on|upon)){0,3}"
)
_COUNTY = re.compile(
    r"\b(?P<name>[A-Z][a-z'-]{2,18}(?:\s[A-Z][a-z'-]{2,18})?)\s(?P<kind>County|Parish|Township|Borough|Precinct)\b"
)
_SITE = re.compile(
    r"\b(?P<name>(?:St\.?\s|[A-Z][\w'.-]{1,18}\s)(?:[A-Z][\w'.-]{1,18}\s|of\s|and\s"
    r"|the\s){0,4}?)(?P<kind>(?:Memorial\s|General\s|Regional\s|Community\s|Children's\s|County\s|Medical\s"
    r"|Health\s)?(?:Hospital|Infirmary|Hospice|Sanatorium)"
    r"|Medical\sCenter|Medical\sCentre|Nursing\sHome|Care\sCenter|Care\sHome|Rehab(?:ilitation)?\sCenter"
    r"|Assisted\sLiving|Health\sCenter|(?:Urgent\sCare|Dialysis|Cancer|Surgery|Health)\s(?:Center|Clinic)"
    r"|(?:Elementary|High|Middle|Primary)\sSchool|Correctional\s(?:Facility|Center)|State\sPrison|Clinic)\b"
)
_GENERIC = wordlists.words("generic_institutions.txt")
_SPECIALTY = re.compile(
    r"(?:olog(?:y|ic|ical|ist)|iatrics?|thesia|tics|surgery|surgical|therapy|dontics|dontia|ostomy|ative|ology"
    r"|metry|scopy|medicine)$",
    re.IGNORECASE,
)
_SCHOLARLY = re.compile(r"\b(?:Mayo|Cleveland|Johns Hopkins|Massachusetts General|Brigham|Memorial Sloan)\b")
_AT_SITE = re.compile(
    r"\b(?:admitted|transferred|seen|treated|discharged|presented|born|died|operated|followed|surgery|er|ed"
    r"|patient|pt|worked|works)\b[^.;\n]{0,24}$",
    re.IGNORECASE,
)
# Postal letters that are degrees, diagnoses or words as well.
_MEDICAL_LETTERS = frozenset(re.findall("..", "MDPAMSMIORINCACTIDLAALSCMEARCODEHIPRMAVAOKMTMONEDCOHNDSDAK"))
_NEAR = re.compile(
    r"\b(?:in|from|near|to|at|around|outside|of|via|through|for)\s(?:(?:downtown|central|north|south|east|west"
    r"|suburban|rural|inner[- ]city)\s)?(?=[A-Z])",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"(?:'s?)?\s(?:(?:[a-z]{3,12}|[A-Z][a-z]{2,12})\s)?(?:criteria|classification|score|scale|protocol"
    r"|guidelines?|consensus|declaration|study|group|university|agreement|grade|grading|system|rules?|index|coma"
    r"|medical|school|hospital|conference|statement|trial|heart|cohort|definition|convention|virus|fever|disease"
    r"|syndrome|institute|staging|sleep|prognostic|chemo|red|questionnaire|general|children)\b",
    re.IGNORECASE,
)


def find_places(text: str) -> Iterator[Finding]:
    """Yield places smaller than a state."""
    for pattern in (_STREET, _STREET_LOW, _BOX):
        for match in pattern.finditer(text):
            yield ask(IdentifierClass.PLACE, match.start(), match.end(), _WHY, "[address removed]")
    for match in _STREET_NAME.finditer(text):
        if match["name"].split()[0].lower() not in _GENERIC:
            yield ask(IdentifierClass.PLACE, match.start("name"), match.end("name"), _WHY, "a nearby street")
    yield from _codes(text)
    yield from _towns(text)
    yield from _sites(text)


def _codes(text: str) -> Iterator[Finding]:
    restricted = wordlists.restricted_zip_prefixes()
    for match in (*_ZIP.finditer(text), *_ZIP_4.finditer(text), *_state_zip().finditer(text)):
        code = match["zip"]
        prefix = code[:3]
        if len(code) == 3 and prefix not in restricted:
            continue
        yield ask(
            IdentifierClass.PLACE,
            match.start("zip"),
            match.end(),
            _WHY_ZIP,
            "000" if prefix in restricted else f"{prefix}**",
        )
    for pattern in (_POSTCODE, _POSTCODE_CA):
        for match in pattern.finditer(text):
            yield ask(IdentifierClass.PLACE, match.start(), match.end(), _WHY, "[postal code removed]")
    for match in _COORDINATES.finditer(text):
        if any(sign in match.group() for sign in "NSEW°") or "-" in match.group():
            yield ask(IdentifierClass.PLACE, match.start(), match.end(), _WHY, "[place removed]")


def _towns(text: str) -> Iterator[Finding]:
    for match in _town_and_state().finditer(text):
        town, state = match["town"], match["state"]
        # After a residence cue everything with a capital is a place; letters that are degrees or tests need a known town.
        known = town.lower() in _city_set() or state.lower() in wordlists.states() or state not in _MEDICAL_LETTERS
        if known and town.lower() not in wordlists.regions() and town.split()[0].lower() not in name_cues.ORDINARY:
            yield ask(IdentifierClass.PLACE, match.start("town"), match.end("town"), _WHY, "a town")
    for match in _town_and_state_small().finditer(text):
        if match["town"].split()[0] not in name_cues.ORDINARY:
            yield ask(IdentifierClass.PLACE, match.start("town"), match.end("town"), _WHY, "a town")
    for match in _CUE.finditer(text):
        yield from _after_cue(text, match.end())
    for near in _NEAR.finditer(text):
        city = _known_city().match(text, near.end())
        if city is None or not city.group()[0].isupper() or _MODEL.match(after(text, city.end(), 40)):
            continue
        yield ask(IdentifierClass.PLACE, city.start(), city.end(), _WHY, "a city")


def _after_cue(text: str, place: int) -> Iterator[Finding]:
    found = _CAPITALS.match(text, place)
    if found is not None:
        low = found.group().lower()
        first = low.split()[0].split("-")[0]
        is_other = (
            low in wordlists.regions()
            or first in wordlists.regions()
            or first in name_cues.ORDINARY
            or first in name_cues.TITLES
        )
        if (
            is_other
            or (first in wordlists.eponyms() and low not in _city_set())
            or _MODEL.match(after(text, found.end(), 40))
            or text[found.end() : found.end() + 1] == "'"
        ):
            return
        if (
            low.split()[-1] in name_cues.HEADS
            or _SPECIALTY.search(first)
            or low in wordlists.plain_first_names()
            or any(
                low.startswith(month)
                for month in (
                    "january",
                    "february",
                    "march",
                    "april",
                    "june",
                    "july",
                    "august",
                    "september",
                    "october",
                    "november",
                    "december",
                )
            )
        ):
            return
        yield ask(
            IdentifierClass.PLACE,
            found.start(),
            found.end(),
            _WHY,
            "a nearby town" if "town" not in before(text, place, 9) else "here",
        )
        return
    small = _known_city().match(text, place)
    if small is not None and not _MODEL.match(after(text, small.end(), 40)):
        yield ask(IdentifierClass.PLACE, small.start(), small.end(), _WHY, "a nearby town")


def _sites(text: str) -> Iterator[Finding]:
    for match in _COUNTY.finditer(text):
        if match["name"].split()[0].lower() not in _GENERIC:
            yield ask(IdentifierClass.PLACE, match.start(), match.end(), _WHY, "one county")
    for match in _SITE.finditer(text):
        told = [word for word in match["name"].split() if not _is_generic(word.rstrip(".,'"))]
        if not told or (_SCHOLARLY.search(match.group()) and not _AT_SITE.search(before(text, match.start(), 60))):
            continue
        skipped = len(match["name"]) - len(match["name"].lstrip())
        yield ask(
            IdentifierClass.PLACE,
            match.start() + skipped,
            match.end(),
            _WHY_SITE,
            f"a {match['kind'].split()[-1].lower()}"
            if match["kind"].split()[-1] in {"Hospital", "Clinic", "School", "Hospice"}
            else "an institution",
        )


def _is_generic(word: str) -> bool:
    return (
        word.lower() in _GENERIC
        or _SPECIALTY.search(word) is not None
        or name_cues.is_placeholder(word)
        or (word.isupper() and word.isalpha() and len(word) > 1)
    )


@cache
def _city_set() -> frozenset[str]:
    return frozenset(wordlists.cities())


@cache
def _known_city() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in wordlists.cities())
    return re.compile(rf"\b(?:{names})\b(?![-/]\w)", re.IGNORECASE)


@cache
def _state_zip() -> re.Pattern[str]:
    states = "|".join([*(re.escape(name.title()) for name in wordlists.states()), *wordlists.states().values()])
    return re.compile(rf"\b(?:{states}),?\s(?P<zip>\d{{5}})(?:-\d{{4}})?(?![\d-])")


@cache
def _town_and_state() -> re.Pattern[str]:
    names = "|".join(re.escape(name.title()) for name in sorted(wordlists.states(), key=len, reverse=True))
    letters = "|".join(wordlists.states().values())
    capital = (
        rf"(?P<town>(?:(?:St|Ft"
        rf"|Mt)\.\s)?[A-Z][a-z'-]{{2,18}}(?:\s[A-Z][a-z'-]{{2,18}}){{0,2}}),\s?(?P<state>{names}|{letters})\b"
    )
    return re.compile(rf"\b{capital}")


@cache
def _town_and_state_small() -> re.Pattern[str]:
    lower = "|".join(re.escape(name) for name in wordlists.states())
    return re.compile(rf"\b(?:in|from|near|of|to)\s(?P<town>[a-z]{{4,14}}(?:\s[a-z]{{4,14}})?),?\s(?P<state>{lower})\b")
