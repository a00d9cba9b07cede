"""Reads of the log of checks and of the names of those who take part."""
