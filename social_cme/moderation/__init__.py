"""Keeping rooms safe: flags, the review queue, measures and the log of who did what."""
