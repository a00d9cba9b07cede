"""What people fill in about rooms, joining and members."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from social_cme.accounts.enums import Profession, Specialty, label
from social_cme.rooms import rules
from social_cme.rooms.enums import EvidenceScale, RoomRole, Visibility
from social_cme.web.forms import Form, choice_field, choices_of, enum_choices, line_field, text_field

# A room without ground rules protects nobody; these stand in the form of a new room and can be changed there.
USUAL_GROUND_RULES = """\
1. **No identifiers.** No names, dates, places, record numbers or faces. Give ages as bands; above 89 write 90+.
2. **Confidential.** What colleagues say about their own uncertainty stays in this room.
3. **Not for emergencies.** Nobody watches this room around the clock.
4. **Say where it comes from.** Name a source, or say that it is your experience.
5. **Disagree with the reasoning, not with the person.** No advertising.
"""

_JOINING = [
    (str(Visibility.PUBLIC), "Anyone"),
    (str(Visibility.REQUEST), "By request"),
    (str(Visibility.INVITATION), "By invitation"),
]
_SCALES = [
    (str(EvidenceScale.GRADE), "GRADE certainty"),
    (str(EvidenceScale.CEBM), "Oxford CEBM levels"),
]
_ROLES = [(str(role), label(role)) for role in RoomRole]


class RoomForm(Form):
    """What is said of a room."""

    name = line_field("Name", limit=rules.NAME_LIMIT)
    slug = line_field(
        "Address",
        limit=rules.SLUG_LIMIT,
        required=False,
        description="The last part of the room's link, such as heart-failure. Left empty, it is made from the name.",
    )
    specialty = choice_field("Specialty", enum_choices(Specialty, label))
    summary = line_field(
        "Summary", limit=rules.SUMMARY_LIMIT, description="One sentence that stands in the list of rooms."
    )
    description = text_field("What this room is for", limit=rules.DESCRIPTION_LIMIT, required=False)
    practice_gap = text_field(
        "Practice gap",
        limit=rules.GAP_LIMIT,
        required=False,
        description="The difference between what is done now and what could be done; say how you know.",
    )
    agenda = text_field(
        "Agenda",
        limit=rules.AGENDA_LIMIT,
        required=False,
        description="What happens here and when: “A case every Monday, journal club on the first Thursday.”",
    )
    objectives = text_field(
        "Objectives",
        limit=rules.OBJECTIVES_LIMIT * (rules.OBJECTIVE_LIMIT + 10),
        required=False,
        description="One on each line, each something that can be observed: “Adjust a diuretic within six hours …”.",
    )
    ground_rules = text_field(
        "Ground rules",
        limit=rules.RULES_LIMIT,
        description="Everybody accepts them on joining. When they change, members are asked again.",
    )
    visibility = RadioField(
        "Who can join",
        choices=choices_of(_JOINING),
        default=str(Visibility.PUBLIC),
        validators=[InputRequired("Choose who can join.")],
    )
    professions = SelectMultipleField(
        "Professions",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        choices=choices_of(enum_choices(Profession, label)),
        description="Who can join or ask to. Without a choice, every profession can. Invitations are not bound to it.",
    )
    verified_only = BooleanField(
        "Verified professions only",
        description="People can join or ask to once somebody entitled has seen proof of their profession.",
    )
    post_first = BooleanField(
        "Answer before you see",
        description="In new threads, members see the others' answers after they have given their own. Whoever posts can choose "
        "otherwise for one thread. Mentors and coordinators see everything.",
    )
    escalation_hours = IntegerField(
        "Hours until mentors are told",
        default=rules.ESCALATION_HOURS,
        validators=[
            Optional(),
            NumberRange(0, rules.ESCALATION_MOST, f"Enter a number of hours from 0 to {rules.ESCALATION_MOST}."),
        ],
        description="A case or question that has waited this long for its first answer is brought to the mentors, after twice "
        "as long to the coordinators. 0 tells nobody.",
    )
    evidence_scale = RadioField(
        "How mentors grade evidence",
        choices=choices_of(_SCALES),
        default=str(EvidenceScale.GRADE),
    )
    revision = HiddenField()

    def hours(self) -> int:
        """Return the hours until mentors are told; an empty field means the usual number."""
        given = self.escalation_hours.data
        return rules.ESCALATION_HOURS if given is None else int(given)

    def objective_lines(self) -> list[str]:
        """Return the objectives, one for each line that was written."""
        return (self.objectives.data or "").splitlines()


class JoinForm(Form):
    """The ground rules accepted, and why somebody wants to join where that is asked."""

    accept = BooleanField("I have read the ground rules and will keep to them")
    version = HiddenField()
    statement = text_field(
        "Why you want to join",
        limit=rules.STATEMENT_LIMIT,
        required=False,
        description="What you do and what you hope to learn. The coordinators read it.",
    )

    def accepted_version(self) -> int | None:
        """Return the version of the rules that was accepted, ``None`` when the box was left empty."""
        text = str(self.version.data or "")
        if not self.accept.data:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


class ReasonForm(Form):
    """A reason that the person concerned reads."""

    reason = text_field("Reason", limit=rules.REASON_LIMIT, description="The person reads it.")


class RoleForm(Form):
    """A role in the room."""

    role = SelectField("Role in this room", choices=choices_of(_ROLES))


class VerificationForm(Form):
    """Which proof of a profession was seen."""

    evidence = line_field(
        "Proof you have seen",
        limit=500,
        description="A licence register, a letter of the hospital. No numbers; coordinators and administrators read it.",
    )


class InvitationForm(Form):
    """Whom to invite, and as what."""

    email = line_field("E-mail address", limit=rules.EMAIL_LIMIT)
    role = SelectField("Role in this room", choices=choices_of(_ROLES), default=str(RoomRole.LEARNER))


class DisclosureForm(Form):
    """A mentor's statement of relevant relationships."""

    disclosure = text_field(
        "Your disclosure",
        limit=rules.DISCLOSURE_LIMIT,
        description="Financial relationships of the past 24 months with companies whose products are used on patients: the "
        "company, what you do for it, and what it concerns. Without any, say “No relevant financial relationships”.",
    )
