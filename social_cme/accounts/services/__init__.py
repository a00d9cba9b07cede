"""Writes on accounts: registration, log-ins, mailed links, profile, access tokens, administration."""
