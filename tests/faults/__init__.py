"""Tests that kill, starve or disconnect parts of a running server."""
