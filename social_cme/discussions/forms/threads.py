"""Forms of threads and posts: the shape of what is typed; services decide what may be done with it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import ClassVar

from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from social_cme.accounts.enums import label
from social_cme.core.errors import AppError
from social_cme.discussions.enums import (
    BODY_LIMIT,
    CASE_LIMITS,
    CITATION_LINE_LIMIT,
    CITATIONS_LIMIT,
    CLOSE_WORDS,
    COMMENT_LIMIT,
    CORRECTION_LIMIT,
    NOTE_LIMIT,
    REASON_LIMIT,
    SUMMARY_LIMIT,
    THINK_ALOUD_LIMITS,
    TITLE_LIMIT,
    AgeBand,
    CareSetting,
    PseudonymLevel,
)
from social_cme.discussions.rules.evidence import LEVEL_WORDS, SCALE_WORDS, SCALES
from social_cme.discussions.rules.pseudonyms import Offer
from social_cme.discussions.rules.taxonomy import TAGS_LINE_LIMIT, TAGS_MOST
from social_cme.media.forms import PicturesForm
from social_cme.privacy.forms import CheckedForm
from social_cme.rooms.enums import EvidenceScale
from social_cme.web.forms import Form, choice_field, choices_of, line_field, text_field

AGE_WORDS = {
    AgeBand.NEONATE: "Neonate",
    AgeBand.INFANT: "Infant",
    AgeBand.CHILD: "Child",
    AgeBand.ADOLESCENT: "Adolescent",
    AgeBand.ADULT_18_39: "18 to 39 years",
    AgeBand.ADULT_40_64: "40 to 64 years",
    AgeBand.ADULT_65_89: "65 to 89 years",
    AgeBand.ADULT_90_UP: "90 years or older",
}
SETTING_WORDS = {setting: "Intensive care" if setting == CareSetting.ICU else label(setting) for setting in CareSetting}
THINK_ALOUD_WORDS = {"searched": "How I searched", "found": "What I found", "decided": "How I decided"}
CASE_WORDS = {
    "presenting_problem": "Presenting problem",
    "history": "History",
    "examination": "Examination",
    "results": "Results",
    "question": "The question",
}
_CITATIONS = CITATION_LINE_LIMIT * CITATIONS_LIMIT


class WritingForm(CheckedForm):
    """Base of the forms that somebody may write in for a while: sent twice it counts once, and it knows its draft."""

    client_id = HiddenField("", validators=[Optional(), Regexp(r"[A-Za-z0-9_-]{8,64}\Z")])
    draft_revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    # Names of the fields that a draft keeps.
    DRAFTED: ClassVar[tuple[str, ...]] = ("body",)

    def name_request(self) -> None:
        """Give the form a name of its own, by which the server knows it when it arrives twice."""
        if not self.client_id.data:
            self.client_id.data = secrets.token_urlsafe(16)

    def request_name(self) -> str | None:
        """Return the name under which a repeat is recognized: the form's own together with what it says.

        A page that the browser brings back and that was written on is something new, although its hidden name is the same.
        """
        if not self.client_id.data:
            return None
        said = "\x1f".join([self.client_id.data, *(self.drafted().values())])
        return hashlib.sha256(said.encode()).hexdigest()[:48]

    def drafted(self) -> dict[str, str]:
        """Return what a draft keeps."""
        return {name: str(self._fields[name].data or "") for name in self.DRAFTED if name in self._fields}

    def restore(self, content: dict[str, str]) -> None:
        """Put what a draft kept into the fields."""
        for name in self.DRAFTED:
            if name in self._fields and content.get(name):
                self._fields[name].data = content[name]

    def learn_of(self, error: AppError) -> None:
        """After a refusal because of another window's text, which the page now shows: keeping this one again replaces it."""
        if error.code == "draft_conflict":
            self.draft_revision.data = error.fields["revision"][0]

    def seen_draft(self) -> int:
        """Return the revision of the draft that the page showed, 0 for none."""
        return int(self.draft_revision.data or 0)


class OpeningForm(WritingForm):
    """Base of the forms that open a thread; an edit leaves the name or pseudonym as it is, and takes the field away."""

    post_first = BooleanField(
        "Answer before you see",
        description="Members see the others' answers after they have given their own. Mentors and you see everything.",
    )
    # Set once similar threads were shown, so that nobody is asked twice whether to post all the same.
    seen_similar = HiddenField("", validators=[Optional(), Regexp(r"1\Z")])
    pseudonym = SelectField("Post as", choices=choices_of([("", "Your name")]), validators=[Optional()])

    def offer(self, name: str, offers: Sequence[Offer]) -> None:
        """Let the writer choose between the own name and the lines of *offers*; any other choice is refused, never dropped."""
        lines = [(str(one.line.level), line_words(one)) for one in offers]
        self.pseudonym.choices = choices_of([("", f"Your name: {name}"), *lines])

    def restore(self, content: dict[str, str]) -> None:
        """Put what a draft kept into the fields; a line that fits no more becomes the coarsest one, not the name."""
        super().restore(content)
        field = self._fields.get("pseudonym")
        if field is not None and field.data not in {choice.value for choice in field.choices}:
            field.data = str(PseudonymLevel.MEMBER)


def line_words(offer: Offer) -> str:
    """Say a pseudonym with what stands beside it, and whether it points to the writer."""
    standing = {True: ", profession verified", False: ", profession not verified", None: ""}[offer.line.is_verified]
    return f"{offer.line.text}{standing}{' (fits very few here)' if offer.is_narrow else ''}"


def tags_field() -> StringField:
    """Declare the line in which a thread says what it is about."""
    return line_field(
        "Tags",
        limit=TAGS_LINE_LIMIT,
        required=False,
        description=f"What it is about, up to {TAGS_MOST}, separated by commas: heart failure, diuretics.",
    )


class TagsForm(Form):
    """What a thread is about, said anew."""

    tags = tags_field()


class TextForm(PicturesForm, OpeningForm):
    """A question or a discussion."""

    title = line_field("Title", limit=TITLE_LIMIT)
    body = text_field("Text", limit=BODY_LIMIT)
    tags: StringField | None = tags_field()

    DRAFTED: ClassVar[tuple[str, ...]] = ("title", "body", "pseudonym", "tags", "image_keys")


class CaseForm(PicturesForm, OpeningForm):
    """A case question in its parts."""

    title = line_field("Title", limit=TITLE_LIMIT)
    setting = choice_field("Setting", [("", "Choose"), *((str(key), words) for key, words in SETTING_WORDS.items())])
    age_band = choice_field("Age band", [("", "Choose"), *((str(key), words) for key, words in AGE_WORDS.items())])
    presenting_problem = text_field("Presenting problem", limit=CASE_LIMITS["presenting_problem"])
    history = text_field("History", limit=CASE_LIMITS["history"], required=False)
    examination = text_field("Examination", limit=CASE_LIMITS["examination"], required=False)
    results = text_field("Results", limit=CASE_LIMITS["results"], required=False)
    question = text_field("Your question", limit=CASE_LIMITS["question"])
    tags: StringField | None = tags_field()

    DRAFTED: ClassVar[tuple[str, ...]] = (
        "title",
        "setting",
        "age_band",
        *CASE_LIMITS,
        "pseudonym",
        "tags",
        "image_keys",
    )

    def parts(self) -> dict[str, str]:
        """Return the Markdown parts by name."""
        return {name: str(self._fields[name].data or "") for name in CASE_LIMITS}


class AnswerForm(PicturesForm, WritingForm):
    """An answer with its sources, one on each line."""

    body = text_field("Your answer", limit=BODY_LIMIT)
    citations = text_field("Sources", limit=_CITATIONS, required=False)
    searched = text_field("How I searched", limit=THINK_ALOUD_LIMITS["searched"], required=False)
    found = text_field("What I found", limit=THINK_ALOUD_LIMITS["found"], required=False)
    decided = text_field("How I decided", limit=THINK_ALOUD_LIMITS["decided"], required=False)

    DRAFTED: ClassVar[tuple[str, ...]] = ("body", "citations", "image_keys", *THINK_ALOUD_LIMITS)

    def think_aloud(self) -> dict[str, str]:
        """Return the parts of the reasoning by name."""
        return {name: str(self._fields[name].data or "") for name in THINK_ALOUD_LIMITS}

    def lines(self) -> list[str]:
        """Return the sources, one from each line."""
        return str(self.citations.data or "").splitlines()


class CommentForm(WritingForm):
    """A comment."""

    body = text_field("Your comment", limit=COMMENT_LIMIT)
    parent = HiddenField("", validators=[Optional(), Regexp(r"[1-9][0-9]{0,17}\Z")])

    def parent_id(self) -> int | None:
        """Return the answer that is commented on, ``None`` for the opening."""
        return int(self.parent.data) if self.parent.data else None


class ClarifyForm(WritingForm):
    """Private words; the author says which mentor they answer."""

    body = text_field("Your message", limit=COMMENT_LIMIT)
    mentor = HiddenField("", validators=[Optional(), Regexp(r"[1-9][0-9]{0,17}\Z")])

    DRAFTED: ClassVar[tuple[str, ...]] = ("body", "mentor")

    def mentor_id(self) -> int | None:
        """Return the mentor who is answered, ``None`` for a mentor who asks."""
        return int(self.mentor.data) if self.mentor.data else None


class EditTextForm(TextForm):
    """A question or discussion, changed; its tags have a form of their own."""

    pseudonym = None
    tags = None
    reason = line_field("Reason for the change", limit=REASON_LIMIT, required=False)
    revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    DRAFTED: ClassVar[tuple[str, ...]] = (*TextForm.DRAFTED, "reason")


class EditCaseForm(CaseForm):
    """A case, changed; its tags have a form of their own."""

    pseudonym = None
    tags = None
    reason = line_field("Reason for the change", limit=REASON_LIMIT, required=False)
    revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    DRAFTED: ClassVar[tuple[str, ...]] = (*CaseForm.DRAFTED, "reason")


class EditAnswerForm(AnswerForm):
    """An answer, changed."""

    reason = line_field("Reason for the change", limit=REASON_LIMIT, required=False)
    revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    DRAFTED: ClassVar[tuple[str, ...]] = (*AnswerForm.DRAFTED, "reason")


class EditCommentForm(WritingForm):
    """A comment, changed."""

    body = text_field("Your comment", limit=COMMENT_LIMIT)
    reason = line_field("Reason for the change", limit=REASON_LIMIT, required=False)
    revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    DRAFTED: ClassVar[tuple[str, ...]] = ("body", "reason")


class EndorseForm(CheckedForm):
    """A mentor's endorsement, on the scale of the room and until the day on which it should be looked at again."""

    evidence_level = choice_field("Evidence", [])
    note = text_field("Why you stand behind it", limit=NOTE_LIMIT, required=False)
    review_by = DateField("Review by", validators=[InputRequired("Choose until when it holds.")])

    def use_scale(self, scale: str) -> None:
        """Offer the levels of *scale* alone."""
        words = [(str(level), LEVEL_WORDS[level]) for level in SCALES[EvidenceScale(scale)]]
        self.evidence_level.choices = choices_of([("", "Choose"), *words])
        self.evidence_level.label.text = SCALE_WORDS[EvidenceScale(scale)]


class CloseForm(CheckedForm):
    """The end of a thread: why, and if wanted closing words."""

    reason = choice_field("Why", [("", "Choose"), *((str(key), words) for key, words in CLOSE_WORDS.items())])
    summary = text_field("Closing words", limit=BODY_LIMIT, required=False)


class DisputeForm(CheckedForm):
    """What is wrong with an answer, and what is right."""

    reason = text_field("What is wrong", limit=NOTE_LIMIT)
    correction = text_field("Correction", limit=CORRECTION_LIMIT)


class OutcomeForm(CheckedForm):
    """How a dispute was settled."""

    outcome = text_field("How it was settled", limit=NOTE_LIMIT)


class SummaryForm(CheckedForm):
    """A text on top of a thread, with the revision that its writer saw."""

    body = text_field("Text", limit=SUMMARY_LIMIT, required=False)
    reason = line_field("What you changed", limit=REASON_LIMIT, required=False)
    revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    def seen(self) -> int:
        """Return the revision that the form was filled from, 0 for none."""
        return int(self.revision.data or 0)
