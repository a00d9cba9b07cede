"""Identifiers of patients in what people write: found before it is published, never stored, never certified as absent."""
