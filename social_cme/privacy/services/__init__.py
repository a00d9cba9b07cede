"""Checking texts before they are published, and the moderators' second look."""
