"""Live sessions: scheduling, the question queue, chat, presence and attendance."""
