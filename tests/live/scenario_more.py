"""Scenes of what hosts prepare and lead: agenda, series, polls, slides, hands, captions, links, breakouts, the archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from social_cme.core import clock
from social_cme.live.events import SeriesScheduled
from social_cme.live.models import LiveSession
from social_cme.live.queries.agenda import list_segments
from social_cme.live.queries.breakouts import find_layout
from social_cme.live.rules import SegmentPlan
from social_cme.live.services import (
    agenda,
    approval,
    captions,
    chat,
    hands,
    leading,
    links,
    observers,
    options,
    ordering,
    pausing,
    placing,
    polling,
    reactions,
    rounds,
    rsvps,
    schedule,
    series,
    slides,
)
from social_cme.live.services import (
    stage as front,
)
from social_cme.live.services.breakouts import Timing, create_breakout, form
from social_cme.live.services.options import OptionsChange
from social_cme.live.services.stations import StationPlan, add_station
from social_cme.live.services.summing_up import write_summary
from social_cme.persistence.transaction import transaction
from tests.live.decks import bring
from tests.live.pollster import again, close, opened, vote
from tests.live.scenario import scene
from tests.live.stage import NOON, Stage

AGENDA = (
    SegmentPlan(id=None, title="Talk", minutes=10, kind="didactic", countable=True, interactive=False),
    SegmentPlan(id=None, title="Break", minutes=5, kind="break", countable=False, interactive=False),
    SegmentPlan(id=None, title="Cases", minutes=20, kind="case", countable=True, interactive=True),
)


def _agenda(stage: Stage, session: LiveSession) -> None:
    agenda.set_agenda(stage.ctx(stage.mentor), session.id, segments=AGENDA)


@scene("agenda.changed", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    _agenda(stage, session)
    kept = [replace(one, id=row.id) for one, row in zip(AGENDA, list_segments(session.id), strict=True)]
    agenda.set_agenda(stage.ctx(stage.mentor), session.id, segments=kept[1:])


@scene("segment.started")
def _(stage: Stage, session: LiveSession) -> None:
    _agenda(stage, session)
    agenda.move_to_segment(stage.ctx(stage.mentor), session.id)


@scene("segment.ended")
def _(stage: Stage, session: LiveSession) -> None:
    _agenda(stage, session)
    agenda.move_to_segment(stage.ctx(stage.mentor), session.id)
    with clock.at(NOON + timedelta(minutes=5)):
        leading.end_session(stage.ctx(stage.mentor), session.id)


@scene("session.paused")
def _(stage: Stage, session: LiveSession) -> None:
    pausing.pause_session(stage.ctx(stage.mentor), session.id)


@scene("session.resumed")
def _(stage: Stage, session: LiveSession) -> None:
    pausing.pause_session(stage.ctx(stage.mentor), session.id)
    with clock.at(NOON + timedelta(minutes=4)):
        pausing.resume_session(stage.ctx(stage.mentor), session.id)


# ---------------------------------------------------------------- places and series


@scene("rsvp.moved_up", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    _one_place(stage, session)
    rsvps.set_rsvp(stage.ctx(stage.peer), session.id, going=True)
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=False)


@scene("rsvp.released", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    _one_place(stage, session)
    rsvps.release_places(user_id=stage.learner.id, room_id=stage.room.id)


def _one_place(stage: Stage, session: LiveSession) -> None:
    plan = schedule.current_plan(stage.ctx(stage.mentor), session.id)
    schedule.edit_session(stage.ctx(stage.mentor), session.id, plan=plan.changed(capacity=1))
    rsvps.set_rsvp(stage.ctx(stage.learner), session.id, going=True)


def _series(stage: Stage, session: LiveSession) -> None:
    """Put the session into a series of two, as if it had been planned so."""
    plan = schedule.current_plan(stage.ctx(stage.mentor), session.id)
    made = series.schedule_series(stage.ctx(stage.mentor), plan=plan, rule="FREQ=WEEKLY;COUNT=2")
    with transaction():
        session.series_id, session.series_place, session.series_length = made[0].series_id, 1, 2
        made[0].series_id = None


@scene("series.scheduled", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    with transaction() as tx:
        about = {"room_id": session.room_id, "session_id": session.id, "series_id": 1, "from_place": 1}
        tx.record(SeriesScheduled(actor_id=stage.mentor.id, **about))


@scene("series.changed", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    _series(stage, session)
    plan = schedule.current_plan(stage.ctx(stage.mentor), session.id)
    series.edit_following(stage.ctx(stage.mentor), session.id, plan=plan.changed(title="Another title"))


@scene("series.cancelled", before_the_start=True)
def _(stage: Stage, session: LiveSession) -> None:
    _series(stage, session)
    series.cancel_following(stage.ctx(stage.mentor), session.id, reason="The ward is closed.")


# ---------------------------------------------------------------- questions and chat


@scene("question.moved")
def _(stage: Stage, session: LiveSession) -> None:
    first, second = stage.ask(session), stage.ask(session, stage.peer, "And torsemide?")
    stage.vote(session, first)
    for question_id, to in ((second.id, "top"), (first.id, "top"), (second.id, "up"), (second.id, "votes")):
        ordering.move_question(stage.ctx(stage.mentor), session.id, question_id, to=to)


@scene("question.labelled")
def _(stage: Stage, session: LiveSession) -> None:
    change = OptionsChange(labels=["Doses", "Kidneys"])
    options.change_options(stage.ctx(stage.mentor), session.id, change=change)
    question = stage.ask(session)
    ordering.label_question(stage.ctx(stage.mentor), session.id, question.id, labels=["Doses"])


@scene("options.changed")
def _(stage: Stage, session: LiveSession) -> None:
    ctx = stage.ctx(stage.mentor)
    options.change_options(ctx, session.id, change=OptionsChange(approve_first=True, slow_seconds=30))
    approval.approve(ctx, session.id, stage.ask(session).id)
    approval.decline(ctx, session.id, stage.ask(session, stage.peer, "What is for lunch?").id, reason="Not ours.")


@scene("chat.reacted")
def _(stage: Stage, session: LiveSession) -> None:
    line = stage.say(session)
    for user in (stage.peer, stage.coordinator):
        reactions.react(stage.ctx(user), session.id, line.id, kind="thanks")
    reactions.react(stage.ctx(stage.peer), session.id, line.id, kind="thanks", on=False)


@scene("chat.pinned")
def _(stage: Stage, session: LiveSession) -> None:
    first, second = stage.say(session), stage.say(session, "The slides are in the links.", stage.mentor)
    chat.pin_message(stage.ctx(stage.mentor), session.id, first.id)
    chat.pin_message(stage.ctx(stage.mentor), session.id, second.id)


# ---------------------------------------------------------------- polls


@scene("poll.opened")
def _(stage: Stage, session: LiveSession) -> None:
    opened(stage, session)


@scene("poll.voted")
def _(stage: Stage, session: LiveSession) -> None:
    poll = opened(stage, session, results_when="live")
    vote(stage, poll, stage.peer, choices=(1,))
    vote(stage, poll, stage.coordinator, choices=(2,))


@scene("poll.closed")
def _(stage: Stage, session: LiveSession) -> None:
    poll = opened(stage, session, results_when="closed")
    vote(stage, poll, stage.peer, choices=(1,))
    close(stage, poll, discuss=True)
    again(stage, poll)
    vote(stage, poll, stage.peer, choices=(3,))
    close(stage, poll)


@scene("poll.changed")
def _(stage: Stage, session: LiveSession) -> None:
    poll = opened(stage, session, results_when="closed")
    vote(stage, poll, stage.peer, choices=(1,))
    close(stage, poll)
    polling.show_results(stage.ctx(stage.mentor), session.id, poll.id, shown=False)


# ---------------------------------------------------------------- in front of the audience


@scene("slide.uploaded")
def _(stage: Stage, session: LiveSession) -> None:
    bring(stage, session)


@scene("slide.rendered")
def _(stage: Stage, session: LiveSession) -> None:
    bring(stage, session)


@scene("slide.shown")
def _(stage: Stage, session: LiveSession) -> None:
    bring(stage, session)
    slides.show_page(stage.ctx(stage.mentor), session.id, page=2)


@scene("slide.described")
def _(stage: Stage, session: LiveSession) -> None:
    bring(stage, session)
    slides.describe_page(stage.ctx(stage.mentor), session.id, page=1, alt="A chart of doses.")


@scene("slide.removed")
def _(stage: Stage, session: LiveSession) -> None:
    bring(stage, session)
    slides.remove_decks(stage.ctx(stage.mentor), session.id)


@scene("projector.changed")
def _(stage: Stage, session: LiveSession) -> None:
    front.show_on_projector(stage.ctx(stage.mentor), session.id, view="join")


@scene("video.changed")
def _(stage: Stage, session: LiveSession) -> None:
    front.set_video(stage.ctx(stage.mentor), session.id, url="https://meet.example.org/ward")


@scene("hand.raised")
def _(stage: Stage, session: LiveSession) -> None:
    hands.raise_hand(stage.ctx(stage.learner), session.id)
    hands.raise_hand(stage.ctx(stage.peer), session.id)


@scene("hand.given")
def _(stage: Stage, session: LiveSession) -> None:
    hand = hands.raise_hand(stage.ctx(stage.peer), session.id)
    hands.give_floor(stage.ctx(stage.mentor), session.id, hand.id, minutes=3)


@scene("hand.ended")
def _(stage: Stage, session: LiveSession) -> None:
    hands.raise_hand(stage.ctx(stage.learner), session.id)
    hands.raise_hand(stage.ctx(stage.peer), session.id)
    hands.lower_hand(stage.ctx(stage.learner), session.id)
    hands.next_speaker(stage.ctx(stage.mentor), session.id)
    leading.end_session(stage.ctx(stage.mentor), session.id)


@scene("caption.captioner_named")
def _(stage: Stage, session: LiveSession) -> None:
    front.name_captioner(stage.ctx(stage.mentor), session.id, user_id=stage.peer.id)


@scene("caption.posted")
def _(stage: Stage, session: LiveSession) -> None:
    front.name_captioner(stage.ctx(stage.mentor), session.id, user_id=stage.peer.id)
    captions.post_caption(stage.ctx(stage.peer), session.id, body="Good evening.")
    captions.post_caption(stage.ctx(stage.peer), session.id, body="We begin with the dose.")


@scene("caption.hidden")
def _(stage: Stage, session: LiveSession) -> None:
    front.name_captioner(stage.ctx(stage.mentor), session.id, user_id=stage.peer.id)
    line = captions.post_caption(stage.ctx(stage.peer), session.id, body="Good evening.")
    captions.hide_caption(stage.ctx(stage.mentor), session.id, line.id)


@scene("link.shared")
def _(stage: Stage, session: LiveSession) -> None:
    links.share_link(stage.ctx(stage.mentor), session.id, title="DOSE", url="https://example.org/dose")


@scene("link.removed")
def _(stage: Stage, session: LiveSession) -> None:
    link = links.share_link(stage.ctx(stage.mentor), session.id, title="DOSE", url="https://example.org/dose")
    links.share_link(stage.ctx(stage.mentor), session.id, title="CLOROTIC", url="https://example.org/clorotic")
    links.remove_link(stage.ctx(stage.mentor), session.id, link.id)


@scene("observer.invited")
def _(stage: Stage, session: LiveSession) -> None:
    observers.make_observer(stage.ctx(stage.coordinator), session.id, label="Accreditor", days=7)


@scene("observer.revoked")
def _(stage: Stage, session: LiveSession) -> None:
    link, _token = observers.make_observer(stage.ctx(stage.coordinator), session.id, label="Accreditor", days=7)
    observers.revoke_observer(stage.ctx(stage.coordinator), session.id, link.id)


# ---------------------------------------------------------------- groups and stations


def plan_breakout(stage: Stage, session: LiveSession, *, starts: bool = True) -> int:
    """Plan two rounds of two groups at two stations, and let them begin unless told not to."""
    ctx = stage.ctx(stage.mentor)
    timing = Timing(2, round_seconds=600, changeover_seconds=60)
    made = create_breakout(ctx, session.id, kind="rotation", timing=timing)
    breakout_id = made.breakout.id
    add_station(ctx, session.id, breakout_id, station=StationPlan("One", "Doses", stage.coordinator.id))
    add_station(ctx, session.id, breakout_id, station=StationPlan("Two", "Kidneys", stage.mentor.id))
    form(ctx, session.id, breakout_id, by_hand=[[stage.learner.id], [stage.peer.id]])
    if starts:
        rounds.start(ctx, session.id, breakout_id)
    return breakout_id


@scene("breakout.planned")
def _(stage: Stage, session: LiveSession) -> None:
    plan_breakout(stage, session, starts=False)


@scene("breakout.started")
def _(stage: Stage, session: LiveSession) -> None:
    plan_breakout(stage, session)


@scene("breakout.round_changed")
def _(stage: Stage, session: LiveSession) -> None:
    breakout_id = plan_breakout(stage, session)
    with clock.at(NOON + timedelta(minutes=2)):
        rounds.catch_up(session.id)
        rounds.extend_round(stage.ctx(stage.mentor), session.id, breakout_id, minutes=2)
        rounds.end_round(stage.ctx(stage.mentor), session.id, breakout_id)


@scene("breakout.person_placed")
def _(stage: Stage, session: LiveSession) -> None:
    breakout_id = plan_breakout(stage, session)
    layout = find_layout(session.id)
    assert layout is not None
    placing.move(
        stage.ctx(stage.mentor), session.id, breakout_id, user_id=stage.learner.id, group_id=layout.groups[-1].id
    )


@scene("breakout.ended")
def _(stage: Stage, session: LiveSession) -> None:
    breakout_id = plan_breakout(stage, session)
    rounds.end_breakout(stage.ctx(stage.mentor), session.id, breakout_id)


# ---------------------------------------------------------------- afterwards


@scene("archive.summarized")
def _(stage: Stage, session: LiveSession) -> None:
    leading.end_session(stage.ctx(stage.mentor), session.id)
    write_summary(stage.ctx(stage.mentor), session.id, body="Double the dose.", revision=0)
