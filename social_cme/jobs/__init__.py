"""Work that happens outside a request: a queue that survives a restart, and a schedule."""
