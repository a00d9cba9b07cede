"""Rows of discussions; each module holds what belongs together.

Rule: everybody imports from here, so a row may move between the modules.
"""

from social_cme.discussions.models.clarifications import Clarification
from social_cme.discussions.models.judgements import Dispute, Endorsement
from social_cme.discussions.models.mentions import Mention
from social_cme.discussions.models.recall import RecallCard, RecallPreference
from social_cme.discussions.models.sources import Citation, Paper, RetractionNotice
from social_cme.discussions.models.staging import (
    BallotShare,
    CaseOutcome,
    CaseStep,
    OutcomeRequest,
    StepOption,
    StepResponse,
    StepRevision,
)
from social_cme.discussions.models.structure import Escalation, ThreadMerge, ThreadSplit
from social_cme.discussions.models.summaries import SummaryVersion, ThreadSummary
from social_cme.discussions.models.tags import FreeTag, ThreadTag
from social_cme.discussions.models.threads import (
    LAST,
    Draft,
    Follow,
    FormerAddress,
    Hideable,
    Post,
    ReadMark,
    Revision,
    Thread,
    Vote,
)

__all__ = [
    "LAST",
    "BallotShare",
    "CaseOutcome",
    "CaseStep",
    "Citation",
    "Clarification",
    "Dispute",
    "Draft",
    "Endorsement",
    "Escalation",
    "Follow",
    "FormerAddress",
    "FreeTag",
    "Hideable",
    "Mention",
    "OutcomeRequest",
    "Paper",
    "Post",
    "ReadMark",
    "RecallCard",
    "RecallPreference",
    "RetractionNotice",
    "Revision",
    "StepOption",
    "StepResponse",
    "StepRevision",
    "SummaryVersion",
    "Thread",
    "ThreadMerge",
    "ThreadSplit",
    "ThreadSummary",
    "ThreadTag",
    "Vote",
]
