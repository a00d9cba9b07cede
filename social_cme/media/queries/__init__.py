"""Reads of pictures, and who may see each."""
