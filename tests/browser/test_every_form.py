"""The pages that no link of the demonstration leads to: every route that shows something, once, on a phone.

Rule: a route that is read is looked at here or by ``test_every_page``; a new one joins without anybody adding it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from social_cme.accounts.enums import SiteRole
from social_cme.accounts.models import User
from social_cme.cohorts.models import StudyItem
from social_cme.cohorts.services import cohorts
from social_cme.core import clock
from social_cme.discussions.models import RecallCard
from social_cme.discussions.services.acceptance import accept_answer
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.clarifications import say_privately
from social_cme.discussions.services.disputes import dispute_answer
from social_cme.discussions.services.edits import edit_post, edit_thread
from social_cme.discussions.services.steps import add_step
from social_cme.discussions.services.summaries import save_summary
from social_cme.discussions.services.threads import post_thread
from social_cme.live.queries.breakouts import find_layout
from social_cme.live.services import leading, schedule, series
from social_cme.moderation.services.unmasking import request_unmasking
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.invitations import invite
from social_cme.rooms.services.joining import join_room
from social_cme.rooms.services.members import ban_member
from tests.browser.conftest import PHONE, Visitor
from tests.browser.tour import Tour, content_of, kind_of
from tests.cohorts.term import Term
from tests.factories import Factory
from tests.live.pollster import draft
from tests.live.scenario_more import plan_breakout
from tests.live.stage import Stage
from tests.media.pictures import bring, patient
from tests.server import Server, cookie_of

pytestmark = pytest.mark.browser

# Answers that are no pages, and pages that need a mailed secret; those have tests of their own.
NO_PAGE = re.compile(
    r"^/(static|api|healthz|readyz)|csv$|ics$|svg$|download$|/fragment$|/named$|<key:image>|<[^>]*deck>|token|^/(confirm|reset)"
)
# A page that is refused to whoever looks at it here, or that leads on to another one at once.
ELSEWHERE = {
    "discussions.show_post",
    "discussions.show_thread_post",
    "discussions.clarify",
    "cohorts.review",
    "rooms.invitation",
}
# Who opens what is not for a coordinator.
READERS = {
    "discussions.edit_post": "learner",
    "discussions.turn_card": "learner",
    "discussions.endorse": "mentor",
    "discussions.edit_summary": "mentor",
}


class World:
    """A room with one of everything; its coordinator wrote the case, so that every form is theirs to open."""

    def __init__(self, make: Factory) -> None:
        self.make = make
        self.reader = make.user("Cora Coordinator", role=SiteRole.ADMINISTRATOR)
        self.mentor = make.user("Mira Mentor")
        self.learners = [make.user(f"Learner {place}") for place in range(1, 4)]
        people = {"mentor": self.mentor, "coordinator": self.reader, "members": tuple(self.learners)}
        self.room = make.room(**people, visibility=Visibility.REQUEST)
        self.other = make.room(**people)
        self.ids: dict[str, int | str] = {
            "slug": self.room.slug,
            "user_id": self.learners[0].id,
            "kind": "take_home",
            "key": "heart-failure",
        }

    def ctx(self, user: User):  # type: ignore[no-untyped-def]
        return open_room(user, self.room.slug)

    def build(self) -> World:
        """Make one of everything."""
        self._case()
        self._people()
        self._cohort()
        self._live()
        return self

    def _case(self) -> None:
        reader, mentor, learner = (self.ctx(one) for one in (self.reader, self.mentor, self.learners[0]))
        case = {"presenting_problem": "Breathless for two days.", "question": "Push the diuretic or back off?"}
        key = bring(reader, **{name: getattr(patient(), name) for name in patient().__slots__}).key
        parts = {"case": case, "setting": "icu", "age_band": "65-89", "image_keys": [key]}
        thread = post_thread(reader, kind="case", title="Still wet on day three", **parts)
        edit_thread(reader, thread_id=thread.id, title="Still wet on day four", reason="Counted again.", **parts)
        step = add_step(reader, thread_id=thread.id, ask="poll", question="Why?", options=["Low dose", "Low output"])
        post = post_answer(
            learner,
            thread_id=thread.id,
            body="Push, says [lab Na 128 mmol/L (135-145)].",
            citations=["doi:10.1056/NEJMoa1005419"],
        )
        edit_post(learner, post_id=post.id, body="Push.", reason="Shorter.")
        dispute_answer(mentor, post_id=post.id, reason="Too short.", correction="Push, **then** look.")
        save_summary(mentor, thread_id=thread.id, kind="take_home", body="Look first.", revision=0)
        masked = post_thread(learner, kind="question", title="Whom to tell?", body="What now?", pseudonym="profession")
        say_privately(mentor, thread_id=masked.id, body="Which unit?")
        request_unmasking(mentor, thread_id=masked.id, reason="Somebody may be in danger.")
        self.masked = masked.id
        solved = post_thread(
            reader, kind="case", title="How often to weigh?", case=case, setting="icu", age_band="65-89"
        )
        accept_answer(reader, post_id=post_answer(mentor, thread_id=solved.id, body="Every morning.").id)
        with transaction() as tx:
            card = RecallCard(user_id=self.learners[0].id, thread_id=solved.id, due_at=clock.now())
            tx.add(card)
        self.ids["card_id"] = card.id
        self.ids |= {"thread_id": thread.id, "post_id": post.id, "step_id": step.id}

    def _people(self) -> None:
        caller, sent_out = self.make.user("Carl Caller"), self.make.user("Sam Sent")
        join_room(self.ctx(caller), accepted_version=1, statement="I work in the clinic.")
        invite(self.ctx(self.reader), email="guest@example.org")
        self.make.membership(self.room, sent_out)
        ban_member(self.ctx(self.reader), user_id=sent_out.id, reason="Advertising.")

    def _cohort(self) -> None:
        term = Term(self.make, self.room, self.other, self.learners, self.mentor, self.reader)
        today = clock.now().replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
        when = {"opens": today - timedelta(days=1), "due": today + timedelta(days=6)}
        cohort = cohorts.create_cohort(term.lead, plan=term.plan(starts_on=today.date() - timedelta(days=1)))
        unit = term.unit(cohort, **when)
        item: StudyItem = term.item(unit)
        cohorts.publish_cohort(term.lead, cohort.id)
        term.join(cohort)
        challenge = term.challenge(cohort, feedback=today + timedelta(days=14), **when)
        team = term.teams(challenge)[0]
        term.hand_in(team)
        self.ids |= {
            "cohort_id": cohort.id,
            "unit_id": unit.id,
            "item_id": item.id,
            "challenge_id": challenge.id,
            "team_id": team.id,
        }

    def _live(self) -> None:
        stage = Stage(self.make, self.room, self.other, self.learners[0], self.learners[1], self.mentor, self.reader)
        session = schedule.schedule_session(stage.ctx(self.mentor), plan=stage.plan())
        question = stage.ask(session)
        self.ids |= {"session_id": session.id, "question_id": question.id}
        leading.start_session(stage.ctx(self.mentor), session.id)
        self.ids |= {"message_id": stage.say(session, user=self.mentor).id, "poll_id": draft(stage, session).id}
        self.ids["breakout_id"] = plan_breakout(stage, session)
        layout = find_layout(session.id)
        assert layout is not None
        self.ids["group_id"] = layout.groups[0].id
        ended = stage.running(title="Loop diuretics, last week")
        leading.end_session(stage.ctx(self.mentor), ended.id)
        weekly = series.schedule_series(stage.ctx(self.mentor), plan=stage.plan(), rule="FREQ=WEEKLY;COUNT=2")
        self.ids["series_id"] = int(weekly[0].series_id or 0)
        self.special = {"moderation.unmask": {"thread_id": self.masked}, "live.summary": {"session_id": ended.id}}

    def address(self, endpoint: str, rule: str) -> str:
        """Return the address of a route, filled with what is there."""
        ids = {**self.ids, **self.special.get(endpoint, {})}
        return re.sub(r"<(?:[^:<>]+(?:\([^)]*\))?:)?([^<>]+)>", lambda found: str(ids.get(found.group(1), 1)), rule)


def test_every_form_is_accessible(
    app: Flask, make: Factory, server: Server, visitors: Callable[..., Visitor], tour: Tour
) -> None:
    world = World(make).build()
    people = {"reader": world.reader, "mentor": world.mentor, "learner": world.learners[0]}
    cookies = {who: cookie_of(app, make, user) for who, user in people.items()}
    phones = {
        who: visitors(server.url, cookie=cookie, viewport=PHONE, has_touch=True, reduced_motion="reduce", with_axe=True)
        for who, cookie in cookies.items()
    }
    found: list[str] = []
    looked_at = 0
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" not in (rule.methods or ()) or NO_PAGE.search(rule.rule) or rule.endpoint in ELSEWHERE:
            continue
        path = world.address(rule.endpoint, rule.rule)
        who = READERS.get(rule.endpoint, "reader")
        status, text = server.get(path, cookie=cookies[who])
        if 300 <= status < 400:
            continue  # It leads on to a page that has its own place here.
        if status != 200:
            found.append(f"{rule.endpoint} {path}: {status}")
            continue
        # What the demonstration has shown, in the same kind of page and of the same elements, is not looked at again.
        if not tour.is_new(kind_of(path), content_of(text)):
            continue
        looked_at += 1
        visitor = phones[who]
        visitor.go(path)
        found += [f"{rule.endpoint} {path}: {one}" for one in visitor.axe()]
        wide = visitor.overflow()
        if wide > 0:
            found.append(f"{rule.endpoint} {path}: {wide} px too wide")
    assert not found, "\n".join(found)
    assert looked_at > 20
