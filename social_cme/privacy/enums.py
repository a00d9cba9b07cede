"""The eighteen classes of 45 CFR 164.514(b)(2)(i), how sure the check is, and what became of a check."""

from __future__ import annotations

from enum import StrEnum

# Counts up whenever the rules change, so that a row of the log says by which rules a text was looked at.
RULES_VERSION = 1
ATTESTED_LIMIT = 200
KEY_PATTERN = r"^[0-9a-f]{12}$"


class IdentifierClass(StrEnum):
    """What the regulation lists, in its order (A) to (R); its class (C) is two here, because they are put right differently."""

    NAME = "name"
    PLACE = "place"
    DATE = "date"
    AGE = "age"
    PHONE = "phone"
    FAX = "fax"
    EMAIL = "email"
    SSN = "ssn"
    RECORD_NUMBER = "record_number"
    PLAN_NUMBER = "plan_number"
    ACCOUNT_NUMBER = "account_number"
    LICENSE_NUMBER = "license_number"
    VEHICLE = "vehicle"
    DEVICE = "device"
    URL = "url"
    IP_ADDRESS = "ip_address"
    BIOMETRIC = "biometric"
    FACE = "face"
    OTHER_CODE = "other_code"


class Certainty(StrEnum):
    """What a finding does: ``block`` has to go, ``ask`` is for the author to judge."""

    BLOCK = "block"
    ASK = "ask"


class ObjectKind(StrEnum):
    """What was checked."""

    THREAD = "thread"
    POST = "post"
    CHAT = "chat"
    LIVE_QUESTION = "live_question"
    LIVE_ANSWER = "live_answer"
    LIVE_POLL = "live_poll"
    POLL_ANSWER = "poll_answer"
    GROUP_CHAT = "group_chat"
    GROUP_NOTES = "group_notes"
    FILE = "file"
    SLIDE = "slide"
    CAPTION = "caption"
    SHARED_LINK = "shared_link"


class Outcome(StrEnum):
    """What became of a check: nothing found, published as attested, or sent back to the author."""

    CLEAR = "clear"
    ATTESTED = "attested"
    ASKED = "asked"
    BLOCKED = "blocked"


# The paragraph of 45 CFR 164.514(b)(2)(i) that each class comes from: eighteen letters.
PARAGRAPH = dict(zip(IdentifierClass, "ABCCDEFGHIJKLMNOPQR", strict=True))

CLASS_WORDS = {
    IdentifierClass.NAME: "Name",
    IdentifierClass.PLACE: "Place smaller than a state",
    IdentifierClass.DATE: "Date finer than a year",
    IdentifierClass.AGE: "Age over 89",
    IdentifierClass.PHONE: "Phone number",
    IdentifierClass.FAX: "Fax number",
    IdentifierClass.EMAIL: "E-mail address",
    IdentifierClass.SSN: "Social Security number",
    IdentifierClass.RECORD_NUMBER: "Medical record number",
    IdentifierClass.PLAN_NUMBER: "Health plan number",
    IdentifierClass.ACCOUNT_NUMBER: "Account number",
    IdentifierClass.LICENSE_NUMBER: "Certificate or license number",
    IdentifierClass.VEHICLE: "Vehicle identifier",
    IdentifierClass.DEVICE: "Device identifier",
    IdentifierClass.URL: "Web address",
    IdentifierClass.IP_ADDRESS: "Internet address",
    IdentifierClass.BIOMETRIC: "Biometric identifier",
    IdentifierClass.FACE: "Full-face photograph",
    IdentifierClass.OTHER_CODE: "Other identifying code",
}

OBJECT_WORDS = {
    ObjectKind.THREAD: "Opening of a thread",
    ObjectKind.POST: "Answer or comment",
    ObjectKind.CHAT: "Line of live chat",
    ObjectKind.LIVE_QUESTION: "Live question",
    ObjectKind.LIVE_ANSWER: "Written answer in a live session",
    ObjectKind.LIVE_POLL: "Poll of a live session",
    ObjectKind.POLL_ANSWER: "Free answer in a live poll",
    ObjectKind.GROUP_CHAT: "Line of a group's chat",
    ObjectKind.GROUP_NOTES: "Notes of a group",
    ObjectKind.FILE: "File name",
    ObjectKind.SLIDE: "Description of a slide",
    ObjectKind.CAPTION: "Line of captions",
    ObjectKind.SHARED_LINK: "Title of a shared link",
}
