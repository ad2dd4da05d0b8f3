-- Places that the analyst added. What is around one is told by names, not by units of the shipped
-- gazetteer: their ids change whenever that is built again.

CREATE TABLE place_files (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    format TEXT NOT NULL,
    rows INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    -- By which rules the names below were folded: another version may fold otherwise.
    folding TEXT NOT NULL,
    -- Whether the articles that name one of its places were looked for.
    applied INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE own_places (
    key INTEGER PRIMARY KEY,
    file_key INTEGER NOT NULL REFERENCES place_files (key) ON DELETE CASCADE,
    ref TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    country TEXT,
    admin1 TEXT,
    admin2 TEXT,
    lat REAL,
    lon REAL,
    population INTEGER NOT NULL,
    radius REAL NOT NULL,
    geonameid INTEGER,
    names_only INTEGER NOT NULL,
    aliases TEXT NOT NULL
);
CREATE INDEX own_places_file ON own_places (file_key);
CREATE INDEX own_places_geonameid ON own_places (geonameid) WHERE geonameid IS NOT NULL;

-- Folded names; `own` says that the place is named so, not only called so too.
CREATE TABLE own_place_names (
    key TEXT NOT NULL,
    place INTEGER NOT NULL REFERENCES own_places (key) ON DELETE CASCADE,
    own INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) WITHOUT ROWID;
CREATE INDEX own_place_names_place ON own_place_names (place);

-- Mentions that another program gave are never extracted again. Until now nothing told them apart, but
-- the rules hardly ever find an incident in an article without a place, a day, a statement or another passage.
ALTER TABLE extractions ADD COLUMN given INTEGER NOT NULL DEFAULT 0;
UPDATE extractions SET given = 1
WHERE places = '[]' AND dates = '[]' AND statements = '[]' AND others = '[]'
    AND EXISTS (SELECT 1 FROM mentions m WHERE m.article_id = extractions.article_id);

CREATE TABLE articles_to_read_again (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE
) WITHOUT ROWID;

-- What a change of the gazetteer changed: the tellings alone do not say it.
CREATE TABLE place_revisions (
    key INTEGER PRIMARY KEY,
    mention TEXT NOT NULL,
    at TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    because TEXT NOT NULL
);
CREATE INDEX place_revisions_mention ON place_revisions (mention);
