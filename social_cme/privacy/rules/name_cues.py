"""Words around names: what announces one, and what shows that there is none."""

from __future__ import annotations

import re

from social_cme.privacy.rules import wordlists

STAFF_TITLES = frozenset({"dr", "doctor", "prof", "professor", "nurse"})
STRONG_TITLES = frozenset({"mr", "mrs", "ms", "dr", "miss", "mister", "missus"})
WEAK_TITLES = frozenset(
    {
        "doctor",
        "professor",
        "nurse",
        "sister",
        "father",
        "sir",
        "madam",
        "reverend",
        "rev",
        "pastor",
        "sgt",
        "officer",
        "captain",
        "judge",
        "señor",
        "señora",
    }
)
TITLES = STAFF_TITLES | STRONG_TITLES | WEAK_TITLES
SHORT_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "rev", "sgt"})
NAMES_OF_THINGS = frozenset(
    {"model", "brand", "generic", "trade", "product", "file", "procedure", "drug", "gene", "sample", "study"}
)
# Written so they are magnetic resonance, multiple sclerosis and delayed release, unless a full stop follows.
NOT_TITLES = frozenset({"MR", "MS", "DR", "mr", "ms", "miss"}) - {"mr"}
TITLE_BEFORE = re.compile(r"\b(?:mr|mrs|ms|miss|dr|prof)\.?\s$", re.IGNORECASE)
RELATIVES = wordlists.words("relatives.txt")
PATIENTS = frozenset({"patient", "pt", "client", "baby", "boy", "girl", "infant", "gentleman", "lady", "resident"})
NAMED = frozenset({"named", "called", "name", "nicknamed", "known", "aka", "alias", "surname", "surnamed"})
# Cues after which drugs, tests and diseases stand as often as people.
SPOKEN = frozenset({"called", "known", "boy", "girl", "infant", "resident", "lady", "gentleman", "baby"})
SURE = frozenset({"named", "nicknamed", "surname", "surnamed", "name", "alias", "aka"})
LABELS = wordlists.words("name_labels.txt")
PARTICLES = frozenset(
    {
        "de",
        "del",
        "la",
        "van",
        "von",
        "der",
        "den",
        "bin",
        "ibn",
        "al",
        "el",
        "da",
        "dos",
        "di",
        "du",
        "le",
        "st",
        "mac",
        "ter",
        "y",
        "jr",
        "sr",
    }
)
MAY_PRECEDE = wordlists.words("before_names.txt")
# Words with a capital, at the start of a sentence or in a heading, that are never part of a name.
ORDINARY = wordlists.words("ordinary_words.txt")
HEADS = wordlists.words("medical_nouns.txt")
HEAD = re.compile(
    r"(?:'s|s'|')?(?:\s(?:[a-z]{3,14}\s){0,1}|-)(?:type\s|like\s)?(?:syndromes?|diseases?|disorders?"
    r"|signs?|tests?|testing|scores?|scale|index|criteria|classifications?|catheters?|tubes?|needles?|valves?"
    r"|hospitals?|university|college|institute|foundation|clinic|center|centre|stain"
    r"|agar|cells?|bod(?:y|ies)|nodes?|an(?:a)?emia|lymphomas?|sarcomas?|tumou?rs?|pals(?:y|ies)|ataxia"
    r"|(?:muscular )?dystroph(?:y|ies)|atroph(?:y|ies)|chorea|contractures?|fractures?|hernias?|procedures?"
    r"|operations?|repair|osteotomy|techniques?|man(?:oe|eu)[a-z]{1,6}|methods?|positions?|reflex(?:es)?"
    r"|phenomen(?:on|a)|triad|pentad|tetralogy|law|effect|formula|equation|factor|virus(?:es)?|fever|angina"
    r"|dementia|disability|[a-z]{3,12}opath(?:y|ies)|thyroiditis|arteritis|(?:o)?esophagus|diverticul(?:um|a)"
    r"|lesions?|gangrene|ulcers?|purpura|mutations?|genes?|guidelines?|trials?|stud(?:y|ies)"
    r"|registry|society|association|committee|commission|consensus|statement|journal|network|forceps|clamps?"
    r"|retractors?|drains?|sutures?|scissors|clips?|stents?|staplers?|approach|incision|plates?|nails?|rods?"
    r"|pins?|braces?|collar|boots?|tape|views?|lines?|points?|rings?|spaces?|canal|ducts?"
    r"|glands?|ligaments?|fascia|muscles?|arter(?:y|ies)|veins?|nerves?|cysts?|deformit(?:y|ies)|malformations?"
    r"|anomal(?:y|ies)|psychosis|grad(?:e|ing)|stag(?:e|ing)|systems?|calculators?|questionnaires?|inventory"
    r"|checklist|protocol|regimen|diet|respirations?|breathing|lines|patch(?:es)?|spots?"
    r"|pouch|blade|laryngoscope|curve|plot|rank|regression|estimate|model|correction|paralysis|neuralgia|silk"
    r"|splints?|elevators?|lens|taper|gag|knife|hook|probe|cannula|speculum|dissector|rongeur|curette"
    r"|capsulotomy|migraine|epilepsy|encephalitis|granulomatosis|sclerosis|carcinoma|leuk(?:a)?emia|paget"
    r"|anesthesia|block|solution|lactate|unit|units|wave|waves|loop|mallet|bandage|splint|pump|device|cuff|gauze"
    r"|bag|filter)\b",
    re.IGNORECASE,
)
# An author in a list of references: "Smith et al", "Okafor J, ", "Chen 2019".
REFERENCE = re.compile(
    r"(?:'s)?,?\s(?:et\s?al\b|and colleagues|and co-?workers|\(?(?:19|20)\d\d\)?|[A-Z]{1,3},\s|[A-Z]{1,2}\.\s)",
    re.UNICODE,
)
CREDENTIAL = re.compile(
    r",?\s(?:M\.?D\.?|D\.?O\.?|R\.?N\.?|N\.?P\.?|PA-?C?|PharmD|Ph\.?D|FACP|FRCP|MBBS|MRCP|APRN|CRNA|LCSW|DPT|RPh)\b"
)
ACTS = re.compile(
    r"\s(?:is|was|has|had|presents|presented|came|reports|reported|denies|denied|complains|complained|states"
    r"|stated|says|said|takes|took|lives|lived|works|worked|developed|feels|felt|wants|wanted|returned|died|went"
    r"|gets|got|started|did|does|tells|told|and (?:his|her|I))\b",
)
OWNS = re.compile(
    r"'s\s(?:\w{1,12}\s)?(?:mother|father|wife|husband|son|daughter|sister|brother|family|parents|blood|labs?"
    r"|ct|mri|chart|case|symptoms?|condition|story|pain|history|exam|ecg|ekg|echo|biopsy|results?|surgery|chest"
    r"|room|bp|hr|temperature|fever|leg|arm|head|nurse|doctor|gp|pcp|potassium|creatinine|discharge|funeral"
    r"|x-?ray)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:[A-Z]|ABCD?|Sample|XXXX|X{2,6}|Y{2,6}|ABC|XYZ|Doe|[A-Z]{1,2}\d|NAME|Name|Unknown|Patient|Anonymous"
    r"|Somebody|Someone)\Z"
)


def is_placeholder(word: str) -> bool:
    """Tell whether a word stands in the place of a name already: "Mr. X", "Jane Doe", "Dr. ABC"."""
    return _PLACEHOLDER.match(word.removesuffix("'s")) is not None
