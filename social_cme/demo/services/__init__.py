"""Writes the demonstration through the services of the features, at the times at which it is told to have happened."""
