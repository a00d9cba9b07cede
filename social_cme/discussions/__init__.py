"""Threads, answers and comments: asking, answering, voting, accepting, endorsing."""
