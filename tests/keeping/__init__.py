"""Bookmarks with reminders, and private notes."""
