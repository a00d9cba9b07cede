"""What people keep for themselves: bookmarks with reminders, and private notes on threads."""
