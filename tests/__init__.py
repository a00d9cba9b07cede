"""Tests of Social CME; they mirror the package."""

import gc

gc.disable()  # While modules are imported and tests collected; conftest.py ends it.
