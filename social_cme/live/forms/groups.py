"""What groups of a breakout write."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import text_field


class GroupChatForm(CheckedForm):
    """A line of a group's chat."""

    body = text_field("Message to your group", limit=rules.MAX_CHAT)


class GroupNotesForm(CheckedForm):
    """A group's notes, and the revision that the writer saw."""

    notes = text_field("Notes of the group", limit=rules.MAX_NOTES, required=False)
    revision = IntegerField("", widget=HiddenInput(), validators=[Optional(), NumberRange(min=0, max=2**53)])
