"""Telephone, fax and e-mail.

Rule: what plainly belongs to an institution (a hotline, a role address) is asked about at most; everything else has to go.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import phonenumbers

from social_cme.privacy.enums import IdentifierClass
from social_cme.privacy.rules.context import after, before
from social_cme.privacy.rules.findings import Finding, ask, block

_WHY_PHONE = "A telephone number leads straight to a person."
_WHY_FAX = "A fax number leads straight to a person or a small office."
_WHY_EMAIL = "An e-mail address leads straight to a person."
_TOLL_FREE = {"800", "833", "844", "855", "866", "877", "888", "900"}
# (212) 555-0123, 212-555-0123, 212.555.0123, 1 212 555 0123, with an extension.
_NATIONAL = re.compile(
    r"(?<![\w.+/-])(?:\+?1[\s.-]?)?(?:\((?P<area1>[2-9]\d\d)\)\s{0,2}|(?P<area2>[2-9]\d\d)(?P<sep>[\s.-]))"
    r"[2-9]\d\d(?(sep)(?P=sep)|[\s.-])\d{4}(?!\d|[.-]\d)(?:\s?(?:x|ext\.?|extension)\s?\d{1,5})?",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}(?:[\s./-]?\(?\d{1,5}\)?){2,6}(?!\w)")
_LABEL = re.compile(
    r"\b(?P<label>(?:ring|dial|call|reach|text|phone)\s(?:\w{1,12}\s){1,3}(?:on|at)|(?:tele)?phone(?:\s?(?:number|no\.?|#))?|tel\.?|cell(?:\s?phone)?(?:\s?(?:number|no\.?|#))?"
    r"|mobile(?:\s?(?:number|no\.?|#))?|pager"
    r"|(?:home|work|contact|callback|call[- ]back)\s(?:number|no\.?|#|phone)|call(?:ed)?(?:\s(?:him|her|them|me"
    r"|us|back))?(?:\sat|\son)?"
    r"|text(?:ed)?(?:\s(?:him|her|them|me))?(?:\sat)?|reach(?:ed|able)?(?:\s(?:him|her|them|me))?\s(?:at|on)"
    r"|whatsapp|(?:his|her|their)\s(?:number|cell|mobile)(?:\sis)?"
    r"|ph|fax(?:ed)?(?:\s?(?:number|no\.?|#|to))?|facsimile)"
    r"\s{0,2}(?:is|:|=|#|at|on|to|-)?\s{0,2}(?P<number>\(?\+?\d(?:[\s().-]{0,2}\d){6,14})(?![\w-])",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    r"\b(?:phone|cell|mobile|number|call(?:ed)?|tel)\b[\s\w:]{0,20}?\b(?P<number>(?:(?:zero|oh|one|two|three"
    r"|four|five|six|seven|eight|nine)[\s,-]{1,3}){6,11}"
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine))\b",
    re.IGNORECASE,
)
_FAX = re.compile(r"\b(?:fax(?:ed|es)?|facsimile)\b[^;\n]{0,24}$", re.IGNORECASE)
_PHONE_WORD = re.compile(r"\b(?:tel|phone|telephone|cell|mobile|call|ph)\b[^\n]{0,14}$", re.IGNORECASE)
_OFFICE = re.compile(
    r"\b(?:hot ?line|help ?line|switchboard|poison|toll[- ]free|information center|call center|call centre|nih"
    r"|office|institute|foundation|society"
    r"|association|agency|department|registry|clearinghouse|operator|crisis|lifeline|manufacturer"
    r"|pharmacovigilance|library)\b",
    re.IGNORECASE,
)
_NOT_A_PHONE = re.compile(
    r"\b(?:pmid|pmc|doi|isbn|issn|nct|isrctn|ssn|mrn|npi|dea|acct|account|policy|member|serial|s/n)\b[^\n]{0,12}$",
    re.IGNORECASE,
)
_SPOKEN = ("zero", "one ", "two ", "three", "four", "five", "six ", "seven", "eight", "nine")
_AT = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}\s?(?:@|\(at\)|\[at\]|\s(?:at|AT)\s)\s?[A-Za-z0-9-]{1,63}(?:(?:\."
    r"|\s?(?:\(dot\)|\[dot\])\s?|\sdot\s)[A-Za-z0-9-]{1,63}){1,5}(?!\w)"
)
_TOP_LEVEL = re.compile(
    r"(?:\.|\bdot\b\]?\)?\s?)(?:com|org|net|edu|gov|mil|int|info|io|co|me|us|uk|ca|au|de|fr|es|it|nl|ch|at|se|no"
    r"|dk|fi|pl|in|jp|cn|br|mx|ie|nz|za|eu|biz|test|example|[a-z]{2})$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:info|contact|help|support|office|admin|webmaster|editor|library|press|news|media|enquiries|inquiries"
    r"|service|feedback|mail|noreply|no-reply|hello|orders|registry|trials?|guidelines)\d{0,2}@",
    re.IGNORECASE,
)
_OBFUSCATED = re.compile(r"\s(?:at|AT)\s|\sdot\s|[([](?:at|dot)[)\]]")


def find_contacts(text: str, own_addresses: Collection[str] = ()) -> Iterator[Finding]:
    """Yield telephone and fax numbers and e-mail addresses; *own_addresses* (lower case) are the writer's."""
    if any(one.isdigit() for one in text):
        yield from _numbers(text)
    small = text.lower()
    if any(figure in small for figure in _SPOKEN):
        yield from _spelled_out(text)
    if "@" in text or "at" in small:
        yield from _addresses(text, own_addresses)


def _spelled_out(text: str) -> Iterator[Finding]:
    for match in _SPELLED.finditer(text):
        yield _phone(text, match.start("number"), match.end("number"))


def _numbers(text: str) -> Iterator[Finding]:
    for match in _NATIONAL.finditer(text):
        if (match["area1"] or match["area2"]) not in _TOLL_FREE and not _NOT_A_PHONE.search(
            before(text, match.start(), 24)
        ):
            yield _phone(text, match.start(), match.end())
    for match in _INTERNATIONAL.finditer(text):
        if _is_international(match.group()):
            yield _phone(text, match.start(), match.end())
    for match in _LABEL.finditer(text):
        digits = re.sub(r"\D", "", match["number"])
        if digits.lstrip("1")[:3] not in _TOLL_FREE and 7 <= len(digits) <= 15:
            yield _phone(text, match.start("number"), match.end("number"))


def _is_international(written: str) -> bool:
    number = "+" + written[2:] if written.startswith("00") else written
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed) and str(parsed.national_number)[:3] not in (
        _TOLL_FREE if parsed.country_code == 1 else ()
    )


def _phone(text: str, start: int, end: int) -> Finding:
    words = before(text, start, 48)
    is_fax = _FAX.search(words) is not None and _PHONE_WORD.search(words[-16:]) is None
    class_ = IdentifierClass.FAX if is_fax else IdentifierClass.PHONE
    is_office = _OFFICE.search(words + " | " + after(text, end, 24)) is not None
    why, proposal = (_WHY_FAX, "[fax number removed]") if is_fax else (_WHY_PHONE, "[phone number removed]")
    return (ask if is_office else block)(class_, start, end, why, proposal)


def _addresses(text: str, own_addresses: Collection[str]) -> Iterator[Finding]:
    for match in _AT.finditer(text):
        address = match.group()
        if not _TOP_LEVEL.search(address) or address.lower() in own_addresses:
            continue
        if _OBFUSCATED.search(address) and "@" not in address and not re.search(r"dot|\(at\)|\[at\]", address):
            continue
        make = ask if _ROLE.match(address) else block
        yield make(IdentifierClass.EMAIL, match.start(), match.end(), _WHY_EMAIL, "[e-mail address removed]")
