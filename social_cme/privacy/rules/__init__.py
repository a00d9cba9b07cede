"""Finding what could identify a patient in a text. Pure functions; every pattern is bounded, so time grows with length alone."""

from social_cme.privacy.rules.detector import find_identifiers, find_in_file_name
from social_cme.privacy.rules.findings import Finding, key_of
from social_cme.privacy.rules.wording import with_wordings

__all__ = ["Finding", "find_identifiers", "find_in_file_name", "key_of", "with_wordings"]
