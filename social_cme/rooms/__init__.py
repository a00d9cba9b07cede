"""Topic rooms: who may enter, what they are for, and the door through which everything in them is reached."""
