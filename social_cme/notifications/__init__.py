"""Telling people: the inbox, e-mail through an outbox, and what each person wants to hear."""
