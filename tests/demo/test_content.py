"""The content files: whole, consistent, and free of anything that could identify a patient."""

from __future__ import annotations

import re

import pytest

from social_cme.accounts.enums import CareerStage, Profession, Specialty
from social_cme.accounts.rules.names import clean_name, name_problem
from social_cme.accounts.rules.zones import is_listed_zone
from social_cme.demo.queries import read_world
from social_cme.demo.schemas import SessionText, StationText, ThreadText, World
from social_cme.discussions.enums import AgeBand, CareSetting, ThreadKind
from social_cme.discussions.rules.citations import parse_source
from social_cme.discussions.rules.evidence import SCALES

WORLD = read_world()
MONTHS = "January|February|March|April|June|July|August|September|October|November|December"
IDENTIFIERS = {
    "a full date": re.compile(
        rf"\b(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|(?:{MONTHS}) \d{{1,2}}\b)"
    ),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a telephone number": re.compile(r"(?:\+\d{1,3}[ -]?)?\(?\d{3}\)?[ -]\d{3}[ -]\d{4}\b"),
    "a social security number": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "a record number": re.compile(r"\b(?:MRN|record (?:no|number)|patient id)\W*\d", re.IGNORECASE),
    "an address on the network": re.compile(r"https?://|\b\d{1,3}(?:\.\d{1,3}){3}\b"),
    "an exact age": re.compile(r"\b\d{1,3}[- ]year[- ]old\b|\baged? \d{1,3}\b(?!\+)"),
    "a title with a name": re.compile(r"\b(?:Mr|Mrs|Ms|Miss)\.? [A-Z][a-z]+"),
}


def words_of(thread: ThreadText) -> list[str]:
    texts = [thread.title, thread.body, *(thread.case.model_dump().values() if thread.case else ())]
    for answer in thread.answer:
        texts += [answer.body, answer.endorsement_note, *(comment.body for comment in answer.comment)]
    return [text for text in texts if text]


def stations_of(session: SessionText) -> list[StationText]:
    return session.rotation.station if session.rotation else []


def people_of(session: SessionText) -> set[str]:
    """Return every key of a person whom a session mentions."""
    keys = {session.mentor, *session.co_mentors, *session.rsvps, *(one.author for one in session.question)}
    keys |= {one.author for one in (*session.chat, *session.link)} | {one.person for one in session.hand}
    keys |= {person for line in session.chat for people in line.reactions.values() for person in people}
    keys |= {person for poll in session.poll for one in poll.round for person in one.votes}
    keys |= {one.person for one in session.attendance} | {one.expert for one in stations_of(session)}
    return keys | ({session.captioner} if session.captioner else set())


def everything(world: World) -> list[str]:
    texts = [text for thread in world.threads for text in words_of(thread)]
    for session in world.sessions:
        texts += [session.title, session.description, *(line.body for line in session.chat)]
        texts += [text for one in session.question for text in (one.body, one.answer)]
        texts += [one.title for one in session.segment]
        texts += [text for one in session.poll for text in (one.question, *one.options, one.rationale)]
        texts += [one.body for one in session.caption] + [one.title for one in session.link]
        texts += [text for one in session.following for text in (one.title, one.description)]
        texts += [session.summary.body] if session.summary else []
        texts += [text for one in stations_of(session) for text in (one.name, one.topic)]
    for cohort in world.cohorts:
        task = cohort.challenge
        texts += [cohort.summary, task.brief, *(text for one in task.team for text in (one.body, *one.drafts))]
        texts += [one.body for one in (*task.comment, *task.feedback)]
        texts += [text for unit in cohort.unit for text in (unit.title, unit.body, *unit.objectives)]
        texts += [text for tick in cohort.tick for text in tick.reflections]
    return texts


def named(world: World) -> set[str]:
    """Return every key of a person that the content mentions."""
    keys: set[str] = set()
    for room in world.rooms:
        keys |= {*room.members, *room.coordinators, *(one.person for one in room.mentors)}
    for cohort in world.cohorts:
        keys |= {cohort.coordinator, *cohort.members, *(tick.person for tick in cohort.tick)}
        keys |= {person for team in cohort.challenge.team for person in (*team.people, team.writer)}
        keys |= {one.author for one in (*cohort.challenge.comment, *cohort.challenge.feedback)}
    for thread in world.threads:
        keys |= {thread.author, *([thread.locked.by] if thread.locked else [])}
        for answer in thread.answer:
            keys |= {answer.author, *(comment.author for comment in answer.comment)}
            keys |= {
                one
                for one in (answer.endorsed_by, answer.hidden and answer.hidden.by, answer.flag and answer.flag.by)
                if one
            }
    for session in world.sessions:
        keys |= people_of(session)
    return keys


def test_every_person_that_is_named_exists_and_has_one_name_and_address() -> None:
    keys = [one.key for one in WORLD.people]
    assert named(WORLD) <= set(keys)
    assert len({one.email for one in WORLD.people}) == len({one.display_name for one in WORLD.people}) == len(set(keys))


def test_people_can_be_people_of_the_product() -> None:
    for one in WORLD.people:
        assert one.profession in set(Profession)
        assert one.specialty in set(Specialty)
        assert one.career_stage in set(CareerStage)
        assert set(one.interests) <= set(Specialty)
        assert is_listed_zone(one.time_zone)
        assert name_problem(clean_name(one.display_name)) is None


def test_there_is_an_account_for_each_kind_of_visitor() -> None:
    accounts = {one.account: one.email for one in WORLD.people if one.account}
    assert accounts == {
        "learner": "learner@demo.example",
        "mentor": "mentor@demo.example",
        "coordinator": "coordinator@demo.example",
        "administrator": "admin@demo.example",
    }


@pytest.mark.parametrize("thread", WORLD.threads, ids=lambda thread: thread.key)
def test_a_thread_fits_its_room_and_its_times(thread: ThreadText) -> None:
    room = next(one for one in WORLD.rooms if one.slug == thread.room)
    inside = {*room.members, *room.coordinators, *(one.person for one in room.mentors)}
    mentors = {one.person for one in room.mentors}
    assert (thread.kind == ThreadKind.CASE) == (thread.case is not None)
    assert thread.author in inside
    last = 24 * thread.days_ago
    for answer in thread.answer:
        assert answer.author in inside
        assert 0 < answer.hours_after < last
        assert answer.votes < len(inside)
        assert answer.evidence_level in {level for levels in SCALES.values() for level in levels}
        assert answer.endorsed_by is None or (answer.endorsed_by in mentors and answer.endorsed_by != answer.author)
        assert not answer.accepted or (answer.author != thread.author and thread.kind != ThreadKind.DISCUSSION)
        assert all(parse_source(f"{one.label} {one.value}") for one in answer.citations if one.kind == "doi")
        for comment in answer.comment:
            assert comment.author in inside
            assert answer.hours_after < comment.hours_after < last
    if thread.case is not None:
        assert thread.case.setting in set(CareSetting)
        assert thread.case.age_band in set(AgeBand)


def test_there_are_four_rooms_a_dozen_cases_with_several_answers_and_three_sessions() -> None:
    assert len(WORLD.rooms) == 4
    assert len([one for one in WORLD.threads if one.case is not None and len(one.answer) >= 3]) >= 12
    assert [one.days_ago is not None for one in WORLD.sessions] == [True, False, False]


@pytest.mark.parametrize("session", WORLD.sessions, ids=lambda session: session.title)
def test_a_session_fits_its_room_and_its_clock(session: SessionText) -> None:
    room = next(one for one in WORLD.rooms if one.slug == session.room)
    leading = {*room.coordinators, *(one.person for one in room.mentors)}
    assert people_of(session) <= {*room.members, *leading}
    assert {session.mentor, *session.co_mentors} <= leading
    assert sum(one.minutes for one in session.segment) == session.minutes
    assert all(one.reply_to is None or one.reply_to < place for place, one in enumerate(session.chat, start=1))
    assert sum(one.pinned for one in session.chat) <= 1
    for question in session.question:
        assert (question.status == "merged") == (question.merged_into is not None)
        assert set(question.labels) <= set(session.labels)
    for poll in session.poll:
        assert all(0 < one.opens < one.closes < session.minutes for one in poll.round)
        assert all(0 < chosen <= len(poll.options) for one in poll.round for chosen in one.votes.values())
    assert session.rotation is None or len(session.rsvps) >= 3 * session.rotation.groups


def test_the_sessions_show_what_a_session_can_do() -> None:
    ended, coming, rotating = WORLD.sessions
    assert {one.status for one in ended.question} == {"answered", "open", "later", "merged"}
    assert any(one.pseudonym for one in ended.question)
    assert [(len(one.round), one.anonymous) for one in ended.poll] == [(2, False), (1, True)]
    assert any(not one.countable for one in ended.segment)
    assert all((ended.caption, ended.hand, ended.link, ended.summary, ended.attendance))
    assert any(one.reactions for one in ended.chat)
    assert coming.capacity is not None
    assert coming.capacity < len(coming.rsvps)
    assert all((coming.co_mentors, coming.video_url, coming.poll, coming.question, coming.following))
    assert rotating.rotation is not None
    assert rotating.rotation.groups == len(rotating.rotation.station) == 4


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_no_text_holds_what_could_identify_a_patient(name: str) -> None:
    pattern = IDENTIFIERS[name]
    assert [match.group() for text in everything(WORLD) for match in pattern.finditer(text)] == []


def test_the_identifier_patterns_find_what_they_look_for() -> None:
    samples = {
        "a full date": "seen on 12/03/2024",
        "an e-mail address": "write to jane@clinic.org",
        "a telephone number": "call (303) 555-0100",
        "a social security number": "078-05-1120",
        "a record number": "MRN 44123",
        "an address on the network": "https://clinic.example",
        "an exact age": "a 67-year-old man",
        "a title with a name": "Mrs. Miller",
    }
    assert [name for name, text in samples.items() if not IDENTIFIERS[name].search(text)] == []


def test_no_text_raises_its_voice_in_exclamation() -> None:
    own = [room.summary for room in WORLD.rooms] + [room.description for room in WORLD.rooms]
    assert not [text for text in own if "!" in text]
