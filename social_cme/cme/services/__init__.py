"""Writes of the participation ledger."""
