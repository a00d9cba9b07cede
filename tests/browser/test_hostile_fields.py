"""The hostile texts once more, through the fields of cases, evidence, moderation, rooms, cohorts and pictures.

Rule: a field in which somebody types is planted here or in ``test_hostile_inputs``; its page stands in the list that is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select

from social_cme.accounts.models import User
from social_cme.accounts.services.access_tokens import create_access_token
from social_cme.accounts.services.logins import open_login
from social_cme.cohorts.models import Criterion, Review
from social_cme.cohorts.services import assignment, challenges, cohorts, feedback, teams
from social_cme.core import clock
from social_cme.discussions.queries.steps import options_of
from social_cme.discussions.services.answers import post_answer
from social_cme.discussions.services.clarifications import say_privately
from social_cme.discussions.services.disputes import dispute_answer, resolve_dispute
from social_cme.discussions.services.outcomes import tell_outcome
from social_cme.discussions.services.responding import answer_step, cast_ballot
from social_cme.discussions.services.steps import add_step, edit_step
from social_cme.discussions.services.summaries import save_summary
from social_cme.discussions.services.tagging import tag_thread
from social_cme.discussions.services.threads import close_thread, post_thread
from social_cme.extensions import db
from social_cme.live.services import queue, schedule
from social_cme.moderation.services import measures, structure, unmasking
from social_cme.persistence.transaction import transaction
from social_cme.rooms.enums import Visibility
from social_cme.rooms.queries import open_room
from social_cme.rooms.services.joining import join_room
from social_cme.rooms.services.members import ban_member
from tests.browser.conftest import Visitor
from tests.browser.hostile import packed
from tests.browser.test_hostile_inputs import OFFENCES, unchecked
from tests.cohorts.term import Term
from tests.factories import Factory
from tests.live.stage import Stage
from tests.media.pictures import bring, patient

pytestmark = pytest.mark.browser
PART, LINE = packed(1_500, "\n\n"), packed(140)


class Planted:
    """A room of people with harmless names; every field they can type into holds hostile texts."""

    def __init__(self, make: Factory) -> None:
        self.make = make
        self.author, self.peer, self.second = make.user("Ada Author"), make.user("Ben Peer"), make.user("Cleo Second")
        self.mentor, self.coordinator = make.user("Mira Mentor"), make.user("Cora Coordinator")
        people = {"mentor": self.mentor, "coordinator": self.coordinator}
        self.room = make.room(**people, members=(self.author, self.peer, self.second))
        self.other = make.room(**people, members=(self.author, self.peer), visibility=Visibility.REQUEST)
        self.here = f"/rooms/{self.room.slug}"
        self._lines, self._parts = count(), count()

    def ctx(self, user: User):  # type: ignore[no-untyped-def]
        return open_room(user, self.room.slug)

    def line(self, limit: int = 140) -> str:
        """Return the next short texts, so that all of them are used in turn."""
        found = packed(limit)
        return found[next(self._lines) % len(found)]

    def part(self, limit: int = 1_500) -> str:
        found = packed(limit, "\n\n")
        return found[next(self._parts) % len(found)]

    def case(self) -> list[str]:
        author = self.ctx(self.author)
        case = dict.fromkeys(("presenting_problem", "history", "examination", "results", "question"), PART[0])
        images = [
            bring(author, **vars_of(patient(alt=self.line(), caption=self.line(), consent_by=self.line(110)))).key
        ]
        thread = post_thread(
            author, kind="case", title=self.line(), case=case, setting="icu", age_band="90+", image_keys=images
        )
        poll = add_step(
            author,
            thread_id=thread.id,
            title=self.line(),
            body=self.part(),
            ask="poll",
            question=self.line(450),
            options=packed(180)[:8],
        )
        asked = add_step(
            author, thread_id=thread.id, title=self.line(), body=self.part(), ask="text", question=self.line(450)
        )
        edit_step(
            author, step_id=asked.id, title=self.line(), body=self.part(), question=self.line(450), reason=self.line()
        )
        options = [one.id for one in options_of([poll.id])[poll.id]]
        for person in (self.peer, self.second):
            cast_ballot(self.ctx(person), step_id=poll.id, shares={options[0]: 60, options[1]: 40})
            answer_step(self.ctx(person), step_id=asked.id, text=self.part())
        tell_outcome(
            author,
            thread_id=thread.id,
            body=self.part(),
            diagnosis=self.line(),
            right_options=[options[0]],
            is_final=True,
        )
        for kind, who in (("case", author), ("take_home", self.ctx(self.mentor))):
            save_summary(who, thread_id=thread.id, kind=kind, body=self.part(), revision=0)
            save_summary(who, thread_id=thread.id, kind=kind, body=self.part(), revision=1, reason=self.line())
        tag_thread(self.ctx(self.mentor), thread_id=thread.id, tags=[one for one in packed(40) if "," not in one][:3])
        there = f"{self.here}/threads/{thread.id}"
        return [
            there, f"{there}/print", f"{there}/summaries/case/history", f"{there}/summaries/take_home/history", f"{there}/tags",
            f"{self.here}/steps/{asked.id}/revisions", f"{self.here}/moderation/pictures", "/tags", "/calibration", "/recall",
        ]  # fmt: skip

    def evidence(self) -> list[str]:
        thread = post_thread(self.ctx(self.author), kind="question", title="Which?", body="Which one?")
        mentor = self.ctx(self.mentor)
        aloud = {name: self.part() for name in ("searched", "found", "decided")}
        thought = post_answer(mentor, thread_id=thread.id, body=self.part(), think_aloud=aloud)
        for _ in range(2):
            answer = post_answer(self.ctx(self.peer), thread_id=thread.id, body="So.")
            dispute_answer(mentor, post_id=answer.id, reason=self.line(), correction=self.part())
        resolve_dispute(mentor, post_id=answer.id, outcome=self.line(900))
        close_thread(self.ctx(self.author), thread_id=thread.id, reason="other", summary=self.part())
        there = f"{self.here}/threads/{thread.id}"
        return [there, f"{there}/print", f"{self.here}/posts/{thought.id}/fragment", "/notifications"]

    def moderation(self) -> list[str]:
        mentor, coordinator = self.ctx(self.mentor), self.ctx(self.coordinator)
        masked = post_thread(
            self.ctx(self.author), kind="question", title="Under a line", body="Asked.", pseudonym="profession"
        )
        say_privately(mentor, thread_id=masked.id, body=self.part())
        say_privately(self.ctx(self.author), thread_id=masked.id, body=self.part(), mentor_id=self.mentor.id)
        unmasking.request_unmasking(coordinator, thread_id=masked.id, reason=self.line(450))
        many = post_thread(self.ctx(self.author), kind="question", title="Many", body="Many.")
        posts = [post_answer(self.ctx(self.peer), thread_id=many.id, body=f"Answer {number}.") for number in range(3)]
        measures.hide(mentor, target="post", target_id=posts[0].id, reason=self.line(450))
        split = structure.split(
            mentor, thread_id=many.id, post_ids=[posts[1].id], title=self.line(), kind="question", body=self.part()
        )
        twin = post_thread(self.ctx(self.peer), kind="question", title=self.line(), body="Twin.")
        structure.merge(mentor, thread_id=twin.id, other=str(many.id), note=self.line(180))
        moved = post_thread(self.ctx(self.author), kind="question", title=self.line(), body="Moved.")
        measures.move(mentor, thread_id=moved.id, to=open_room(self.mentor, self.other.slug), reason=self.line(450))
        threads = f"{self.here}/threads"
        return [
            f"{threads}/{masked.id}/private", f"{threads}/{masked.id}/unmask", f"{threads}/{many.id}", f"{threads}/{split.id}",
            f"{threads}/{many.id}/split", f"{threads}/{many.id}/merge", f"{threads}/{twin.id}", f"{self.here}/moderation/log",
            "/moderation", f"/rooms/{self.other.slug}", f"/rooms/{self.other.slug}/moderation/log",
        ]  # fmt: skip

    def people(self) -> list[str]:
        caller, sent_out = self.make.user("Carl Caller"), self.make.user("Sam Sent")
        door = open_room(caller, self.other.slug)
        join_room(door, accepted_version=door.room.ground_rules_version, statement=self.line(900))
        self.make.membership(self.room, sent_out)
        ban_member(self.ctx(self.coordinator), user_id=sent_out.id, reason=self.line(450))
        create_access_token(self.coordinator, name=self.line(80), scopes=["read"], days=30)
        open_login(self.coordinator, lifetime=timedelta(days=1), user_agent=self.line(280))
        return [
            f"/rooms/{self.other.slug}/requests",
            f"{self.here}/members/banned",
            "/account/tokens",
            "/account/devices",
        ]

    def cohort(self) -> list[str]:
        learners = [self.author, self.peer, self.second]
        term = Term(self.make, self.room, self.other, learners, self.mentor, self.coordinator)
        today = clock.now().replace(tzinfo=None)
        cohort = cohorts.create_cohort(
            term.lead,
            plan=term.plan(name=self.line(90), summary=self.part(), starts_on=today.date() - timedelta(days=1)),
        )
        when = {"opens": datetime(today.year, today.month, today.day) - timedelta(days=1)}
        when |= {"due": when["opens"] + timedelta(days=6)}
        unit = term.unit(
            cohort, title=self.line(), objectives=[self.line(190) for _ in range(3)], body=self.part(), **when
        )
        cohorts.publish_cohort(term.lead, cohort.id)
        item = term.item(unit, title=self.line(190), citation=self.line(280), url="https://a.example/?x=%3Cscript%3E")
        term.join(cohort)
        term.tick(item, self.author, self.line(290))
        made = term.challenge(
            cohort, rubric=False, title=self.line(), brief=self.part(), feedback=when["due"] + timedelta(days=7), **when
        )
        level = ": ".join((self.line(38), self.line(280))).replace("\n", " ")
        challenges.set_rubric(term.lead, made.id, criteria=[(self.line(90), f"{level}\nSolid: plain\nStrong: plain")])
        groups = term.teams(made)
        for team in groups:
            teams.rename_team(term.lead, team.id, name=self.line(55))
            term.hand_in(team, self.part())
        assignment.start_feedback(term.lead, made.id)
        reviews = db.session.scalars(select(Review).where(Review.challenge_id == made.id)).all()
        for review in reviews:
            term.give(review, body=self.part())
        for team in groups:
            feedback.post_comment(term.ctx(self.mentor), team.id, body=self.part())
        assert db.session.scalars(select(Criterion.id)).all()
        there = f"{self.here}/cohorts/{cohort.id}"
        return [
            f"{self.here}/cohorts", there, f"{there}/progress", f"{there}/progress/{self.author.id}", f"{there}/manage",
            f"{self.here}/units/{unit.id}", f"{self.here}/challenges/{made.id}", f"{self.here}/challenges/{made.id}/teams",
            f"{self.here}/challenges/{made.id}/rubric", *(f"{self.here}/teams/{team.id}" for team in groups),
        ]  # fmt: skip

    def live(self) -> list[str]:
        stage = Stage(self.make, self.room, self.other, self.author, self.peer, self.mentor, self.coordinator)
        session = stage.running(title=self.line())
        answered, skipped, hidden = (stage.ask(session, body=self.line(450)) for _ in range(3))
        mentor = self.ctx(self.mentor)
        queue.answer(mentor, session.id, answered.id, text=self.part())
        queue.skip(mentor, session.id, skipped.id, reason=self.line(180))
        queue.hide_question(mentor, session.id, hidden.id, reason=self.line(180))
        off = stage.session(title=self.line())
        schedule.cancel_session(mentor, off.id, reason=self.line(280))
        return [
            f"{self.here}/live/{session.id}",
            f"{self.here}/live/{session.id}/projector",
            f"{self.here}/live/{off.id}",
            f"{self.here}/live",
        ]

    def plant(self) -> list[str]:
        """Fill every field; return the addresses to look at, each once."""
        with transaction():
            pages = [*self.case(), *self.evidence(), *self.moderation(), *self.people(), *self.cohort(), *self.live()]
        return list(dict.fromkeys([*pages, self.here, f"{self.here}/moderation"]))


def vars_of(statement) -> dict[str, object]:  # type: ignore[no-untyped-def]
    return {name: getattr(statement, name) for name in statement.__slots__}


def test_nothing_runs_whatever_field_it_was_typed_into(
    app: Flask, make: Factory, deliver: Callable[[], int], enter: Callable[..., Visitor]
) -> None:
    unchecked(app)
    planted = Planted(make)
    pages = planted.plant()
    deliver()
    # Without the policy that would stop it, as who runs the room and as who wrote; each page is for one of them at least.
    unseen = set(pages)
    for reader in (planted.coordinator, planted.author):
        visitor = enter(reader, bypass_csp=True)
        found: list[str] = []
        for path in pages:
            answer = visitor.page.goto(visitor.url + path)
            assert answer is not None
            assert answer.status < 500, path
            if answer.status == 200:
                unseen.discard(path)
                found += [f"{path}: {one}" for one in visitor.page.evaluate(OFFENCES)]
        assert not found, "\n".join(found[:20])
        assert visitor.troubles == []
    assert unseen == set()
