"""Reads of cohorts; whatever is inside one is reached through ``door``."""
