"""The only writers of threads, posts and what belongs to them."""
