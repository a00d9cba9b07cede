"""Work of the search that nobody waits for."""

from __future__ import annotations

import time

from social_cme.jobs.queue import job
from social_cme.search.services.indexing import work_off_backlog

# Between two short writes others get their turn; one run ends before the next is due.
_PAUSE_SECONDS = 0.02
_LONGEST_RUN_SECONDS = 20.0


@job("search.read_imports", every_seconds=30)
def read_imports() -> None:
    """Read imported threads in small steps until none is left or the run has lasted long enough."""
    began = time.monotonic()
    while time.monotonic() - began < _LONGEST_RUN_SECONDS and work_off_backlog():
        time.sleep(_PAUSE_SECONDS)
