"""Forms of live sessions."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, DateTimeLocalField, HiddenField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from social_cme.accounts.rules.zones import zone_choices
from social_cme.discussions.enums import PseudonymLevel
from social_cme.discussions.forms.threads import line_words
from social_cme.discussions.rules.pseudonyms import Offer
from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import Form, choice_field, choices_of, line_field, text_field

_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


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


class AskForm(CheckedForm):
    """A question."""

    body = text_field("Ask a question", limit=rules.MAX_QUESTION)
    pseudonym = SelectField("Ask as", choices=choices_of([("", "Your name")]), validators=[Optional()])

    def offer(self, name: str, offers: Sequence[Offer]) -> None:
        """Let the asker choose between the own name and the lines of *offers*; any other choice is refused, never dropped."""
        lines = [(str(one.line.level), line_words(one)) for one in offers]
        self.pseudonym.choices = choices_of([("", f"Your name: {name}"), *lines])

    def level(self) -> PseudonymLevel | None:
        """Return the pseudonym that was chosen, ``None`` for the name."""
        return PseudonymLevel(self.pseudonym.data) if self.pseudonym.data else None


class ChatForm(CheckedForm):
    """A line of chat."""

    body = text_field("Message", limit=rules.MAX_CHAT)
    reply_to = HiddenField("", validators=[Optional(), Regexp(r"[1-9][0-9]{0,15}\Z")])

    def reply_to_id(self) -> int | None:
        """Return the line that is answered."""
        return int(self.reply_to.data) if self.reply_to.data else None


class PrivateForm(CheckedForm):
    """Private words about a question; the author says whom they answer."""

    body = text_field("Your message", limit=rules.MAX_CLARIFICATION)
    mentor = HiddenField("", validators=[Optional(), Regexp(r"[1-9][0-9]{0,15}\Z")])

    def mentor_id(self) -> int | None:
        """Return the mentor who is answered, ``None`` for a mentor who asks."""
        return int(self.mentor.data) if self.mentor.data else None


class CancelForm(Form):
    """Why a session is called off."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)


class AnswerForm(CheckedForm):
    """What was answered; empty when it was said aloud."""

    text = text_field("Written answer", limit=rules.MAX_ANSWER, required=False)


class ReasonForm(Form):
    """Why a question is skipped or hidden."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)
