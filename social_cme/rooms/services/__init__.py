"""Writes on rooms: opening and changing them, coming in, roles, leaving, invitations."""
