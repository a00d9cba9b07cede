"""The word index over the entries: FTS5 on SQLite, tsvector on PostgreSQL.

Rule: triggers keep the index true to the entries, so no code can forget it. Nothing here needs an extension that a hosted
PostgreSQL may lack. Titles weigh more than texts; both sides reduce English words to their stems.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, event

from social_cme.search.models.entries import SearchEntry

SQLITE_CREATE = (
    """CREATE VIRTUAL TABLE search_index USING fts5(
        title, body, content='search_entry', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2', prefix='2 3'
    )""",
    """CREATE TRIGGER search_index_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_index (rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
    """CREATE TRIGGER search_index_removed AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_index (search_index, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    END""",
    """CREATE TRIGGER search_index_changed AFTER UPDATE OF title, body ON search_entry BEGIN
        INSERT INTO search_index (search_index, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
        INSERT INTO search_index (rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
)
SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS search_index_changed",
    "DROP TRIGGER IF EXISTS search_index_removed",
    "DROP TRIGGER IF EXISTS search_index_added",
    "DROP TABLE IF EXISTS search_index",
)

POSTGRESQL_CREATE = (
    """CREATE TABLE search_index (
        entry_id BIGINT PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE,
        words TSVECTOR NOT NULL
    )""",
    "CREATE INDEX search_index_words ON search_index USING gin (words)",
    """CREATE FUNCTION search_index_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO search_index (entry_id, words)
        VALUES (
            NEW.id,
            setweight(to_tsvector('english', NEW.title), 'A') || setweight(to_tsvector('english', NEW.body), 'C')
        )
        ON CONFLICT (entry_id) DO UPDATE SET words = EXCLUDED.words;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER search_index_changed AFTER INSERT OR UPDATE OF title, body ON search_entry
    FOR EACH ROW EXECUTE FUNCTION search_index_refresh()""",
)
POSTGRESQL_DROP = (
    "DROP TRIGGER IF EXISTS search_index_changed ON search_entry",
    "DROP FUNCTION IF EXISTS search_index_refresh()",
    "DROP TABLE IF EXISTS search_index",
)

_ddl: Any = DDL
for _dialect, _create, _drop in (
    ("sqlite", SQLITE_CREATE, SQLITE_DROP),
    ("postgresql", POSTGRESQL_CREATE, POSTGRESQL_DROP),
):
    for _statement in _create:
        event.listen(SearchEntry.__table__, "after_create", _ddl(_statement).execute_if(dialect=_dialect))
    for _statement in _drop:
        event.listen(SearchEntry.__table__, "before_drop", _ddl(_statement).execute_if(dialect=_dialect))
