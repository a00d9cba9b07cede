"""What every form with a text gains: the findings of a refusal, the wordings that are proposed, and the author's word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask import request
from wtforms import BooleanField, HiddenField
from wtforms.validators import Optional, Regexp

from social_cme.core.errors import AppError
from social_cme.privacy.enums import ATTESTED_LIMIT, KEY_PATTERN
from social_cme.privacy.rules.refusal import Found, IdentifiersFound
from social_cme.web.forms import Form

CONTEXT = 40
_KEYS = re.compile(KEY_PATTERN)


class CheckedForm(Form):
    """Base of the forms whose text is checked. A refused form shows ``findings`` and keeps what was written."""

    attested = BooleanField(
        "I have looked at each of these. None of them identifies a patient or somebody close to one."
    )
    attested_keys = HiddenField("", validators=[Optional(), Regexp(r"[0-9a-f,]{12,2600}\Z")])

    findings: Sequence[Found] = ()

    def attested_findings(self) -> list[str]:
        """Return the keys that the author attests, none unless the box is ticked."""
        told = (self.attested_keys.data or "").split(",") if self.attested.data else []
        return [key for key in told if _KEYS.match(key)][:ATTESTED_LIMIT]

    @property
    def blocking(self) -> bool:
        """Whether one of the findings has to go."""
        return any(one.finding.blocks for one in self.findings)

    def add_errors(self, error: AppError) -> None:
        """Show a refusal; findings are shown one by one instead of as errors of the fields alone."""
        super().add_errors(error)
        if isinstance(error, IdentifiersFound):
            self.show_findings(error.found)

    def wants_wordings(self) -> bool:
        """Tell whether the author asked for the ticked wordings instead of sending."""
        return "apply_wordings" in request.form

    def chosen_wordings(self) -> set[str]:
        """Return the ticked proposals, each as its field and key."""
        return set(request.form.getlist("wording")[:ATTESTED_LIMIT])

    def checked_texts(self) -> dict[str, str]:
        """Return what the author wrote, by field."""
        return {
            name: field.data
            for name, field in self._fields.items()
            if field.type in {"StringField", "TextAreaField"} and name != "client_id" and field.data
        }

    def restate(self, texts: Mapping[str, str], found: Sequence[Found]) -> None:
        """Put changed texts into the fields and show what is still found in them."""
        for name, text in texts.items():
            self._fields[name].data = text
        self.show_findings(found)

    def show_findings(self, found: Sequence[Found]) -> None:
        """Show findings with the form; the author's word is asked for anew, for exactly these."""
        self.findings = found
        keys = dict.fromkeys([*self.attested_findings(), *(one.key for one in found if not one.finding.blocks)])
        self.attested_keys.data = ",".join(list(keys)[:ATTESTED_LIMIT])
        self.attested.data = False

    def around(self, found: Found) -> tuple[str, str]:
        """Return the words directly before and after a finding."""
        text = str(self._fields[found.field].data or "") if found.field in self._fields else ""
        start = found.finding.start
        if text[start : start + len(found.words)] != found.words:
            return "", ""
        left, right = text[:start], text[start + len(found.words) :]
        before = left if len(left) <= CONTEXT else f"…{left[-CONTEXT:]}"
        return before, right if len(right) <= CONTEXT else f"{right[:CONTEXT]}…"
