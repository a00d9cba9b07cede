"""Checks on how the project is laid out, rather than on what it does."""
