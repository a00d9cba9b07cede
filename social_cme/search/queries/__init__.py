"""Reads of the search.

Rule: who may see a result is asked of the rooms, threads and posts as they are at this moment, never of the index.
"""

from social_cme.search.queries.finding import MAX_RESULTS, PAGE, find, list_searchable_rooms
from social_cme.search.queries.results import Filters, Result, SearchPage

__all__ = ["MAX_RESULTS", "PAGE", "Filters", "Result", "SearchPage", "find", "list_searchable_rooms"]
