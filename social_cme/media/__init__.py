"""Pictures of a room: taken in, made anew without what cameras write into them, kept, shown to whoever may read the room."""
