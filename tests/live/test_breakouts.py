"""Breakouts: who makes them, how groups form and heal, and what a group writes for itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from social_cme.accounts.enums import Profession
from social_cme.core import clock
from social_cme.core.errors import Conflict, Forbidden, Invalid, NotFound
from social_cme.extensions import db
from social_cme.live.enums import BreakoutState
from social_cme.live.queries.breakouts import list_group_messages
from social_cme.live.queries.groups import load_group
from social_cme.live.rules.grouping import Candidate, form_groups, group_count, smallest
from social_cme.live.services import breakouts, groups, leading, placing, rounds, rsvps, stations
from social_cme.live.services.breakouts import Timing
from social_cme.live.services.stations import StationPlan
from social_cme.persistence.facts import facts_since
from social_cme.privacy.rules.refusal import IdentifiersFound
from tests.live.circle import Circle
from tests.live.stage import NOON, Stage


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.at(NOON):
        yield


@pytest.fixture
def circle(stage: Stage) -> Circle:
    return Circle(stage)


# ---------------------------------------------------------------- the pure rules of forming


@pytest.mark.parametrize("people", range(6, 60))
def test_groups_have_three_to_five(people: int) -> None:
    for size in (3, 4, 5):
        sizes = [len(one) for one in form_groups([Candidate(n) for n in range(people)], group_count(people, size=size))]
        assert sum(sizes) == people
        assert max(sizes) - min(sizes) <= 1
        assert 3 <= min(sizes) <= max(sizes) <= 5


@pytest.mark.parametrize(("people", "count"), [(0, 0), (1, 1), (2, 1), (5, 1), (6, 2), (7, 2)])
def test_few_people_make_few_groups(people: int, count: int) -> None:
    assert group_count(people) == count


def test_professions_are_mixed() -> None:
    kinds = ["physician"] * 7 + ["nurse"] * 5 + ["pharmacist"] * 4
    people = [Candidate(number, (kind,)) for number, kind in enumerate(kinds)]
    formed = form_groups(people, 4)
    for kind in set(kinds):
        counts = [sum(kinds[one] == kind for one in group) for group in formed]
        assert max(counts) - min(counts) <= 1
    assert form_groups(list(reversed(people)), 4) == formed, "the order in which people are named does not matter"


def test_a_latecomer_joins_the_smallest_group() -> None:
    assert smallest([(1, 4), (2, 3), (3, 3)]) == 2
    assert smallest([]) is None


# ---------------------------------------------------------------- making


def test_who_leads_makes_a_breakout_and_a_second_only_after_the_first(circle: Circle) -> None:
    for user in (circle.people[0], circle.stage.make.user(), None):
        with pytest.raises(Forbidden):
            breakouts.create_breakout(circle.stage.ctx(user), circle.session.id, kind="rotation", timing=Timing())
    first = circle.create()
    assert (first.breakout.state, len(first.rounds)) == (BreakoutState.FORMING, 3)
    with pytest.raises(Conflict, match="already"):
        circle.create()
    circle.do(rounds.end_breakout)
    assert circle.create().breakout.id != first.breakout.id
    assert circle.stage.kinds(circle.session).count("breakout.ended") == 1


def test_a_repeated_request_makes_one(circle: Circle) -> None:
    made = {
        breakouts.create_breakout(
            circle.mentor, circle.session.id, kind="plain", timing=Timing(), client_id="create-01"
        ).breakout.id
        for _ in range(2)
    }
    assert len(made) == 1


@pytest.mark.parametrize(
    ("kind", "timing", "field"),
    [
        ("dance", Timing(), "kind"),
        ("plain", Timing(rounds=0), "rounds"),
        ("plain", Timing(rounds=25), "rounds"),
        ("plain", Timing(round_seconds=29), "round_seconds"),
        ("plain", Timing(round_seconds=7201), "round_seconds"),
        ("plain", Timing(changeover_seconds=-1), "changeover_seconds"),
        ("plain", Timing(changeover_seconds=901), "changeover_seconds"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(circle: Circle, kind: str, timing: Timing, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        breakouts.create_breakout(circle.mentor, circle.session.id, kind=kind, timing=timing)
    assert set(refusal.value.fields) == {field}


def test_groups_form_of_those_who_are_here_without_experts_and_mentors(circle: Circle) -> None:
    circle.create()
    everybody = [*circle.people, *circle.experts, circle.stage.mentor]
    for user in everybody:
        circle.stage.beat(circle.session, NOON, user=user)
    layout = circle.do(breakouts.form, count=2)
    assert {one.user_id for one in layout.members} == {one.id for one in circle.people}
    assert [len(layout.people(one.id)) for one in layout.groups] == [2, 2]
    # Formed anew, nobody is in two groups, and a group too many is gone.
    layout = circle.do(breakouts.form, count=1)
    assert [one.gone_at is None for one in layout.groups] == [True, False]
    assert len(layout.members) == 4


def test_before_the_session_groups_form_of_those_who_said_to_come(stage: Stage) -> None:
    session = stage.session()
    made = breakouts.create_breakout(stage.ctx(stage.mentor), session.id, kind="plain", timing=Timing(rounds=1))
    with pytest.raises(Conflict, match="nobody"):
        breakouts.form(stage.ctx(stage.mentor), session.id, made.breakout.id)
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)
    layout = breakouts.form(stage.ctx(stage.mentor), session.id, made.breakout.id)
    assert [one.user_id for one in layout.members] == [stage.learner.id]
    with pytest.raises(Conflict, match="Start the session first"):
        rounds.start(stage.ctx(stage.mentor), session.id, made.breakout.id)


def test_mixing_deals_professions_evenly(circle: Circle) -> None:
    people = [circle.stage.make.user(profession=kind) for kind in [Profession.PHYSICIAN] * 4 + [Profession.NURSE] * 4]
    for one in people:
        circle.stage.make.membership(circle.stage.room, one)
    circle.create("plain")
    layout = circle.do(breakouts.form, count=2, people=[one.id for one in people])
    mixed = [Counter(one.profession for one in layout.people(group.id)) for group in layout.groups]
    assert mixed == [{Profession.PHYSICIAN: 2, Profession.NURSE: 2}] * 2
    with pytest.raises(Invalid):
        circle.do(breakouts.form, mix="height")


def test_groups_by_hand_name_members_once_and_no_expert(circle: Circle) -> None:
    circle.create()
    one, stranger = circle.people[0].id, circle.stage.make.user().id
    for wrong in ([[one], [one]], [[stranger]], [[circle.experts[0].id]], [[10**9]]):
        with pytest.raises(Invalid) as refusal:
            circle.do(breakouts.form, by_hand=wrong)
        assert set(refusal.value.fields) == {"by_hand"}
    circle.form()
    circle.start()
    with pytest.raises(Conflict, match="Move people"):
        circle.form()


# ---------------------------------------------------------------- stations and healing


def test_every_group_meets_every_station_once(circle: Circle) -> None:
    circle.create(rounds=4)
    layout = circle.form()
    met = [(m.group_id, m.station_id) for m in layout.meetings]
    assert len(met) == len(set(met)) == 8
    assert [len(one) for one in circle.table()] == [2, 2, 2, 2]


def test_a_station_that_is_lost_and_comes_back(circle: Circle) -> None:
    layout = circle.create(rounds=6)
    circle.form()
    circle.start()
    layout = circle.after(60)
    played = circle.table(layout)[0]
    lost = next(one for one in layout.stations if one.name == "Station 1")
    with circle.at(100):
        layout = circle.do(stations.drop_station, station_id=lost.id)
    table = circle.table(layout)
    assert table[0] == played
    assert all("Station 1" not in one.values() for one in table[1:])
    assert [one.cut_at is not None for one in layout.meetings_in(layout.rounds[0].id)].count(True) == 1
    with circle.at(110):
        circle.do(stations.drop_station, station_id=lost.id)
        layout = circle.do(stations.return_station, station_id=lost.id)
    met = [pair for one in circle.table(layout) for pair in one.items()]
    assert len(met) == len(set(met)) == 8


def test_a_station_that_is_late_is_met_from_the_next_round_on(circle: Circle) -> None:
    circle.create(rounds=6)
    circle.form()
    circle.start()
    circle.after(60)
    expert = circle.stage.make.user("Late")
    circle.stage.make.membership(circle.stage.room, expert)
    with circle.at(90):
        layout = circle.do(stations.add_station, station=StationPlan("Late", "ECG", expert.id))
    table = circle.table(layout)
    assert "Late" not in table[0].values()
    assert sum("Late" in one.values() for one in table) == 4


def test_an_expert_is_one_member_at_one_station(circle: Circle) -> None:
    circle.create()
    circle.form()
    for wrong in (circle.stage.make.user().id, circle.experts[0].id, circle.people[0].id, 10**9):
        with pytest.raises(Invalid) as refusal:
            circle.do(stations.add_station, station=StationPlan("Third", "", wrong))
        assert set(refusal.value.fields) == {"expert_id"}
    for name in ("", " ", "x" * 81):
        with pytest.raises(Invalid):
            circle.do(stations.add_station, station=StationPlan(name))
    with pytest.raises(NotFound):
        circle.do(stations.drop_station, station_id=10**9)
    with pytest.raises(Invalid):
        circle.do(placing.move, user_id=circle.experts[0].id, group_id=circle.layout().groups[0].id)


def test_a_round_more_lets_more_meet(circle: Circle) -> None:
    circle.create(rounds=1)
    circle.form()
    assert len(circle.layout().meetings) == 2
    assert len(circle.do(breakouts.add_round).meetings) == 4


# ---------------------------------------------------------------- people


def test_a_latecomer_comes_into_the_smallest_group_and_the_plan_stays(circle: Circle) -> None:
    circle.create()
    one, two, three, late = circle.people
    circle.form([one, two], [three])
    circle.start()
    before = circle.table()
    layout = circle.join(late)
    assert [one.id for one in layout.people(layout.groups[1].id)] == [three.id, late.id]
    assert circle.table() == before
    circle.join(late)
    assert circle.stage.kinds(circle.session).count("breakout.person_placed") == 1
    for user in (circle.stage.make.user(), None):
        with pytest.raises(Forbidden):
            placing.join(circle.stage.ctx(user), circle.session.id, circle.breakout_id)


def test_who_leaves_is_gone_and_an_empty_group_drops_out(circle: Circle) -> None:
    circle.create(rounds=4)
    one, two, three, four = circle.people
    circle.form([one, two], [three], [four])
    circle.start()
    circle.after(60)
    with circle.at(90):
        placing.leave(circle.stage.ctx(three), circle.session.id, circle.breakout_id)
        layout = circle.layout()
    assert [one.gone_at is None for one in layout.groups] == [True, False, True]
    assert all("Group 2" not in one for one in circle.table(layout)[1:])
    with pytest.raises(Conflict, match="dropped out"):
        circle.do(placing.move, user_id=three.id, group_id=layout.groups[1].id)
    layout = circle.do(placing.move, user_id=two.id, group_id=layout.groups[2].id)
    assert [one.id for one in layout.people(layout.groups[2].id)] == [four.id, two.id]
    layout = circle.do(placing.move, user_id=two.id, group_id=None)
    assert layout.group_of(two.id) is None
    with pytest.raises(NotFound):
        circle.do(placing.move, user_id=circle.stage.make.user().id, group_id=layout.groups[0].id)
    with pytest.raises(Forbidden):
        placing.move(circle.stage.ctx(one), circle.session.id, circle.breakout_id, user_id=one.id, group_id=None)


def test_a_group_is_added_named_and_dropped(circle: Circle) -> None:
    circle.create(rounds=4)
    circle.form()
    circle.start()
    circle.after(60)
    with circle.at(61):
        layout = circle.do(placing.new_group)
        late = layout.groups[-1]
        assert (late.name, late.since_round) == ("Group 5", 2)
        circle.do(placing.rename_group, group_id=late.id, name="Night shift")
        table = circle.table()
        assert "Night shift" not in table[0]
        assert any("Night shift" in one for one in table[1:])
        for _ in range(2):
            layout = circle.do(placing.drop_group, group_id=layout.groups[0].id)
    assert not layout.people(layout.groups[0].id)
    assert all("Group 1" not in one for one in circle.table()[1:])
    with pytest.raises(Invalid):
        circle.do(placing.rename_group, group_id=late.id, name=" ")
    with pytest.raises(NotFound):
        circle.do(placing.drop_group, group_id=10**9)


def test_a_breakout_of_another_session_or_room_is_not_found(circle: Circle) -> None:
    circle.create()
    circle.form()
    other = circle.stage.running()
    for act, values in (
        (rounds.start, {}),
        (rounds.end_breakout, {}),
        (breakouts.form, {}),
        (stations.add_station, {"station": StationPlan("Third")}),
        (placing.join, {}),
    ):
        with pytest.raises(NotFound):
            act(circle.mentor, other.id, circle.breakout_id, **values)
        with pytest.raises(NotFound):
            act(
                circle.stage.ctx(circle.stage.mentor, circle.stage.other_room),
                circle.session.id,
                circle.breakout_id,
                **values,
            )


# ---------------------------------------------------------------- what a group writes


@pytest.fixture
def running(circle: Circle) -> Circle:
    """Two groups of two, Person 0 and 1, Person 2 and 3, at two stations; the first round runs."""
    one, two, three, four = circle.people
    circle.create(rounds=2)
    circle.form([one, two], [three, four])
    circle.start()
    circle.after(60)
    return circle


def say(circle: Circle, user: Any, group: int = 0, body: str = "Good evening.", **values: Any) -> Any:
    group_id = circle.layout().groups[group].id
    return groups.post_message(circle.stage.ctx(user), circle.session.id, group_id, body=body, **values)


def expert_of(circle: Circle, group: int) -> Any:
    layout = circle.layout()
    current = layout.current
    assert current is not None
    meeting = next(m for m in layout.meetings_in(current.id) if m.group_id == layout.groups[group].id)
    return next(one.expert for one in layout.stations if one.id == meeting.station_id)


def test_a_group_its_expert_and_who_leads_write_to_each_other(running: Circle) -> None:
    with running.at(100):
        expert, elsewhere = expert_of(running, 0), expert_of(running, 1)
        for user in (running.people[0], running.people[1], expert, running.stage.mentor, running.stage.coordinator):
            say(running, user)
        for user in (running.people[2], elsewhere, running.stage.learner, running.stage.make.user(), None):
            with pytest.raises(Forbidden):
                say(running, user)
        group = running.layout().groups[0]
        session = running.session
        assert len(load_group(running.stage.ctx(running.people[1]), session, group.id).chat) == 5
        for user in (running.people[2], elsewhere, running.stage.learner, None):
            with pytest.raises(NotFound):
                load_group(running.stage.ctx(user), session, group.id)
    # In the next round the other expert comes, and the first one no longer reads along.
    running.after(60 + 600 + 61)
    with running.at(730):
        assert expert_of(running, 0).id == elsewhere.id
        say(running, elsewhere)
        with pytest.raises(Forbidden):
            say(running, expert)


def test_an_experts_sockets_are_looked_at_when_the_round_is_over(running: Circle) -> None:
    expert = expert_of(running, 0)
    running.after(60 + 600)
    facts = facts_since(db.session(), f"user:{expert.id}", since=0, limit=9)
    assert [(one.kind, one.data["group_id"]) for one in facts] == [
        ("breakout.access_ended", running.layout().groups[0].id)
    ]


def test_who_left_a_group_no_longer_reads_or_writes_there(running: Circle) -> None:
    one = running.people[0]
    say(running, one)
    placing.leave(running.stage.ctx(one), running.session.id, running.breakout_id)
    with pytest.raises(Forbidden):
        say(running, one)
    assert "breakout.access_ended" in [
        fact.kind for fact in facts_since(db.session(), f"user:{one.id}", since=0, limit=9)
    ]


def test_lines_are_checked_bounded_repeated_once_and_kept(running: Circle) -> None:
    one = running.people[0]
    for body in ("", " ", "x" * 1001):
        with pytest.raises(Invalid):
            say(running, one, body=body)
    with pytest.raises(IdentifiersFound):
        say(running, one, body="Her SSN is 219-09-9999.")
    first, again = (say(running, one, client_id="group-post-1") for _ in range(2))
    assert first.id == again.id
    leading.end_session(running.mentor, running.session.id)
    with pytest.raises(Forbidden, match="over"):
        say(running, one)
    group = running.layout().groups[0]
    assert [line.body for line in list_group_messages(group.id).items] == ["Good evening."]
    assert running.layout().breakout.state == BreakoutState.ENDED
    assert "group.posted" not in running.stage.kinds(running.session), "the session's channel tells nothing of it"


def test_who_leads_hides_a_line(running: Circle) -> None:
    message = say(running, running.people[0])
    group = running.layout().groups[0].id
    with pytest.raises(Forbidden):
        groups.hide_message(running.stage.ctx(running.people[1]), running.session.id, group, message.id)
    for _ in range(2):
        groups.hide_message(running.mentor, running.session.id, group, message.id)
    assert message.hidden_reason == "not fit for this chat"
    with pytest.raises(NotFound):
        groups.hide_message(running.mentor, running.session.id, running.layout().groups[1].id, message.id)


def test_notes_are_never_overwritten_unseen(running: Circle) -> None:
    group = running.layout().groups[0].id

    def save(user: Any, text: str, revision: int, **values: Any) -> Any:
        return groups.save_notes(
            running.stage.ctx(user), running.session.id, group, notes=text, revision=revision, **values
        )

    one, two = running.people[:2]
    assert save(one, "First", 0).notes_revision == 1
    with pytest.raises(Conflict) as refusal:
        save(two, "Second", 0)
    assert refusal.value.details == {"notes": "First", "revision": 1}
    assert save(two, "First and second", 1).notes_revision == 2
    assert save(two, "First and second", 2).notes_revision == 2, "nothing changed"
    for client in range(2):
        assert save(one, "Third", 2 + client, client_id="notes-0001").notes_revision == 3
    with pytest.raises(Invalid):
        save(one, "x" * 10_001, 3)
    with pytest.raises(IdentifiersFound):
        save(one, "SSN 219-09-9999", 3)
    with pytest.raises(Forbidden):
        save(running.people[2], "Mine", 3)


Query = Callable[[], Any]


def test_a_page_costs_the_same_however_many_groups_there_are(circle: Circle, count_queries: Query) -> None:
    from social_cme.live.queries.board import load_board

    circle.create(rounds=2)
    costs = []
    for people in (2, 4):
        circle.form(*[[one] for one in circle.people[:people]])
        with count_queries() as seen:
            load_board(circle.mentor, circle.session)
        costs.append(len(seen))
    assert costs[0] == costs[1]
