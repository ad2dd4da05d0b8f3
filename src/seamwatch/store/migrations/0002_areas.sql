-- Areas as GeoJSON features, and which incidents lie in them. The R-tree finds the areas near a place; it
-- holds 32-bit floats rounded outwards, so a box never misses an area that it meets.

CREATE TABLE areas (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    country TEXT,
    json TEXT NOT NULL,
    west REAL NOT NULL,
    south REAL NOT NULL,
    east REAL NOT NULL,
    north REAL NOT NULL,
    stored_at TEXT NOT NULL
);
CREATE INDEX areas_name ON areas (name, id);

CREATE VIRTUAL TABLE area_boxes USING rtree (key, min_lat, max_lat, min_lon, max_lon);
CREATE TRIGGER areas_added AFTER INSERT ON areas BEGIN
    INSERT INTO area_boxes VALUES (new.key, new.south, new.north, new.west, new.east);
END;
CREATE TRIGGER areas_removed AFTER DELETE ON areas BEGIN
    DELETE FROM area_boxes WHERE key = old.key;
END;

-- Follows from an incident's place and days and from the areas; written anew whenever one of these changes.
CREATE TABLE incident_areas (
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    area_id TEXT NOT NULL,
    weight REAL NOT NULL,
    PRIMARY KEY (incident_id, area_id)
) WITHOUT ROWID;
CREATE INDEX incident_areas_area ON incident_areas (area_id, weight);
