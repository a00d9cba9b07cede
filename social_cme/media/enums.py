"""Fixed vocabularies of pictures, and how much of each is taken."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

ALT_LIMIT = 300
CAPTION_LIMIT = 300
CONSENT_BY_LIMIT = 120
REASON_LIMIT = 300
# Pictures of one post, and pictures of one person that belong to no post yet.
PER_POST = 8
WAITING_MOST = 40
# Nobody posts a picture that has waited for so long; one that a draft holds waits longer.
UNUSED_AFTER = timedelta(days=1)
IN_DRAFT_AFTER = timedelta(days=30)


class Consent(StrEnum):
    """Under which consent a picture of a patient is shown, or that it shows none."""

    NOT_A_PATIENT = "not_a_patient"
    WRITTEN = "written"
    VERBAL = "verbal"
    WAIVER = "waiver"


CONSENT_WORDS = {
    Consent.NOT_A_PATIENT: "Not of a patient",
    Consent.WRITTEN: "Written consent",
    Consent.VERBAL: "Verbal consent, noted in the record",
    Consent.WAIVER: "Waived by the institution",
}
