"""What people fill in about cohorts; fields are named as in the services."""

from __future__ import annotations

from wtforms import DateField, DateTimeLocalField, HiddenField, IntegerField, RadioField, SelectField, SubmitField
from wtforms.validators import InputRequired, Optional

from social_cme.accounts.rules.zones import zone_choices
from social_cme.cohorts.enums import ITEM_WORDS
from social_cme.cohorts.rules import limits
from social_cme.web.forms import Form, choice_field, choices_of, line_field, text_field

_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def _clock_field(label: str, question: str, **options: object) -> DateTimeLocalField:
    return DateTimeLocalField(label, format=_WALL_CLOCK, validators=[InputRequired(question)], **options)


class RevisionForm(Form):
    """A form that says which version its writer saw."""

    revision = HiddenField()

    def seen(self) -> int | None:
        """Return the revision that the writer saw; a made-up one fits none."""
        text = str(self.revision.data or "")
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


class CohortForm(RevisionForm):
    """What is said of a cohort."""

    name = line_field("Term", limit=limits.NAME, description="Such as “Autumn 2026”.")
    summary = text_field("What awaits the members", limit=limits.SUMMARY, required=False)
    starts_on = DateField("First day", validators=[InputRequired("Please say when the cohort starts.")])
    weeks = IntegerField("Weeks", validators=[InputRequired("Please say how many weeks it lasts.")])
    time_zone = choice_field(
        "Time zone of the cohort",
        zone_choices(),
        description="All times of the plan are wall clocks of this zone; members see their own zone as well.",
    )
    capacity = IntegerField("Places", validators=[Optional()], description="Leave empty when everybody can join.")
    join_until = DateField(
        "Last day to join", validators=[Optional()], description="Leave empty to let people join until the end."
    )


class CopyForm(Form):
    """The name and the start of the next term."""

    name = line_field("Name of the new term", limit=limits.NAME)
    starts_on = DateField("First day", validators=[InputRequired("Please say when the new term starts.")])


class UnitForm(RevisionForm):
    """What is said of a unit."""

    title = line_field("Title", limit=limits.TITLE)
    objectives = text_field(
        "Objectives",
        limit=limits.OBJECTIVES * (limits.OBJECTIVE + 10),
        required=False,
        description="One on each line, each something that can be observed in practice.",
    )
    opens_at = _clock_field("Opens", "Please say when the unit opens.")
    due_at = _clock_field("Due", "Please say when the unit is due.")
    body = text_field("Text of the unit", limit=limits.BODY, required=False)

    def objective_lines(self) -> list[str]:
        """Return the objectives, one from each line."""
        return [line for line in (self.objectives.data or "").splitlines() if line.strip()]


class ItemForm(Form):
    """An entry of a self-study list."""

    kind = RadioField(
        "What it is",
        choices=choices_of([(str(kind), words) for kind, words in ITEM_WORDS.items()]),
        validators=[InputRequired("Choose what this entry is.")],
    )
    title = line_field(
        "Title",
        limit=limits.ITEM_TITLE,
        required=False,
        description="What to do and why, in a few words. For a thread or a session it can stay empty.",
    )
    citation = line_field("Citation", limit=limits.CITATION, required=False)
    url = line_field("Web address", limit=limits.URL, required=False)
    thread_id = SelectField("Thread", coerce=int, validators=[Optional()])
    session_id = SelectField("Live session", coerce=int, validators=[Optional()])
    minutes = IntegerField("Minutes it takes, about", validators=[Optional()])


class TickForm(Form):
    """One sentence beside a tick."""

    reflection = line_field("One sentence for yourself", limit=limits.REFLECTION, required=False)


class ChallengeForm(RevisionForm):
    """What is said of a group challenge."""

    title = line_field("Title", limit=limits.TITLE)
    brief = text_field("The task", limit=limits.BRIEF, required=False)
    opens_at = _clock_field("Opens", "Please say when the challenge opens.")
    due_at = _clock_field("Work is due", "Please say when the work is due.")
    feedback_at = _clock_field(
        "Feedback date",
        "Please say when feedback is due.",
        description="Feedback on others' work is due then. A team that has given its own reads what it got at once.",
    )
    reviews_each = IntegerField(
        "Other teams each team reads", default=2, validators=[InputRequired("Please say how many.")]
    )


class RubricForm(Form):
    """A rubric: up to six criteria, each with its levels as lines."""


for _number in range(1, limits.MOST_CRITERIA + 1):
    setattr(
        RubricForm, f"criterion_{_number}", line_field(f"Criterion {_number}", limit=limits.CRITERION, required=False)
    )
    setattr(
        RubricForm,
        f"levels_{_number}",
        text_field(
            f"Levels of criterion {_number}",
            limit=limits.MOST_LEVELS * (limits.LEVEL_NAME + limits.LEVEL_WORDS + 4),
            required=False,
        ),
    )


class BalanceForm(Form):
    """How many teams to make."""

    count = IntegerField("Number of teams", validators=[InputRequired("Please say how many teams.")])


class TeamForm(Form):
    """A team's name."""

    name = line_field("Name", limit=limits.TEAM_NAME)


class PlaceForm(Form):
    """Which team somebody goes to; 0 for none."""

    user_id = IntegerField("Member", validators=[InputRequired("Choose a member.")])
    team_id = IntegerField("Team", validators=[InputRequired("Choose a team.")])


class WorkForm(RevisionForm):
    """A team's work, saved as a draft or handed in."""

    body = text_field("Your work", limit=limits.DELIVERABLE, required=False)
    link = line_field(
        "Link",
        limit=limits.URL,
        required=False,
        description="To slides or a document, if there is one. Everybody who reads the work must be able to open it.",
    )
    save = SubmitField("Save draft")
    submit = SubmitField("Hand in")


class FeedbackForm(Form):
    """Feedback in words; the levels stand beside it, one choice for each criterion."""

    body = text_field(
        "In words",
        limit=limits.FEEDBACK,
        description="What helped you, what you would do differently, and one question. About the work, not the people.",
    )


class CommentForm(Form):
    """Something said beside a team's work."""

    comment = text_field("Comment", limit=limits.COMMENT)
