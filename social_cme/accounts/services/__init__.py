"""Writes on accounts: sign-up, log-ins, mailed links, profile, access tokens."""
