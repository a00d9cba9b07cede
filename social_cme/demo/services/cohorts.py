"""The cohort of the demonstration: planned, joined, worked through for two weeks and a half; the visitor goes on from there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from social_cme.cohorts.queries.challenges import find_work, list_challenges, list_criteria, list_teams, reviews_by
from social_cme.cohorts.queries.courses import list_items, list_units
from social_cme.cohorts.services import (
    announcing,
    assignment,
    challenges,
    cohorts,
    deliverables,
    feedback,
    items,
    joining,
    study,
    teams,
    units,
)
from social_cme.cohorts.services.plans import ChallengePlan, CohortPlan, ItemPlan, UnitPlan
from social_cme.core import clock
from social_cme.demo.schemas.cohorts import CohortText, FeedbackText, ItemText, TeamCommentText, TeamText, TickText
from social_cme.demo.services.script import Stage

STARTED_DAYS_AGO = 17
# The threads that the units lead to were opened by then.
PLANNED_DAYS_BEFORE = 4
NINE = time(9)
NIGHT = time(23, 59)
WEEK = timedelta(days=7)


def add_cohorts(stage: Stage, found: Sequence[CohortText]) -> None:
    """Put the cohorts on the stage."""
    for number, cohort in enumerate(found, start=1):
        key = f"cohort.{number}"
        monday = _monday_before(stage.present - timedelta(days=STARTED_DAYS_AGO), cohort)
        begins = _moment(cohort, monday, NINE)
        planned = begins - timedelta(days=PLANNED_DAYS_BEFORE)
        stage.act(planned, key, partial(_plan, stage, cohort, monday))
        for place, person in enumerate(cohort.members, start=1):
            at = planned + timedelta(hours=7 * place)
            stage.act(at, f"{key}.join.{person}", partial(_join, stage, cohort, key, person))
        _add_session(stage, cohort, key)
        for unit in cohort.unit:
            opened = _moment(cohort, monday + (unit.week - 1) * WEEK, NINE) + timedelta(minutes=2)
            if opened <= stage.present:
                stage.act(opened, f"{key}.week.{unit.week}", _tell)
        for tick in cohort.tick:
            _add_ticks(stage, cohort, key, tick, begins)
        _add_challenge(stage, cohort, key, monday)


def _monday_before(moment: datetime, cohort: CohortText) -> date:
    day = clock.utc_to_local(moment, cohort.time_zone).date()
    return day - timedelta(days=day.weekday())


def _moment(cohort: CohortText, day: date, hour: time) -> datetime:
    return clock.local_to_utc(datetime.combine(day, hour), cohort.time_zone)


def _plan(stage: Stage, cohort: CohortText, monday: date) -> int:
    """Write the whole plan as its coordinator and publish it."""
    ctx = stage.enter(cohort.coordinator, cohort.room)
    plan = CohortPlan(
        name=cohort.name,
        summary=cohort.summary,
        starts_on=monday,
        weeks=cohort.weeks,
        time_zone=cohort.time_zone,
        capacity=cohort.capacity,
        join_until=monday + 4 * WEEK,
    )
    made = cohorts.create_cohort(ctx, plan=plan)
    for unit in cohort.unit:
        first = monday + (unit.week - 1) * WEEK
        row = units.add_unit(
            ctx,
            made.id,
            plan=UnitPlan(
                title=unit.title,
                objectives=unit.objectives,
                body=unit.body,
                opens=datetime.combine(first, NINE),
                due=datetime.combine(first + timedelta(days=6), NIGHT),
            ),
        )
        for item in unit.item:
            items.add_item(ctx, row.id, plan=_item_plan(stage, item, session_id=None))
    challenge = challenges.add_challenge(
        ctx,
        made.id,
        plan=ChallengePlan(
            title=cohort.challenge.title,
            brief=cohort.challenge.brief,
            opens=datetime.combine(monday, NINE),
            due=datetime.combine(monday + timedelta(days=13), NIGHT),
            feedback=datetime.combine(monday + timedelta(days=27), NIGHT),
            reviews_each=cohort.challenge.reviews_each,
        ),
    )
    rubric = [
        (one.name, "\n".join(f"{name}: {words}" for name, words in one.levels)) for one in cohort.challenge.criterion
    ]
    challenges.set_rubric(ctx, challenge.id, criteria=rubric)
    cohorts.publish_cohort(ctx, made.id)
    return made.id


def _item_plan(stage: Stage, item: ItemText, *, session_id: int | None) -> ItemPlan:
    return ItemPlan(
        kind=item.kind,
        title=item.title,
        citation=item.citation,
        url=f"https://doi.org/{item.doi}" if item.doi else "",
        thread_id=stage.made.get(f"thread.{item.thread}") if item.thread else None,
        session_id=session_id,
        minutes=item.minutes,
    )


def _join(stage: Stage, cohort: CohortText, key: str, person: str) -> None:
    joining.join_cohort(stage.enter(person, cohort.room), stage.made[key])


def _tell() -> None:
    announcing.tell_openings()
    announcing.tell_due_soon()


def _add_session(stage: Stage, cohort: CohortText, key: str) -> None:
    """Let the coordinator put the live session where the list said that it was to be scheduled."""
    for unit_place, unit in enumerate(cohort.unit):
        for item_place, item in enumerate(unit.item):
            if item.session is None:
                continue
            planned = next(act.at for act in stage.acts if act.key == f"session.{item.session}")
            linking = partial(_link, stage, cohort, key, unit_place, item_place, item)
            stage.act(planned + timedelta(hours=3), f"{key}.session.{item.session}", linking)


def _link(stage: Stage, cohort: CohortText, key: str, unit_place: int, item_place: int, item: ItemText) -> None:
    ctx = stage.enter(cohort.coordinator, cohort.room)
    unit = list_units(stage.made[key])[unit_place]
    row = list_items([unit.id])[item_place]
    items.edit_item(ctx, row.id, plan=_item_plan(stage, item, session_id=stage.made[f"session.{item.session}"]))


def _add_ticks(stage: Stage, cohort: CohortText, key: str, tick: TickText, begins: datetime) -> None:
    reflections = iter(tick.reflections)
    order = cohort.members.index(tick.person)
    for unit_place, count in enumerate(tick.done):
        opened = begins + unit_place * WEEK
        for item_place in range(count):
            at = opened + timedelta(hours=5 + 3 * order + 26 * item_place, minutes=7 * order)
            at = max(at, _earliest(stage, cohort.unit[unit_place].item[item_place]))
            at = min(at, stage.present - timedelta(minutes=90 - 5 * order - item_place))
            words = next(reflections, "") if item_place != 1 else ""
            act = partial(_tick, stage, cohort, key, tick.person, unit_place, item_place, words)
            stage.act(at, f"{key}.tick.{tick.person}.{unit_place}.{item_place}", act)


def _earliest(stage: Stage, item: ItemText) -> datetime:
    """Return when somebody can have done an entry: a live session not before it is over."""
    if item.session is None:
        return stage.present - timedelta(days=365)
    return next(act.at for act in stage.acts if act.key == f"session.{item.session}.ended") + timedelta(hours=1)


def _tick(
    stage: Stage, cohort: CohortText, key: str, person: str, unit_place: int, item_place: int, words: str
) -> None:
    unit = list_units(stage.made[key])[unit_place]
    item = list_items([unit.id])[item_place]
    study.tick_item(stage.enter(person, cohort.room), item.id, reflection=words)


def _add_challenge(stage: Stage, cohort: CohortText, key: str, monday: date) -> None:
    text = cohort.challenge
    due = _moment(cohort, monday + timedelta(days=13), NIGHT)
    first = _moment(cohort, monday, NINE) + timedelta(hours=2)
    stage.act(first, f"{key}.teams", partial(_make_teams, stage, cohort, key))
    stage.act(due - timedelta(hours=47), f"{key}.due", _tell)
    for number, team in enumerate(text.team, start=1):
        for place, draft in enumerate(team.drafts):
            at = first + timedelta(days=3 + 2 * place, hours=number)
            stage.act(at, f"{key}.draft.{number}.{place}", partial(_draft, stage, cohort, key, team, draft))
        handed_in = due - timedelta(hours=team.hours_before_due)
        stage.act(handed_in, f"{key}.work.{number}", partial(_hand_in, stage, cohort, key, team))
    stage.act(due + timedelta(minutes=3), f"{key}.feedback", _start_feedback)
    for number, comment in enumerate(text.comment, start=1):
        at = due + timedelta(days=comment.days_after_due)
        stage.act(at, f"{key}.comment.{number}", partial(_comment, stage, cohort, key, comment))
    for number, given in enumerate(text.feedback, start=1):
        at = due + timedelta(days=given.days_after_due)
        stage.act(at, f"{key}.given.{number}", partial(_give, stage, cohort, key, given))


def _challenge_id(stage: Stage, key: str) -> int:
    return list_challenges(stage.made[key])[0].id


def _team_id(stage: Stage, key: str, name: str) -> int:
    return next(line.team.id for line in list_teams(_challenge_id(stage, key)) if line.team.name == name)


def _make_teams(stage: Stage, cohort: CohortText, key: str) -> None:
    ctx = stage.enter(cohort.coordinator, cohort.room)
    challenge_id = _challenge_id(stage, key)
    for team in cohort.challenge.team:
        row = teams.add_team(ctx, challenge_id, name=team.name)
        for person in team.people:
            teams.place_member(ctx, challenge_id, user_id=stage.people[person], team_id=row.id)


def _draft(stage: Stage, cohort: CohortText, key: str, team: TeamText, draft: str) -> None:
    team_id = _team_id(stage, key, team.name)
    work = find_work(team_id)
    ctx = stage.enter(team.people[0], cohort.room)
    deliverables.save_deliverable(ctx, team_id, body=draft, revision=work.revision if work is not None else 0)


def _hand_in(stage: Stage, cohort: CohortText, key: str, team: TeamText) -> None:
    team_id = _team_id(stage, key, team.name)
    work = find_work(team_id)
    ctx = stage.enter(team.writer, cohort.room)
    deliverables.submit_deliverable(ctx, team_id, body=team.body, revision=work.revision if work is not None else 0)


def _start_feedback() -> None:
    assignment.start_due_feedback()


def _comment(stage: Stage, cohort: CohortText, key: str, comment: TeamCommentText) -> int:
    ctx = stage.enter(comment.author, cohort.room)
    return feedback.post_comment(ctx, _team_id(stage, key, comment.team), body=comment.body).id


def _give(stage: Stage, cohort: CohortText, key: str, given: FeedbackText) -> None:
    """Let somebody's team give the first feedback that it was asked for."""
    own = next(team for team in cohort.challenge.team if given.author in team.people)
    asked = [one for one in reviews_by(_team_id(stage, key, own.name)) if one.given_at is None]
    criteria = list_criteria(_challenge_id(stage, key))
    levels = {str(one.id): level for one, level in zip(criteria, given.levels, strict=True)}
    feedback.give_feedback(stage.enter(given.author, cohort.room), asked[0].id, levels=levels, body=given.body)
