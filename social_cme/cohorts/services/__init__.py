"""Writes of cohorts: planning, joining, ticking off, working in teams, giving feedback, copying for the next term."""
