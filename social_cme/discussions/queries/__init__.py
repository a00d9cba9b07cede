"""Reads of discussions; everything is reached through the context of its room."""
