"""Writes of live sessions, one module per noun."""
