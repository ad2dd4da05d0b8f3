-- What was read is kept in rows of its own; what was derived from it (incidents and their mentions) can be
-- rebuilt. Rows have an integer key beside their text id because FTS5 and the R-trees know only integers.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE articles (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT,
    text TEXT NOT NULL,
    published TEXT,
    source TEXT,
    url TEXT,
    language TEXT,
    author TEXT,
    retrieved TEXT,
    content_hash TEXT NOT NULL DEFAULT '',
    content_key TEXT NOT NULL DEFAULT '',
    fingerprint TEXT NOT NULL DEFAULT '',
    version_of TEXT REFERENCES articles (id),
    warnings TEXT NOT NULL DEFAULT '[]',
    stored_at TEXT NOT NULL
);
CREATE INDEX articles_content_key ON articles (content_key) WHERE content_key <> '';
CREATE INDEX articles_url ON articles (url) WHERE url IS NOT NULL;
CREATE INDEX articles_version_of ON articles (version_of) WHERE version_of IS NOT NULL;

-- Word-for-word copies: the same article as another outlet carried it.
CREATE TABLE article_sources (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    source TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    retrieved TEXT,
    PRIMARY KEY (article_id, source, url)
) WITHOUT ROWID;

CREATE TABLE article_bands (
    value INTEGER NOT NULL,
    article_key INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
    PRIMARY KEY (value, article_key)
) WITHOUT ROWID;
CREATE INDEX article_bands_article ON article_bands (article_key);

CREATE VIRTUAL TABLE article_words USING fts5 (
    title, text, content = 'articles', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER articles_added AFTER INSERT ON articles BEGIN
    INSERT INTO article_words (rowid, title, text) VALUES (new.key, new.title, new.text);
END;
CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN
    INSERT INTO article_words (article_words, rowid, title, text)
    VALUES ('delete', old.key, old.title, old.text);
END;
CREATE TRIGGER articles_changed AFTER UPDATE OF title, text ON articles BEGIN
    INSERT INTO article_words (article_words, rowid, title, text)
    VALUES ('delete', old.key, old.title, old.text);
    INSERT INTO article_words (rowid, title, text) VALUES (new.key, new.title, new.text);
END;

CREATE TABLE extractions (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    others TEXT NOT NULL,
    statements TEXT NOT NULL,
    places TEXT NOT NULL,
    dates TEXT NOT NULL,
    warnings TEXT NOT NULL,
    stored_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE mentions (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    json TEXT NOT NULL,
    event_type TEXT NOT NULL,
    sub_event_type TEXT NOT NULL,
    modality TEXT NOT NULL,
    date_start TEXT,
    date_end TEXT,
    lat REAL,
    lon REAL,
    radius REAL,
    country TEXT,
    admin1 TEXT
);
CREATE INDEX mentions_article ON mentions (article_id, ordinal);
CREATE INDEX mentions_undated ON mentions (key) WHERE date_start IS NULL;

-- Days are ordinals (0001-01-01 is 1). An R-tree of one dimension finds overlapping ranges of any length
-- without reading all that began earlier. The triggers keep both trees in step with their table.
CREATE VIRTUAL TABLE mention_days USING rtree_i32 (key, first, last);
CREATE VIRTUAL TABLE mention_points USING rtree (key, min_lat, max_lat, min_lon, max_lon);
CREATE TRIGGER mentions_added AFTER INSERT ON mentions BEGIN
    INSERT INTO mention_days
    SELECT new.key, julianday(new.date_start) - 1721424.5, julianday(new.date_end) - 1721424.5
    WHERE new.date_start IS NOT NULL;
    INSERT INTO mention_points SELECT new.key, new.lat, new.lat, new.lon, new.lon
    WHERE new.lat IS NOT NULL AND new.lon IS NOT NULL;
END;
CREATE TRIGGER mentions_removed AFTER DELETE ON mentions BEGIN
    DELETE FROM mention_days WHERE key = old.key;
    DELETE FROM mention_points WHERE key = old.key;
END;

-- Append-only: a later judgement supersedes an earlier one, none is changed or removed.
CREATE TABLE judgements (
    key INTEGER PRIMARY KEY,
    left_id TEXT NOT NULL,
    right_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    score REAL NOT NULL,
    reasons TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    supersedes INTEGER REFERENCES judgements (key),
    CHECK (left_id < right_id)
);
CREATE INDEX judgements_left ON judgements (left_id, right_id);
CREATE INDEX judgements_right ON judgements (right_id);
CREATE INDEX judgements_supersedes ON judgements (supersedes) WHERE supersedes IS NOT NULL;
CREATE TRIGGER judgements_unchanged BEFORE UPDATE ON judgements BEGIN
    SELECT raise(ABORT, 'judgements are append-only');
END;

CREATE TABLE incidents (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL,
    status TEXT NOT NULL,
    event_type TEXT NOT NULL,
    sub_event_type TEXT NOT NULL,
    date_start TEXT,
    date_end TEXT,
    lat REAL,
    lon REAL,
    killed INTEGER
);
CREATE INDEX incidents_date ON incidents (date_start, date_end);
CREATE VIRTUAL TABLE incident_points USING rtree (key, min_lat, max_lat, min_lon, max_lon);
CREATE TRIGGER incidents_added AFTER INSERT ON incidents BEGIN
    INSERT INTO incident_points SELECT new.key, new.lat, new.lat, new.lon, new.lon
    WHERE new.lat IS NOT NULL AND new.lon IS NOT NULL;
END;
CREATE TRIGGER incidents_removed AFTER DELETE ON incidents BEGIN
    DELETE FROM incident_points WHERE key = old.key;
END;

-- One mention tells one incident.
CREATE TABLE incident_mentions (
    mention_id TEXT PRIMARY KEY REFERENCES mentions (id) ON DELETE CASCADE,
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX incident_mentions_incident ON incident_mentions (incident_id);

-- What `--area` and `--actor` look up: names in small letters without marks.
CREATE TABLE incident_names (
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (incident_id, kind, name)
) WITHOUT ROWID;
CREATE INDEX incident_names_name ON incident_names (kind, name);

-- Every id ever given that is no incident's own now. NULL: no stored article tells it any longer.
CREATE TABLE aliases (
    id TEXT PRIMARY KEY,
    incident_id TEXT
) WITHOUT ROWID;
CREATE INDEX aliases_incident ON aliases (incident_id);

-- Append-only.
CREATE TABLE revisions (
    key INTEGER PRIMARY KEY,
    incident_id TEXT NOT NULL,
    at TEXT NOT NULL,
    field TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    because TEXT NOT NULL,
    mention TEXT NOT NULL,
    UNIQUE (incident_id, at, field, before, after, because, mention)
);
CREATE TRIGGER revisions_unchanged BEFORE UPDATE ON revisions BEGIN
    SELECT raise(ABORT, 'revisions are append-only');
END;

CREATE TABLE fetch_memory (
    url TEXT PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    fetched_at TEXT NOT NULL
) WITHOUT ROWID;
