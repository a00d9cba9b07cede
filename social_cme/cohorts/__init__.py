"""Cohorts: a room runs over weeks with dated units, self-study, group challenges with peer feedback, and progress."""
