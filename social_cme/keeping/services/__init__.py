"""Writes of bookmarks, reminders and private notes."""
