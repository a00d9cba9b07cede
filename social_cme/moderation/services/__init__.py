"""What moderation writes: reports, decisions about them, measures, and the log of it all."""
