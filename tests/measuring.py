"""Which lines and branches of the product a run goes through: ``pytest -p tests.measuring`` writes it to ``COVERAGE_FILE``.

Rule: it is loaded before anything of the product is, as only what is imported afterwards is measured.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import slipcover

MEASURED = ["social_cme"]
# What is never meant to run: imports for the type checker, and what only declares.
LEFT_OUT = ["if TYPE_CHECKING:", "raise NotImplementedError", "@overload"]

# Each place is noted the first time it runs and costs nothing from then on; to trace every line, as the standard library's
# interface has it up to Python 3.11, takes as long again as the tests themselves.
_measure = slipcover.Slipcover(immediate=True, branch=True, source=MEASURED, exclude_also=LEFT_OUT)
slipcover.ImportManager(_measure, slipcover.FileMatcher(sources=MEASURED)).__enter__()


def pytest_unconfigure() -> None:
    """Write down what was seen."""
    Path(os.environ["COVERAGE_FILE"]).write_text(json.dumps(_measure.get_coverage()))
