"""What discussions take in and show, for the API and the sockets."""
