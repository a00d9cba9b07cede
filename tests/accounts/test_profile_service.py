"""Profiles: everything is checked, everything wrong is said, nothing is half saved."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from social_cme.accounts.enums import AccountState
from social_cme.accounts.queries import access_profile
from social_cme.accounts.services.profile import update_profile
from social_cme.core.errors import Invalid, NotFound
from social_cme.core.text import fold_name
from social_cme.persistence.transaction import transaction
from tests.factories import Factory


def test_a_profile_is_saved_as_cleaned(make: Factory) -> None:
    user = make.user("Eve Moore")
    update_profile(
        user,
        changes={
            "display_name": " Dr.\u202e Eve  Moore\u200b",
            "profession": "nurse",
            "specialty": "cardiology",
            "career_stage": "senior",
            "time_zone": "Asia/Kolkata",
            "bio": "One\r\n\r\nTwo\x00",
            "interests": ["Falls", "falls", " "],
        },
    )
    assert (user.display_name, user.name_key) == ("Dr. Eve Moore", fold_name("Eve Moore"))
    assert (user.profession, user.specialty, user.career_stage) == ("nurse", "cardiology", "senior")
    assert (user.time_zone, user.bio, user.interests) == ("Asia/Kolkata", "One\n\nTwo", ["Falls"])


def test_what_is_left_out_stays_and_what_is_emptied_goes(make: Factory) -> None:
    user = make.user(bio="kept", profession="nurse")
    update_profile(user, changes={"profession": "", "specialty": None})
    assert (user.profession, user.specialty, user.bio) == (None, None, "kept")
    assert not user.has_profile


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("display_name", "<script>"), ("display_name", ""), ("profession", "wizard"), ("specialty", "admin"), ("career_stage", "x" * 500),
        ("time_zone", "Mars/Phobos"), ("time_zone", "../../etc/passwd"), ("time_zone", ""), ("bio", "x" * 2001),
        ("interests", ["x" * 41]), ("interests", [f"t{n}" for n in range(13)]),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_and_nothing_is_saved(make: Factory, key: str, value: Any) -> None:
    user = make.user(bio="before")
    changes: dict[str, Any] = {"bio": "after", key: value}
    with pytest.raises(Invalid) as refusal:
        update_profile(user, changes=changes)  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [key]
    assert user.bio == "before"


def test_nothing_but_the_profile_can_be_set(make: Factory) -> None:
    user = make.user()
    changes: dict[str, Any] = {"site_role": "administrator", "state": "active", "email": "x@y.org", "bio": "b"}
    update_profile(user, changes=changes)  # type: ignore[arg-type]
    assert (user.site_role, user.email) == ("member", "person1@example.org")


def test_the_look_of_another_members_name_cannot_be_taken(make: Factory) -> None:
    make.user("Amara Okafor")
    eve = make.user("Eve Moore")
    with pytest.raises(Invalid) as refusal:
        update_profile(eve, changes={"display_name": "Dr. AMARA 0kafor"})
    assert list(refusal.value.fields) == ["display_name"]
    update_profile(eve, changes={"display_name": "Prof. Eve Moore"})
    assert eve.display_name == "Prof. Eve Moore"


def test_the_database_holds_names_apart_too(make: Factory) -> None:
    amara, eve = make.user("Amara Okafor"), make.user("Eve Moore")
    key = amara.name_key
    with pytest.raises(IntegrityError, match="name_key"), transaction():
        eve.name_key = key


@pytest.mark.parametrize("state", [AccountState.UNCONFIRMED, AccountState.BANNED, AccountState.CLOSED])
def test_only_confirmed_people_are_shown_and_everybody_sees_themselves(make: Factory, state: str) -> None:
    hidden, other = make.user(state=state), make.user()
    for viewer in (None, other):
        with pytest.raises(NotFound):
            access_profile(viewer, hidden.id)
    with pytest.raises(NotFound):
        access_profile(other, 2**62)
    assert access_profile(hidden, hidden.id) == hidden
    assert access_profile(None, other.id) == other
