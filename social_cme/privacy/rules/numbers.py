"""Numbers and codes with a label: Social Security, records, plans, accounts, licenses, vehicles, devices, and any other code.

Rule: a bare number is a laboratory value. Only a label, a check digit or an unmistakable form makes it an identifier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules import checkdigits
from social_cme.privacy.rules.findings import Finding, ask, block

_NUMBER = r"(?:\s?(?:numbers?|nos?\.?|num\.?|nr\.?|#|id|identifier))"
_LINK = (
    r"\s{0,2}(?:\((?:[a-z]{2,6})\)\s?)?(?:is|was|:|=|#|->|-|of|no\.?|number|ends? (?:in|with)|ending (?:in"
    r"|with)){0,2}\s{0,2}[:#]?\s{0,2}"
)
# A code holds at least one figure; what is shorter than four characters must be preceded by a sign such as # or :.
_CODE = (
    r"(?P<code>(?=[A-Z]{0,6}[-/ ]?\d|[A-Z0-9-]{0,12}\d)[A-Z0-9](?:[A-Z0-9]|[-/.](?=[A-Z0-9])"
    r"| (?=\d{2,})){2,29})(?![\w@])"
)


@dataclass(frozen=True, slots=True)
class _Labeled:
    class_: IdentifierClass
    pattern: re.Pattern[str]
    why: str
    proposal: str
    blocks: bool = False


def _labeled(class_: IdentifierClass, labels: str, why: str, proposal: str, *, blocks: bool = False) -> _Labeled:
    pattern = re.compile(rf"(?<![\w-])(?:{labels}){_LINK}{_CODE}", re.IGNORECASE)
    return _Labeled(class_, pattern, why, proposal, blocks)


_LABELED = (
    _labeled(
        IdentifierClass.SSN,
        r"ssn?|ss\s?#|social security(?:\s(?:number|no\.?|#|card))?|soc\.? sec\.?(?:\s(?:number|no\.?|#))?"
        r"|social(?=\s(?:is|ends|ending|#|\d{3}))|itin|national insurance(?: number| no\.?)?|nino",
        "A Social Security number identifies one person.",
        "[Social Security number removed]",
        blocks=True,
    ),
    _labeled(
        IdentifierClass.RECORD_NUMBER,
        rf"mrn|m\.r\.n\.|mr\s?#|mr (?:number|no\.?)|med(?:ical)? rec(?:ord)?s?{_NUMBER}?|(?:hospital|chart|unit"
        rf"|patient|pt|ehr|emr|epic|health) record{_NUMBER}?|record{_NUMBER}"
        rf"|(?:hospital|hosp|chart|unit){_NUMBER}|chart(?=\s?#)|(?:patient|pt)(?:\s|-)?(?:identification"
        rf"|identifier|id|number|no\.?|#)(?:{_NUMBER})?|nhs{_NUMBER}?|chi{_NUMBER}|hicn|cui(?= ?#)",
        "A record number leads to the whole chart.",
        "[record number removed]",
        blocks=True,
    ),
    _labeled(
        IdentifierClass.PLAN_NUMBER,
        rf"(?:insurance|policy|policyholder|member(?:ship)?|subscriber|beneficiary|group|plan|health plan|payer"
        rf"|medicare|medicaid|medi-cal|tricare|blue cross|bcbs|aetna|cigna|humana|kaiser"
        rf"|united ?healthcare|health card|ohip|ihi|mbi)(?:\s(?:policy|member|plan|group|subscriber|insurance"
        rf"|card|beneficiary|health))?{_NUMBER}|mbi|(?:member|policy)(?=\s?#)|medicare(?=\s?[:#]\s?\d)"
        rf"|prior auth(?:orization)?{_NUMBER}",
        "A number of a health plan leads to the member.",
        "[plan number removed]",
    ),
    _labeled(
        IdentifierClass.ACCOUNT_NUMBER,
        rf"(?:bank |billing |hospital |patient |pt |checking |savings |credit |customer |financial )?(?:account"
        rf"|acct\.?|a/c|acc){_NUMBER}?|(?:credit|debit|bank)?\s?card{_NUMBER}|invoice{_NUMBER}?"
        rf"|billing{_NUMBER}|bill{_NUMBER}|guarantor{_NUMBER}?|routing{_NUMBER}?|iban|statement{_NUMBER}"
        rf"|receipt{_NUMBER}",
        "An account number leads to its holder.",
        "[account number removed]",
    ),
    _labeled(
        IdentifierClass.VEHICLE,
        rf"(?:licen[sc]e |number |registration |vehicle |car )?(?:plates?|tags?)(?:{_NUMBER})?(?=\s{{0,2}}(?:is"
        rf"|was|:|#|\d|[A-Z]{{1,3}}[- ]?\d))|vin{_NUMBER}?|vehicle (?:identification|id|registration"
        rf"|reg)(?:{_NUMBER})?|(?:car|truck|van|motorcycle) (?:registration|reg\.?){_NUMBER}?",
        "A plate or vehicle number leads to the owner.",
        "[vehicle number removed]",
    ),
    _labeled(
        IdentifierClass.LICENSE_NUMBER,
        rf"(?:driver'?s?|driving|medical|nursing|pilot'?s?|professional|state|gun|hunting|fishing|marriage"
        rf"|pharmacy|rn|md|cdl)?\s?licen[sc]e{_NUMBER}?|dl{_NUMBER}|d/l|passport{_NUMBER}?"
        rf"|(?:birth|death|board|marriage|nursing|immunization)\s?certificate{_NUMBER}?|certificate{_NUMBER}"
        rf"|certification{_NUMBER}|dea{_NUMBER}?|npi{_NUMBER}?|green card{_NUMBER}?|visa{_NUMBER}|permit{_NUMBER}"
        rf"|state id{_NUMBER}?",
        "A certificate or license number leads to its holder.",
        "[license number removed]",
    ),
    _labeled(
        IdentifierClass.DEVICE,
        rf"serial{_NUMBER}|serial(?=\s?[:#])|s/n|(?:pacemaker|icd|device|implant|lead|pump|cpap|generator|valve"
        rf"|stent|prosthesis|stimulator|monitor|transmitter|glucometer|ventilator|hearing aid"
        rf"|loop recorder)\s?(?:serial|sn|id|s/n)(?:{_NUMBER})?"
        rf"|sn(?=\s?[:#])|udi(?:-?di|-?pi)?|imei|device (?:identifier|id){_NUMBER}?|mac address",
        "The serial number of a device is registered to its bearer.",
        "[device number removed]",
    ),
    _labeled(
        IdentifierClass.OTHER_CODE,
        rf"(?:case|file|accession|specimen|sample|biopsy|path(?:ology)?|slide|encounter|visit|admission|order"
        rf"|requisition|rx|prescription|claim|incident|claimant|inmate|prisoner|student|employee|badge|staff"
        rf"|docket|ticket"
        rf"|confirmation|referral|reference|tracking|donor|organ|unos|study|subject|participant|trial subject"
        rf"|trial participant|enrollment|wristband|bar ?code|csn|fin|har|research|exam|image|pedigree|family"
        rf"|kit){_NUMBER}"
        rf"|csn|accession(?=\s?[:#]|\s\d)|(?:study |trial )?(?:subject|participant)(?=\s#?\d{{2,}})|(?:subject"
        rf"|participant) code|mpi|empi|unique (?:code|id|identifier)|user ?(?:name|id)|employee{_NUMBER}"
        rf"|(?:pseudonym|study) code|bar ?code(?=\s?[:#]|\s\d)|inmate(?=\s?#)",
        "Any other code that is given to one person can lead to that person.",
        "[code removed]",
    ),
)
_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}(?P<sep>[- .])(?!00)\d\d(?P=sep)(?!0000)\d{4}(?![\w-])")
_SSN_MASKED = re.compile(r"(?<![\w])[Xx*]{3}-?[Xx*]{2}-?\d{4}(?!\w)")
_LAST_FOUR = re.compile(
    r"\blast (?:four|4)(?: digits)?(?: of)?(?: (?:his|her|their|the))?\s(?:ssn"
    r"|social(?: security(?: number)?)?)(?: (?:is|are))?:?\s(?P<code>\d{4})\b",
    re.IGNORECASE,
)
_MBI = re.compile(
    r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d\d\b"
)
_VIN = re.compile(r"\b(?=[A-Z0-9]{0,16}\d)[A-HJ-NPR-Z0-9]{17}\b")
_CARD = re.compile(r"(?<![\w.-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}(?![\w.-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_UDI = re.compile(r"\(01\)\d{14}(?:\(\d\d\)[A-Za-z0-9]{1,20}){0,4}")
_MAC = re.compile(r"(?<![\w:])(?:[0-9A-F]{2}([:-]))(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}(?![\w:])", re.IGNORECASE)
_HANDLE = re.compile(
    r"\b(?:his|her|their|patient'?s)\s(?:\w{1,12}\s)?(?:handle|username|user name|gamertag|screen name"
    r"|login)(?:\sis|:)?\s(?P<code>@?[\w.-]{3,40})",
    re.IGNORECASE,
)
# Forms that speak for themselves, with the check digit that has to be right where there is one.
_FORMS: tuple[tuple[re.Pattern[str], IdentifierClass, Callable[[str], bool] | None], ...] = (
    (_SSN, IdentifierClass.SSN, None),
    (_SSN_MASKED, IdentifierClass.SSN, None),
    (_LAST_FOUR, IdentifierClass.SSN, None),
    (_MBI, IdentifierClass.PLAN_NUMBER, None),
    (_VIN, IdentifierClass.VEHICLE, checkdigits.is_vin),
    (_CARD, IdentifierClass.ACCOUNT_NUMBER, checkdigits.is_luhn),
    (_IBAN, IdentifierClass.ACCOUNT_NUMBER, checkdigits.is_iban),
    (_UDI, IdentifierClass.DEVICE, None),
    (_MAC, IdentifierClass.DEVICE, None),
)
# Registers and vocabularies of knowledge, not of people.
_KNOWLEDGE = re.compile(
    r"(?:nct|isrctn|pmid|pmc|eudract|umin|actrn|chictr|icd|cpt|hcpcs|ndc|omim|snomed|loinc|rs|grch|atc|hla|cd"
    r"|covid|sars|h\d+n)[- ]?\d",
    re.IGNORECASE,
)
_YEAR_ONLY = re.compile(r"(?:19|20)\d\d")
_AS_WORDS = re.compile(r"[A-Z]{0,2}\d{1,2}", re.IGNORECASE)


def find_numbers(text: str) -> Iterator[Finding]:
    """Yield labeled numbers and codes, and those that show what they are by their form or check digit."""
    if not any(one.isdigit() for one in text):
        return
    for kind in _LABELED:
        for match in kind.pattern.finditer(text):
            if _is_code(match["code"], kind.class_, match.group()):
                yield (block if kind.blocks else ask)(
                    kind.class_, match.start(), match.end("code"), kind.why, kind.proposal
                )
    yield from _by_form(text)
    for match in _HANDLE.finditer(text):
        yield ask(
            IdentifierClass.OTHER_CODE,
            match.start("code"),
            match.end("code"),
            "A user name leads to an account and its owner.",
            "[name removed]",
        )


def _is_code(code: str, class_: IdentifierClass, whole: str) -> bool:
    digits = sum(one.isdigit() for one in code)
    if digits == 0 or _KNOWLEDGE.match(code):
        return False
    if class_ == IdentifierClass.SSN:
        return digits in {4, 9} or bool(re.match(r"[A-Z]{2}\d", code, re.IGNORECASE))
    if class_ == IdentifierClass.VEHICLE:
        return len(code) >= 4
    if _YEAR_ONLY.fullmatch(code) or (digits < 3 and _AS_WORDS.fullmatch(code)):
        return class_ == IdentifierClass.OTHER_CODE and "#" in whole and digits >= 3
    if class_ == IdentifierClass.RECORD_NUMBER:
        return digits >= 3
    return digits >= 3 and len(code) >= 4


def _by_form(text: str) -> Iterator[Finding]:
    by_class = {kind.class_: kind for kind in _LABELED}

    def found(class_: IdentifierClass, match: re.Match[str]) -> Finding:
        kind = by_class[class_]
        return (block if kind.blocks else ask)(class_, match.start(), match.end(), kind.why, kind.proposal)

    for pattern, class_, is_right in _FORMS:
        for match in pattern.finditer(text):
            if is_right is None or is_right(match.group()):
                yield found(class_, match)
