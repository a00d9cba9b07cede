"""Questions, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import (
    HiddenField,
    SelectField,
)
from wtforms.validators import Optional, Regexp

from social_cme.discussions.enums import PseudonymLevel
from social_cme.discussions.forms.threads import line_words
from social_cme.discussions.rules.pseudonyms import Offer
from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import Form, choices_of, line_field, text_field


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


class PrivateForm(CheckedForm):
    """Private words about a question; the author says whom they answer."""

    body = text_field("Your message", limit=rules.MAX_CLARIFICATION)
    mentor = HiddenField("", validators=[Optional(), Regexp(r"[1-9][0-9]{0,15}\Z")])

    def mentor_id(self) -> int | None:
        """Return the mentor who is answered, ``None`` for a mentor who asks."""
        return int(self.mentor.data) if self.mentor.data else None


class AnswerForm(CheckedForm):
    """What was answered; empty when it was said aloud."""

    text = text_field("Written answer", limit=rules.MAX_ANSWER, required=False)


class ReasonForm(Form):
    """Why a question is skipped or hidden."""

    reason = line_field("Reason, shown to everybody", limit=rules.MAX_REASON)
