"""Questions under a pseudonym: the author alone knows, and the pseudonym stays on in the thread.

That no page, call, message, mail or export gives the author away is shown with all other texts in
``tests/discussions/test_pseudonym_leaks.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from social_cme.accounts.enums import CareerStage
from social_cme.accounts.models import User
from social_cme.cme.models import ParticipationEntry
from social_cme.core.errors import Forbidden, Invalid
from social_cme.discussions.models import Thread
from social_cme.discussions.rules.pseudonyms import WHO_SEES_THROUGH
from social_cme.extensions import db
from social_cme.live.models import LiveQuestion
from social_cme.live.queries.board import list_questions, load_board
from social_cme.live.services import leading, options, questions, queue
from social_cme.live.services.options import OptionsChange
from social_cme.persistence.delivery import deliver_pending
from tests.live.stage import Stage

Login = Callable[[User], FlaskClient]


@pytest.fixture
def resident(stage: Stage) -> User:
    user = stage.make.user(
        "Quintessa Vexworth", career_stage=CareerStage.RESIDENT, training_year=3, specialty="internal_medicine"
    )
    stage.make.membership(stage.room, user)
    return user


def test_the_line_is_made_from_the_profile_and_stands_in_place_of_the_name(stage: Stage, resident: User) -> None:
    session = stage.running()
    question = questions.ask(stage.ctx(resident), session.id, body="Which dose?", pseudonym="training_year")
    [shown] = list_questions(session.id)
    assert (shown.author.id, shown.author.display_name) == (None, "PGY-3, internal medicine")
    assert load_board(stage.ctx(resident), session).mine == {question.id}
    assert load_board(stage.ctx(stage.peer), session).mine == set()
    # It does not follow the profile: the change would tell whose it is.
    resident.training_year = 4
    assert shown.author.display_name == "PGY-3, internal medicine"
    db.session.rollback()


def test_a_line_that_does_not_fit_is_refused_and_never_becomes_the_name(stage: Stage, resident: User) -> None:
    session = stage.running()
    for level in ("professor", "training_year"):
        with pytest.raises(Invalid) as refused:
            questions.ask(stage.ctx(stage.peer), session.id, body="Which dose?", pseudonym=level)
        assert "pseudonym" in refused.value.fields
    options.change_options(stage.ctx(stage.mentor), session.id, change=OptionsChange(allow_pseudonyms=False))
    with pytest.raises(Invalid) as refused:
        questions.ask(stage.ctx(resident), session.id, body="Which dose?", pseudonym="training_year")
    assert "pseudonym" in refused.value.fields
    assert list_questions(session.id) == []


def test_nobody_votes_for_their_own_also_under_a_pseudonym(stage: Stage, resident: User) -> None:
    session = stage.running()
    question = questions.ask(stage.ctx(resident), session.id, body="Which dose?", pseudonym="member")
    with pytest.raises(Forbidden):
        questions.vote(stage.ctx(resident), session.id, question.id)
    assert stage.vote(session, question).score == 1


def test_it_stays_on_in_the_thread_and_each_asker_is_credited(stage: Stage, resident: User, login: Login) -> None:
    session, ctx = stage.running(), stage.ctx(stage.mentor)
    first = questions.ask(stage.ctx(resident), session.id, body="Which dose?", pseudonym="training_year")
    second, third = stage.ask(session, stage.peer, "How much?"), stage.ask(session, body="What dose?")
    for one in (second, third):
        queue.merge(ctx, session.id, one.id, into_id=first.id)
    page = login(stage.coordinator).get(f"/rooms/{stage.room.slug}/live/{session.id}").text
    assert "also asked by Peer, Learner" in page
    leading.end_session(ctx, session.id)
    thread = db.session.get_one(Thread, db.session.get_one(LiveQuestion, first.id).thread_id)
    assert (thread.pseudonym, thread.pseudonym_verified) == ("PGY-3, internal medicine", False)
    assert "Vexworth" not in login(stage.peer).get(f"/rooms/{stage.room.slug}/threads/{thread.id}").text.replace("q=Vexworth", "")  # fmt: skip
    kept = login(stage.coordinator).get(f"/rooms/{stage.room.slug}/live/{session.id}").text
    assert "also asked by Peer, Learner" in kept


def test_it_counts_for_the_author_and_beside_no_name(stage: Stage, resident: User) -> None:
    session = stage.running()
    questions.ask(stage.ctx(resident), session.id, body="Which dose?", pseudonym="member")
    stage.ask(session)
    deliver_pending()
    rows = db.session.query(ParticipationEntry).filter_by(activity="question_asked").all()
    assert {(one.user_id, one.under_pseudonym) for one in rows} == {(resident.id, True), (stage.learner.id, False)}


def test_who_can_see_through_is_said_on_the_form(stage: Stage, resident: User, login: Login) -> None:
    session = stage.running()
    address = f"/rooms/{stage.room.slug}/live/{session.id}"
    page = login(resident).get(address).text
    assert WHO_SEES_THROUGH in page
    assert "PGY-3, internal medicine, profession not verified (fits very few here)" in page
    assert "is safer" in page
    options.change_options(stage.ctx(stage.mentor), session.id, change=OptionsChange(allow_pseudonyms=False))
    assert WHO_SEES_THROUGH not in login(resident).get(address).text
    assert WHO_SEES_THROUGH not in login(stage.make.user()).get(address).text
