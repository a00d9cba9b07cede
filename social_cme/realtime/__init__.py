"""Sockets: who is connected, which channels they follow, and what is sent to them after a commit."""
