"""The front page: what happens now, who needs me, where I stand."""
