"""What the search writes: its own entries, from the rows as they are, as often as anybody asks."""
