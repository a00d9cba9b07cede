"""The only writers of pictures and of their files."""
