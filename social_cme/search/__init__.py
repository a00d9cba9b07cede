"""Finding threads, answers, rooms and people by words."""
