"""What the search keeps of its own: plain text of everything that can be found, and the word index over it.

Rule: an entry holds words only. Who may see them, and whether they are hidden, is asked of the real rows when searching.
"""

from social_cme.search.models.entries import SearchBacklog, SearchEntry
from social_cme.search.models.index import POSTGRESQL_CREATE, POSTGRESQL_DROP, SQLITE_CREATE, SQLITE_DROP

__all__ = [
    "POSTGRESQL_CREATE",
    "POSTGRESQL_DROP",
    "SQLITE_CREATE",
    "SQLITE_DROP",
    "SearchBacklog",
    "SearchEntry",
]
