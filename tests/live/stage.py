"""A room with people and sessions in it; its verbs are the real services, at a moment of the test's choosing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.extensions import db
from social_cme.live.models import ChatMessage, LiveQuestion, LiveSession
from social_cme.live.services import attendance, chat, leading, questions, schedule
from social_cme.live.services.schedule import Plan
from social_cme.persistence.facts import FactRecord, facts_since
from social_cme.rooms.models import Room
from social_cme.rooms.policies import RoomContext
from social_cme.rooms.queries import open_room
from tests.factories import Factory

# A Tuesday far from any change of clocks.
NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


@dataclass
class Stage:
    """A room with two learners, a mentor and a coordinator, and a second room that hears nothing of it."""

    make: Factory
    room: Room
    other_room: Room
    learner: User
    peer: User
    mentor: User
    coordinator: User

    def ctx(self, user: User | None, room: Room | None = None) -> RoomContext:
        return open_room(user, (room or self.room).slug)

    def plan(self, **changes: Any) -> Plan:
        start = clock.now().replace(tzinfo=None) + timedelta(minutes=30)
        return Plan(
            **{
                "title": "Loop diuretics on the ward",
                "description": "Bring **one** patient.",
                "starts": start,
                "ends": start + timedelta(hours=1),
                "time_zone": "UTC",
                "mentor_ids": (self.mentor.id,),
                **changes,
            }
        )

    def session(self, **changes: Any) -> LiveSession:
        """Plan a session that starts in half an hour."""
        return schedule.schedule_session(self.ctx(self.mentor), plan=self.plan(**changes))

    def running(self, **changes: Any) -> LiveSession:
        """Plan a session and start it."""
        session = self.session(**changes)
        return leading.start_session(self.ctx(self.mentor), session.id)

    def ask(self, session: LiveSession, user: User | None = None, body: str = "How much furosemide?") -> LiveQuestion:
        return questions.ask(self.ctx(user or self.learner), session.id, body=body)

    def vote(self, session: LiveSession, question: LiveQuestion, user: User | None = None) -> LiveQuestion:
        return questions.vote(self.ctx(user or self.peer), session.id, question.id)

    def say(self, session: LiveSession, body: str = "Good evening.", user: User | None = None) -> ChatMessage:
        return chat.post_message(self.ctx(user or self.learner), session.id, body=body)

    def beat(self, session: LiveSession, *moments: datetime, user: User | None = None) -> attendance.Pulse:
        """Send heartbeats at the given moments; return the last answer."""
        pulse = None
        for moment in moments:
            with clock.at(moment):
                pulse = attendance.heartbeat(self.ctx(user or self.learner), session.id)
        assert pulse is not None
        return pulse

    def facts(self, session: LiveSession) -> list[FactRecord]:
        return facts_since(db.session(), f"live:{session.id}", since=0, limit=10_000)

    def kinds(self, session: LiveSession) -> list[str]:
        return [fact.kind for fact in self.facts(session)]


def beats(since: datetime, *, seconds: float, step: int = 15) -> list[datetime]:
    """Return the moments at which a page beats that is open for some seconds."""
    return [since + timedelta(seconds=offset) for offset in range(0, int(seconds) + 1, step)]
