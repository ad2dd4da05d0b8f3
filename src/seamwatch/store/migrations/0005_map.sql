-- What the map and the sums need of an incident, as whole numbers in a narrow row: a map of a million
-- incidents is read in a second. It follows from the incidents; the triggers keep it in step with them.

-- Words that many incidents share: types, statuses, countries, first-order units.
CREATE TABLE map_words (
    code INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
);

-- Days are ordinals (0001-01-01 is 1), points ten-millionths of a degree, radii metres; NULL is open.
CREATE TABLE incident_map (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    lat INTEGER,
    lon INTEGER,
    "precision" INTEGER,
    radius INTEGER,
    first INTEGER,
    last INTEGER,
    killed INTEGER,
    injured INTEGER,
    mentions INTEGER,
    event_type INTEGER,
    sub_event_type INTEGER,
    status INTEGER,
    country INTEGER,
    admin1 INTEGER
);

-- Which incidents were added, changed or removed, in this order: who holds the map in memory reads these anew.
-- The last hundred thousand are kept; who has missed more reads all.
CREATE TABLE map_changes (
    number INTEGER PRIMARY KEY,
    key INTEGER NOT NULL
);

CREATE VIEW map_facts AS
SELECT
    key,
    id,
    CASE WHEN lon IS NOT NULL THEN CAST(round(lat * 10000000) AS INTEGER) END AS lat,
    CASE WHEN lat IS NOT NULL THEN CAST(round(lon * 10000000) AS INTEGER) END AS lon,
    json_extract(json, '$.place.precision') AS "precision",
    CAST(round(min(json_extract(json, '$.place.radius_km'), 40000) * 1000) AS INTEGER) AS radius,
    CAST(julianday(date_start) - 1721424.5 AS INTEGER) AS first,
    CAST(julianday(date_end) - 1721424.5 AS INTEGER) AS last,
    min(killed, 2147483647) AS killed,
    min(json_extract(json, '$.injured.best'), 2147483647) AS injured,
    json_array_length(json, '$.mentions') AS mentions,
    event_type,
    sub_event_type,
    status,
    json_extract(json, '$.place.country') AS country,
    json_extract(json, '$.place.admin1') AS admin1
FROM incidents;

CREATE TRIGGER incidents_mapped AFTER INSERT ON incidents BEGIN
    INSERT INTO map_words (word)
    SELECT DISTINCT w.value FROM map_facts f, json_each(
        json_array(f.event_type, f.sub_event_type, f.status, f.country, f.admin1)
    ) w
    WHERE f.key = new.key AND w.value IS NOT NULL AND w.value NOT IN (SELECT word FROM map_words);
    INSERT INTO incident_map
    SELECT
        key, id, lat, lon, "precision", radius, first, last, killed, injured, mentions,
        (SELECT code FROM map_words WHERE word = event_type),
        (SELECT code FROM map_words WHERE word = sub_event_type),
        (SELECT code FROM map_words WHERE word = status),
        (SELECT code FROM map_words WHERE word = country),
        (SELECT code FROM map_words WHERE word = admin1)
    FROM map_facts WHERE key = new.key;
    INSERT INTO map_changes (key) VALUES (new.key);
    DELETE FROM map_changes WHERE number <= (SELECT max(number) FROM map_changes) - 100000;
END;
CREATE TRIGGER incidents_unmapped AFTER DELETE ON incidents BEGIN
    DELETE FROM incident_map WHERE key = old.key;
    INSERT INTO map_changes (key) VALUES (old.key);
    DELETE FROM map_changes WHERE number <= (SELECT max(number) FROM map_changes) - 100000;
END;
-- Areas are the only thing that changes within an incident.
CREATE TRIGGER incidents_placed AFTER UPDATE OF json ON incidents BEGIN
    INSERT INTO map_changes (key) VALUES (new.key);
    DELETE FROM map_changes WHERE number <= (SELECT max(number) FROM map_changes) - 100000;
END;

INSERT INTO map_words (word)
SELECT event_type FROM incidents UNION SELECT sub_event_type FROM incidents UNION SELECT status FROM incidents
UNION SELECT country FROM map_facts WHERE country IS NOT NULL
UNION SELECT admin1 FROM map_facts WHERE admin1 IS NOT NULL;
INSERT INTO incident_map
SELECT
    key, id, lat, lon, "precision", radius, first, last, killed, injured, mentions,
    (SELECT code FROM map_words WHERE word = event_type),
    (SELECT code FROM map_words WHERE word = sub_event_type),
    (SELECT code FROM map_words WHERE word = status),
    (SELECT code FROM map_words WHERE word = country),
    (SELECT code FROM map_words WHERE word = admin1)
FROM map_facts;
