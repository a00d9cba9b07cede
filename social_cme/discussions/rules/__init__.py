"""Pure rules of discussions: how sources are read, where drafts belong, how two versions differ."""
