"""Polls."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    IntegerField,
)
from wtforms.validators import Optional

from social_cme.live.enums import KIND_WORDS, RESULTS_WORDS, PollKind, ResultsWhen
from social_cme.live.rules import polls as poll_rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import choice_field, enum_choices, line_field, text_field


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
