"""Forms of the steps of a case, of polls and of outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from social_cme.discussions.enums import (
    BODY_LIMIT,
    DIAGNOSIS_LIMIT,
    OPTION_LIMIT,
    OPTIONS_MOST,
    OUTCOME_LIMIT,
    REASON_LIMIT,
    STEP_ANSWER_LIMIT,
    STEP_QUESTION_LIMIT,
    TITLE_LIMIT,
    StepAsk,
)
from social_cme.discussions.forms.threads import WritingForm
from social_cme.web.forms import Form, choices_of, line_field, text_field

ASK_WORDS = {
    str(StepAsk.TEXT): "Answer in their own words",
    str(StepAsk.POLL): "Vote on a differential",
    str(StepAsk.NOTHING): "Just read on",
}


class StepForm(WritingForm):
    """A step of a case."""

    title = line_field("Title of the step", limit=TITLE_LIMIT, required=False)
    body = text_field("What readers learn now", limit=BODY_LIMIT, required=False)
    ask = RadioField(
        "What readers do before the next step opens",
        choices=choices_of(list(ASK_WORDS.items())),
        default=str(StepAsk.TEXT),
        validators=[InputRequired("Choose what readers do.")],
    )
    question = line_field("Your question", limit=STEP_QUESTION_LIMIT, required=False)
    options = text_field("Diagnoses", limit=OPTIONS_MOST * (OPTION_LIMIT + 10), required=False)
    may_skip = BooleanField("Readers may skip the question", default=True)
    reveals = SelectField("This step tells the diagnosis of an earlier poll", validators=[Optional()])
    reason = line_field("Reason for the change", limit=REASON_LIMIT, required=False)
    revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    def option_lines(self) -> list[str]:
        """Return the diagnoses, one from each line."""
        return str(self.options.data or "").splitlines()

    def revealed(self) -> int | None:
        """Return the option of an earlier poll that the step tells, if any."""
        told = str(self.reveals.data or "")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 18 else None


class StepAnswerForm(WritingForm):
    """An answer to a step in one's own words."""

    # The form of the thread's own answer stands on the same page.
    body = text_field("Your answer to this step", limit=STEP_ANSWER_LIMIT, id="step-body")


class BallotForm(Form):
    """How likely each diagnosis is; ``ballot_form`` adds a field for every option of the poll."""

    def shares(self) -> dict[int, int | None]:
        """Return the shares by option, ``None`` for a field that was left empty."""
        fields = {name.removeprefix("share_"): one for name, one in self._fields.items() if name.startswith("share_")}
        return {int(name): one.data for name, one in fields.items()}

    def share_fields(self) -> list[Field]:
        """Return the fields of the options in their order."""
        return [one for name, one in self._fields.items() if name.startswith("share_")]


def ballot_form(options: Sequence[tuple[int, str]]) -> type[BallotForm]:
    """Return the form of a poll with *options* (id and text)."""
    bounds = NumberRange(0, 100, message="Give each diagnosis a whole number from 0 to 100.")
    fields = {f"share_{key}": IntegerField(text, validators=[Optional(), bounds]) for key, text in options}
    return type("BallotForm", (BallotForm,), fields)


class CaseOutcomeForm(WritingForm):
    """What happened with the patient of a case; ``outcome_form`` adds a choice for every poll."""

    body = text_field("What happened", limit=OUTCOME_LIMIT)
    diagnosis = line_field("Diagnosis, as it is known now", limit=DIAGNOSIS_LIMIT, required=False)
    is_final = BooleanField(
        "This is final", description="You are asked no more, and the case comes back to its readers as a recall card."
    )

    def right_options(self) -> list[int]:
        """Return the options that were chosen as right, one for each poll at most."""
        chosen = [str(one.data or "") for name, one in self._fields.items() if name.startswith("right_")]
        return [int(told) for told in chosen if told.isascii() and told.isdigit() and len(told) < 18]

    def right_fields(self) -> list[Field]:
        """Return the choices of the polls in their order."""
        return [one for name, one in self._fields.items() if name.startswith("right_")]


def outcome_form(polls: Sequence[tuple[int, str, Sequence[tuple[int, str]]]]) -> type[CaseOutcomeForm]:
    """Return the form of a case with *polls*: the id of the step, its question, and id and text of each option."""
    fields = {
        f"right_{step_id}": SelectField(
            question,
            choices=choices_of([("", "Not known yet"), *((str(key), text) for key, text in options)]),
            validators=[Optional()],
        )
        for step_id, question, options in polls
    }
    return type("CaseOutcomeForm", (CaseOutcomeForm,), fields)
