"""Social CME: clinicians keep learning by talking to each other."""

__version__ = "0.1.0"
