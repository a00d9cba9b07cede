"""Writes of notifications: telling people, marking as read, choosing what comes by e-mail."""
