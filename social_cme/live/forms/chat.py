"""The chat."""

from __future__ import annotations

from wtforms import (
    HiddenField,
)
from wtforms.validators import Optional, Regexp

from social_cme.live import rules
from social_cme.privacy.forms import CheckedForm
from social_cme.web.forms import text_field


class ChatForm(CheckedForm):
    """A line of chat."""

    body = text_field("Message", limit=rules.MAX_CHAT)
    reply_to = HiddenField("", validators=[Optional(), Regexp(r"[1-9][0-9]{0,15}\Z")])

    def reply_to_id(self) -> int | None:
        """Return the line that is answered."""
        return int(self.reply_to.data) if self.reply_to.data else None
