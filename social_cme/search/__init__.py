"""Finding threads, answers, what was said in live sessions, rooms and people by words."""
