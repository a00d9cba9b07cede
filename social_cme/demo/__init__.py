"""Demonstration content and its loader; never used in production."""
