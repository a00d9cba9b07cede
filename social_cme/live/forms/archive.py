"""What is kept of a session."""

from __future__ import annotations

from wtforms import (
    HiddenField,
)
from wtforms.validators import Optional, Regexp

from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import text_field


class SummaryForm(CheckedForm):
    """The summary of an ended session, with the version that its writer saw."""

    body = text_field("Summary", limit=rules.MAX_SUMMARY, required=False)
    revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    def seen(self) -> int:
        """Return the version that the writer saw, 0 for the first."""
        return int(self.revision.data or 0)
