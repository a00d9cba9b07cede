"""What the API and the sockets take in; services decide what may be done with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from social_cme.discussions.enums import (
    BODY_LIMIT,
    CASE_LIMITS,
    CITATION_LINE_LIMIT,
    COMMENT_LIMIT,
    CORRECTION_LIMIT,
    NOTE_LIMIT,
    REASON_LIMIT,
    SUMMARY_LIMIT,
    THINK_ALOUD_LIMITS,
    TITLE_LIMIT,
    AgeBand,
    AnswerOrder,
    CareSetting,
    CloseReason,
    EvidenceLevel,
    PseudonymLevel,
    ThreadFilter,
    ThreadKind,
    VoteTarget,
)
from social_cme.media.enums import PER_POST
from social_cme.privacy.schemas import Attesting
from social_cme.realtime.messages import Command
from social_cme.web.api import ClientBody, PageQuery, Schema

_ID = Field(ge=1, lt=2**53)
_SLUG = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
_REVISION = Field(None, ge=0, lt=2**31, description="The revision you started from; a later one is answered with 409.")
# What is too long for one source is refused by name; this bounds what is read at all.
Source = Annotated[str, Field(max_length=2 * CITATION_LINE_LIMIT)]
ImageKeys = Annotated[
    list[Annotated[str, Field(max_length=64)]],
    Field(max_length=2 * PER_POST, description="Keys of pictures that were brought before, in their order."),
]
Sources = Annotated[list[Source], Field(max_length=50)]
TagWord = Annotated[str, Field(max_length=200)]
TagWords = Annotated[list[TagWord], Field(max_length=20)]
DraftName = Annotated[str, Field(max_length=40)]
DraftText = Annotated[str, Field(max_length=100_000)]


class ThreadsQuery(PageQuery):
    """Which threads to list."""

    show: ThreadFilter = ThreadFilter.ALL


class AnswersQuery(PageQuery):
    """How to order answers; in the order of time every answer appears exactly once."""

    order: AnswerOrder = AnswerOrder.BEST


class CommentsQuery(PageQuery):
    """Which comments to list."""

    parent_id: int | None = Field(None, ge=1, lt=2**53, description="The answer; left out for those on the opening.")


class CaseParts(Schema):
    """The Markdown parts of a case."""

    presenting_problem: str | None = Field(None, max_length=CASE_LIMITS["presenting_problem"])
    history: str | None = Field(None, max_length=CASE_LIMITS["history"])
    examination: str | None = Field(None, max_length=CASE_LIMITS["examination"])
    results: str | None = Field(None, max_length=CASE_LIMITS["results"])
    question: str | None = Field(None, max_length=CASE_LIMITS["question"])


class ThreadIn(ClientBody, Attesting):
    """A thread to open. A case needs ``case``, ``setting`` and ``age_band``, the other kinds a ``body``."""

    kind: ThreadKind
    title: str = Field(min_length=1, max_length=TITLE_LIMIT)
    body: str = Field("", max_length=BODY_LIMIT)
    case: CaseParts | None = None
    setting: CareSetting | None = None
    age_band: AgeBand | None = None
    tags: TagWords = []
    post_first: bool | None = Field(
        None, description="Members see the others' answers after their own; left out, as the room has it."
    )
    pseudonym: PseudonymLevel | None = Field(
        None, description="Write under a pseudonym of this level instead of your name; see `/rooms/{slug}/pseudonyms`."
    )
    image_keys: ImageKeys = []


class ThreadPatch(Schema, Attesting):
    """Changes of the opening; what is left out stays as it is."""

    title: str | None = Field(None, min_length=1, max_length=TITLE_LIMIT)
    body: str | None = Field(None, max_length=BODY_LIMIT)
    case: CaseParts | None = None
    setting: CareSetting | None = None
    age_band: AgeBand | None = None
    image_keys: ImageKeys | None = None
    reason: str = Field("", max_length=REASON_LIMIT)
    revision: int | None = _REVISION


class CloseIn(Attesting, Schema):
    """What a closed thread tells its readers."""

    reason: CloseReason
    summary: str = Field("", max_length=BODY_LIMIT, description="Markdown; closing words.")


class SummaryIn(Attesting, Schema):
    """A text on top of a thread, in Markdown. Mentors take it off the page with an empty one."""

    body: str = Field(max_length=SUMMARY_LIMIT)
    revision: int = Field(ge=0, lt=2**31, description="The revision you read last, 0 for the first.")
    reason: str = Field("", max_length=REASON_LIMIT, description="What you changed; stands in the history.")


class DisputeIn(ClientBody, Attesting):
    """What is wrong with an answer, and what is right (Markdown)."""

    reason: str = Field(min_length=1, max_length=NOTE_LIMIT)
    correction: str = Field(min_length=1, max_length=CORRECTION_LIMIT)


class OutcomeIn(Attesting, Schema):
    """How a dispute was settled."""

    outcome: str = Field(min_length=1, max_length=NOTE_LIMIT)


class ThinkAloud(Schema):
    """A mentor's reasoning in Markdown."""

    searched: str = Field("", max_length=THINK_ALOUD_LIMITS["searched"], description="How I searched.")
    found: str = Field("", max_length=THINK_ALOUD_LIMITS["found"], description="What I found.")
    decided: str = Field("", max_length=THINK_ALOUD_LIMITS["decided"], description="How I decided.")


class AnswerIn(ClientBody, Attesting):
    """An answer in Markdown with its sources, each a DOI, a PubMed number or a web address."""

    body: str = Field(min_length=1, max_length=BODY_LIMIT)
    citations: Sources = []
    image_keys: ImageKeys = []
    think_aloud: ThinkAloud | None = Field(None, description="For the room's mentors.")


class CommentIn(ClientBody, Attesting):
    """A comment in Markdown on an answer, or on the opening."""

    body: str = Field(min_length=1, max_length=COMMENT_LIMIT)
    parent_id: int | None = Field(None, ge=1, lt=2**53, description="The answer; left out for the opening.")


class PostPatch(Schema, Attesting):
    """Changes of an answer or comment; what is left out stays as it is."""

    body: str | None = Field(None, min_length=1, max_length=BODY_LIMIT)
    citations: Sources | None = None
    image_keys: ImageKeys | None = None
    think_aloud: ThinkAloud | None = None
    reason: str = Field("", max_length=REASON_LIMIT)
    revision: int | None = _REVISION


class VoteIn(ClientBody):
    """A vote; DELETE takes it back."""

    value: Literal[1, -1]


class EndorseIn(Attesting, Schema):
    """A mentor's endorsement."""

    evidence_level: EvidenceLevel = Field(description="A level of the room's evidence scale.")
    note: str = Field("", max_length=NOTE_LIMIT)
    review_by: date | None = Field(None, description="Until when it holds, UTC; twelve months when left out.")


class DraftIn(Schema):
    """A draft to keep. Names that no form has are left out; what is too long is cut to twice what can be posted."""

    content: dict[DraftName, DraftText] = Field(max_length=40)
    revision: int = Field(0, ge=0, lt=2**31, description="The revision you read last, 0 for a new draft.")


# ------------------------------------------------------------------ what comes in by the sockets


class RoomCommand(Command):
    """A message about something in a room."""

    slug: str = _SLUG


class PostAnswer(RoomCommand, Attesting):
    """An answer in Markdown with its sources."""

    thread_id: int = _ID
    body: str = Field(min_length=1, max_length=BODY_LIMIT)
    citations: Sources = []
    image_keys: ImageKeys = []
    think_aloud: ThinkAloud | None = None


class PostComment(RoomCommand, Attesting):
    """A comment in Markdown on an answer, or on the opening."""

    thread_id: int = _ID
    body: str = Field(min_length=1, max_length=COMMENT_LIMIT)
    parent_id: int | None = Field(None, ge=1, lt=2**53)


class CastVote(RoomCommand):
    """A vote: 1 or -1, 0 to take it back."""

    target: VoteTarget
    target_id: int = _ID
    value: Literal[1, 0, -1]
