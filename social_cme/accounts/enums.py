"""Fixed vocabularies of a person's profile."""

from __future__ import annotations

from enum import StrEnum


class Profession(StrEnum):
    """Professions the product can name; they decide credit eligibility later on."""

    PHYSICIAN = "physician"
    PHYSICIAN_ASSISTANT = "physician_assistant"
    NURSE_PRACTITIONER = "nurse_practitioner"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    DENTIST = "dentist"
    PSYCHOLOGIST = "psychologist"
    PHYSICAL_THERAPIST = "physical_therapist"
    STUDENT = "student"
    OTHER = "other"


class CareerStage(StrEnum):
    """Where somebody stands in working life."""

    STUDENT = "student"
    RESIDENT = "resident"
    FELLOW = "fellow"
    EARLY_CAREER = "early_career"
    MID_CAREER = "mid_career"
    SENIOR = "senior"
    RETIRED = "retired"


# Stages that are counted in years after graduation, as PGY-1, PGY-2 and so on.
TRAINING_STAGES = frozenset({CareerStage.RESIDENT, CareerStage.FELLOW})
TRAINING_YEARS = 10


class Specialty(StrEnum):
    """Clinical specialties shipped with the product."""

    ANESTHESIOLOGY = "anesthesiology"
    CARDIOLOGY = "cardiology"
    CRITICAL_CARE = "critical_care"
    DERMATOLOGY = "dermatology"
    EMERGENCY_MEDICINE = "emergency_medicine"
    ENDOCRINOLOGY = "endocrinology"
    FAMILY_MEDICINE = "family_medicine"
    GASTROENTEROLOGY = "gastroenterology"
    GENERAL_SURGERY = "general_surgery"
    GERIATRICS = "geriatrics"
    HEMATOLOGY_ONCOLOGY = "hematology_oncology"
    HOSPITAL_MEDICINE = "hospital_medicine"
    INFECTIOUS_DISEASE = "infectious_disease"
    INTERNAL_MEDICINE = "internal_medicine"
    NEPHROLOGY = "nephrology"
    NEUROLOGY = "neurology"
    OBSTETRICS_GYNECOLOGY = "obstetrics_gynecology"
    OPHTHALMOLOGY = "ophthalmology"
    ORTHOPEDICS = "orthopedics"
    OTOLARYNGOLOGY = "otolaryngology"
    PALLIATIVE_CARE = "palliative_care"
    PATHOLOGY = "pathology"
    PEDIATRICS = "pediatrics"
    PHARMACY = "pharmacy"
    PHYSICAL_MEDICINE = "physical_medicine"
    PRIMARY_CARE_NURSING = "primary_care_nursing"
    PSYCHIATRY = "psychiatry"
    PUBLIC_HEALTH = "public_health"
    PULMONOLOGY = "pulmonology"
    RADIOLOGY = "radiology"
    RHEUMATOLOGY = "rheumatology"
    UROLOGY = "urology"
    OTHER = "other"


class SiteRole(StrEnum):
    """What somebody may do on the whole server; roles inside rooms are separate."""

    MEMBER = "member"
    MODERATOR = "moderator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class AccountState(StrEnum):
    """Whether an account can be used."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    BANNED = "banned"
    CLOSED = "closed"


class TokenPurpose(StrEnum):
    """What a mailed link is good for."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105
    CHANGE_EMAIL = "change_email"


class TokenScope(StrEnum):
    """What a personal access token allows; writing includes reading."""

    READ = "read"
    WRITE = "write"


class TriedAction(StrEnum):
    """What is counted to stop guessing and flooding."""

    LOGIN_FROM_ADDRESS = "login_from_address"
    LOGIN_ANYWHERE = "login_anywhere"
    MAIL_TO_ADDRESS = "mail_to_address"


# Days after which a personal access token ends.
TOKEN_LIFETIMES = (30, 90, 365)


def label(value: StrEnum | str) -> str:
    """Return the words shown for a vocabulary key: ``early_career`` becomes ``Early career``."""
    special = {"obstetrics_gynecology": "Obstetrics and gynecology", "hematology_oncology": "Hematology and oncology"}
    key = str(value)
    return special.get(key, key.replace("_", " ").capitalize())
