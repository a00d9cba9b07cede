"""Forms of bookmarks and notes."""

from __future__ import annotations

from datetime import datetime

from wtforms import DateTimeLocalField, HiddenField, RadioField
from wtforms.validators import InputRequired, Optional, Regexp

from social_cme.keeping.enums import NOTE_LIMIT, Reminder
from social_cme.web.forms import Form, choices_of, text_field

_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
REMINDER_WORDS = {
    Reminder.TONIGHT: "Tonight",
    Reminder.TOMORROW: "Tomorrow morning",
    Reminder.NEXT_WEEK: "Next week",
    Reminder.AT: "At a time of your own",
    Reminder.NONE: "No reminder",
}


class ReminderForm(Form):
    """When to be reminded of a bookmark; ``at`` is a time on the reader's own clock."""

    choice = RadioField(
        "Remind me",
        choices=choices_of([(str(key), words) for key, words in REMINDER_WORDS.items()]),
        validators=[InputRequired("Choose when to be reminded.")],
    )
    at = DateTimeLocalField("Day and time", format=_WALL_CLOCK, validators=[Optional()])

    def moment(self) -> datetime | None:
        """Return the time that was typed."""
        moment: datetime | None = self.at.data
        return moment


class NoteForm(Form):
    """A private note."""

    body = text_field("Your private note", limit=NOTE_LIMIT, required=False)
    draft_revision = HiddenField("", validators=[Optional(), Regexp(r"[0-9]{1,9}\Z")])

    def seen(self) -> int:
        """Return the revision that the page showed, 0 for none."""
        return int(self.draft_revision.data or 0)
