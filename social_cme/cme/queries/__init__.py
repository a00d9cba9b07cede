"""Reads of the participation ledger: one's own, a room's, and the state of the things that entries stand on."""
