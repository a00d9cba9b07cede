"""Forms of live sessions."""

from __future__ import annotations

from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from social_cme.accounts.rules.zones import zone_choices
from social_cme.live import rules
from social_cme.live.enums import KIND_WORDS, RESULTS_WORDS, PollKind, ResultsWhen
from social_cme.live.rules import polls as poll_rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import Form, choice_field, enum_choices, line_field, text_field

_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


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


class PollForm(CheckedForm):
    """A poll; fields are named as in the service. Options stand one on each line, right ones are counted from 1."""

    kind = choice_field("Kind", enum_choices(PollKind, KIND_WORDS.get))
    question = text_field("Question", limit=poll_rules.MAX_POLL_QUESTION)
    options = text_field("Options", limit=poll_rules.MAX_OPTIONS * (poll_rules.MAX_OPTION + 2), required=False)
    correct = line_field("Right answers", limit=60, required=False)
    rationale = text_field("Why that is right", limit=poll_rules.MAX_RATIONALE, required=False)
    max_choices = IntegerField("Choices at most", validators=[Optional()])
    scale_min = IntegerField("Lowest value", validators=[Optional()], default=1)
    scale_max = IntegerField("Highest value", validators=[Optional()], default=5)
    label_min = line_field("Lowest means", limit=poll_rules.MAX_LABEL, required=False)
    label_max = line_field("Highest means", limit=poll_rules.MAX_LABEL, required=False)
    results_when = choice_field(
        "Participants see the results", enum_choices(ResultsWhen, RESULTS_WORDS.get), default=ResultsWhen.CLOSED
    )
    timer_seconds = IntegerField("Seconds to vote", validators=[Optional()])
    is_anonymous = BooleanField("Anonymous: nobody can see who voted what")
    may_change = BooleanField("A vote can be changed until the end")
    two_rounds = BooleanField("Vote, discuss, vote again")


class PollTextForm(CheckedForm):
    """A free answer in a poll."""

    text = line_field("Your answer", limit=poll_rules.MAX_TEXT_ANSWER)
