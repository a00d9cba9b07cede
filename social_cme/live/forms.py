"""Forms of live sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from social_cme.accounts.enums import label
from social_cme.accounts.rules.zones import zone_choices
from social_cme.core.text import clean_line
from social_cme.live import rules
from social_cme.live.enums import SegmentKind
from social_cme.live.rules import SegmentPlan
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import Form, choice_field, choices_of, enum_choices, line_field, text_field


def _line(value: str | None) -> str | None:
    return clean_line(value) if value else value


def _number(value: str | None) -> int:
    """Return the number of a line that a button names, one beyond any agenda when it names none."""
    text = value or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else rules.MAX_SEGMENTS


_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class SegmentForm(PlainForm):
    """A line of the agenda; one that is left empty is left out."""

    segment_id = HiddenField(validators=[Optional(), Regexp(r"[0-9]{1,16}\Z")])
    title = StringField("Title", filters=[_line])
    minutes = IntegerField("Minutes", validators=[Optional()])
    kind = SelectField(
        "Kind",
        choices=choices_of(enum_choices(SegmentKind, label)),
        default=SegmentKind.DIDACTIC,
        validators=[Optional()],
        validate_choice=False,
    )
    countable = SelectField(
        "Counts as attended",
        choices=choices_of([("", "By kind"), ("yes", "Yes"), ("no", "No")]),
        validators=[Optional()],
        validate_choice=False,
    )
    interactive = BooleanField("Interactive")

    @staticmethod
    def values_of(plan: SegmentPlan) -> dict[str, Any]:
        """Return what the form shows for a segment that is there."""
        usual = plan.countable == rules.counts_by_default(plan.kind)
        return {
            "segment_id": plan.id,
            "title": plan.title,
            "minutes": plan.minutes,
            "kind": plan.kind,
            "countable": "" if usual else ("yes" if plan.countable else "no"),
            "interactive": plan.interactive,
        }

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in it."""
        return not self.title.data and not self.minutes.data and not self.minutes.errors

    def plan(self) -> SegmentPlan:
        """Return what the line asks for; the service judges it."""
        return SegmentPlan(
            id=int(self.segment_id.data) if self.segment_id.data else None,
            title=self.title.data or "",
            minutes=self.minutes.data or 0,
            kind=self.kind.data or "",
            countable=self.countable.data == "yes" if self.countable.data else rules.counts_by_default(self.kind.data),
            interactive=bool(self.interactive.data),
        )


class PlanForm(Form):
    """When a session takes place, what it is about and who leads it; fields are named as in the service."""

    title = line_field("Title", limit=rules.MAX_TITLE)
    description = text_field("What it is about", limit=rules.MAX_DESCRIPTION, required=False)
    starts_at = DateTimeLocalField(
        "Starts", format=_WALL_CLOCK, validators=[InputRequired("Please say when it starts.")]
    )
    ends_at = DateTimeLocalField("Ends", format=_WALL_CLOCK, validators=[InputRequired("Please say when it ends.")])
    time_zone = choice_field("Time zone of these times", zone_choices())
    mentor_ids = SelectMultipleField(
        "Led by",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired("Choose who leads the session.")],
    )
    capacity = IntegerField("Places", validators=[Optional()])
    segments = FieldList(FormField(SegmentForm), label="Agenda", max_entries=rules.MAX_SEGMENTS)
    still_here_minutes = IntegerField("Ask “Are you still here?” every so many minutes", validators=[Optional()])

    def blank_segment(self) -> SegmentForm:
        """Return an empty line, from which a script makes more."""
        return SegmentForm(prefix="segments-999-")

    def agenda(self) -> tuple[SegmentPlan, ...]:
        """Return the lines of the agenda that were filled in."""
        return tuple(entry.form.plan() for entry in self.segments if not entry.form.is_empty)

    def rearrange(self, wish: Mapping[str, str]) -> bool:
        """Add, remove or move a line as a button of the form asks without a script; tell whether one did."""
        lines = [dict(entry.data) for entry in self.segments]
        number = _number(wish.get("remove_segment") or wish.get("raise_segment"))
        if "add_segment" in wish:
            if len(lines) < rules.MAX_SEGMENTS:
                lines.append({"kind": SegmentKind.DIDACTIC})
        elif "remove_segment" in wish and number < len(lines):
            del lines[number]
        elif "raise_segment" in wish and 0 < number < len(lines):
            lines[number - 1], lines[number] = lines[number], lines[number - 1]
        else:
            return False
        while self.segments.entries:
            self.segments.pop_entry()
        for line in lines:
            self.segments.append_entry(line)
        return True


class AskForm(CheckedForm):
    """A question."""

    body = text_field("Ask a question", limit=rules.MAX_QUESTION)


class ChatForm(CheckedForm):
    """A line of chat."""

    body = text_field("Message", limit=rules.MAX_CHAT)


class CancelForm(Form):
    """Why a session is called off."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)


class AnswerForm(CheckedForm):
    """What was answered; empty when it was said aloud."""

    text = text_field("Written answer", limit=rules.MAX_ANSWER, required=False)


class ReasonForm(Form):
    """Why a question is skipped or hidden."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)
