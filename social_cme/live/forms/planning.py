"""What a host says about a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from social_cme.accounts.enums import CareerStage, Profession, label
from social_cme.accounts.rules.zones import zone_choices
from social_cme.core.text import clean_line
from social_cme.live import rules
from social_cme.live.enums import ChangeScope, SegmentKind
from social_cme.live.forms.stage import is_video_address
from social_cme.live.rules import SegmentPlan
from social_cme.web.forms import Form, choice_field, choices_of, enum_choices, line_field, text_field


def _line(value: str | None) -> str | None:
    return clean_line(value) if value else value


def _number(value: str | None) -> int:
    """Return the number of a line that a button names, one beyond any agenda when it names none."""
    text = value or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else rules.MAX_SEGMENTS


_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_REPEATS = [
    ("", "Once"),
    ("week", "Every week"),
    ("fortnight", "Every 2 weeks"),
    ("month", "Every month, on the same weekday of the month"),
]
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SCOPES = [(ChangeScope.ONE, "Only this one"), (ChangeScope.FOLLOWING, "This one and all that follow it")]


def _boxes(label_: str, choices: list[tuple[str, str]]) -> SelectMultipleField:
    return SelectMultipleField(
        label_,
        choices=choices_of(choices),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )


def _scope_field(label_: str) -> RadioField:
    return RadioField(label_, choices=choices_of(_SCOPES), default=ChangeScope.ONE, validators=[Optional()])


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


_LABELS_LINE = (rules.MAX_LABEL + 2) * rules.MAX_LABELS


class QueueFields:
    """How the queue and the chat are run; a form that was sent without this part leaves it as it is."""

    queue_shown = HiddenField("", validators=[Optional(), Regexp(r"1\Z")])
    approve_first = BooleanField("Look at questions before they are shown")
    allow_pseudonyms = BooleanField("Questions may be asked under a pseudonym", default=True)
    slow_seconds = IntegerField(
        "Slow mode: seconds between two messages of one person",
        default=0,
        validators=[
            Optional(),
            NumberRange(0, rules.MAX_SLOW_SECONDS, message=f"Choose 0 to {rules.MAX_SLOW_SECONDS} seconds."),
        ],
    )
    labels = line_field("Labels for questions", limit=_LABELS_LINE, required=False)


class OptionsForm(QueueFields, Form):
    """How the queue and the chat of a running session are run."""


class PlanForm(QueueFields, Form):
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
    co_mentor_ids = SelectMultipleField(
        "Co-mentors",
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Optional()],
    )
    recurrence = SelectField("Repeats", choices=choices_of(_REPEATS), validators=[Optional()])
    weekdays = _boxes("On these weekdays as well", [(str(number), name) for number, name in enumerate(_WEEKDAYS)])
    times = IntegerField("Number of sessions", validators=[Optional()])
    last_day = DateField("Or until this day", validators=[Optional()])
    eligible_professions = _boxes("Professions", enum_choices(Profession, label))
    eligible_stages = _boxes("Career stages", enum_choices(CareerStage, label))
    requires_verified = BooleanField("Only people whose profession is verified")
    scope = _scope_field("What changes")

    def rule(self) -> str | None:
        """Return the recurrence rule that was chosen, ``None`` for a session that takes place once."""
        kind, start = self.recurrence.data, self.starts_at.data
        if not kind or start is None:
            return None
        if kind == "month":
            base = rules.every_month(start)
        else:
            weekdays = [int(one) for one in self.weekdays.data or ()]
            base = rules.every_week(start, interval=2 if kind == "fortnight" else 1, weekdays=weekdays)
        until = rules.end_of_day(self.last_day.data) if self.last_day.data is not None else None
        return str(replace(base, count=self.times.data, until=until))

    def validate(self, extra_validators: object = None) -> bool:
        """Check the fields, and that a series says once how it ends."""
        is_valid = super().validate(extra_validators)
        if self.recurrence.data and self.times.data is not None and not 2 <= self.times.data <= rules.MOST_OCCURRENCES:
            self.times.errors = [*self.times.errors, f"A series has 2 to {rules.MOST_OCCURRENCES} sessions."]
            return False
        ends = (self.times.data is not None) + (self.last_day.data is not None)
        if self.recurrence.data and not self.times.errors and not self.last_day.errors and ends != 1:
            self.times.errors = [*self.times.errors, "Say either how many sessions there are or the last day."]
            return False
        return is_valid

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

    video_url = line_field("Address of a video call", limit=rules.MAX_VIDEO_URL, required=False)

    def validate_video_url(self, field: Field) -> None:
        """Check the address of the video before the session is saved."""
        is_video_address(self, field)


class CancelForm(Form):
    """Why a session is called off."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)
    scope = _scope_field("What is canceled")
