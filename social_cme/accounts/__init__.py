"""People: who they are, how they prove it, and the log-ins they have open."""
