"""Shows facts about the projector and the video. The address of the video is not told, for strangers to the call may follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from social_cme.live.channels.ids import id_of, ids_of
from social_cme.live.enums import ProjectorView
from social_cme.live.queries.stage import stages_of
from social_cme.live.schemas import ProjectorOut, VideoOut
from social_cme.persistence.facts import FactRecord

Shown = dict[str, Any] | None


def load(facts: Sequence[FactRecord]) -> Callable[[FactRecord], Shown]:
    """Read the sessions of *facts*, and return what shows one of them."""
    stages = stages_of(ids_of(facts, "session_id"))

    def show(fact: FactRecord) -> Shown:
        stage = stages.get(id_of(fact, "session_id"))
        if fact.kind == "video.changed":
            return {"video": VideoOut.of(stage.video_url if stage is not None else "").model_dump(mode="json")}
        view = stage.view if stage is not None else ProjectorView.QUESTION
        return {"projector": ProjectorOut(view=ProjectorView(view)).model_dump(mode="json")}

    return show
