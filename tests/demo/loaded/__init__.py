"""The whole demonstration as ``flask demo load`` leaves it."""
