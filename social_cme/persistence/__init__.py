"""How rows and facts are kept: base classes, the one transaction, the fact log and its delivery."""
