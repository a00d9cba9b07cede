"""What of a thread or post the identifier check reads, named as in the forms."""

from __future__ import annotations

from collections.abc import Sequence

from social_cme.discussions.models import CaseStep, Thread
from social_cme.discussions.rules.citations import Source, source_line
from social_cme.media.models import Image


def thread_texts(thread: Thread) -> dict[str, str]:
    """Return title and text of an opening; a case by its parts."""
    return {"title": thread.title, **(thread.case if thread.case is not None else {"body": thread.body_md})}


def picture_texts(images: Sequence[Image]) -> dict[str, str]:
    """Return what stands with pictures, for it is published with the text."""
    lines = [line for image in images for line in (image.alt, image.caption) if line]
    return {"pictures": "\n".join(lines)} if lines else {}


def post_texts(body: str, sources: Sequence[Source] = ()) -> dict[str, str]:
    """Return the text of an answer or comment with its sources."""
    lines = "\n".join(source_line(one.kind, one.value, one.label) for one in sources)
    return {"body": body, "citations": lines}


def step_texts(step: CaseStep, options: Sequence[str]) -> dict[str, str]:
    """Return the texts of a step of a case with the diagnoses of its poll."""
    return {"title": step.title, "body": step.body_md, "question": step.question, "options": "\n".join(options)}
