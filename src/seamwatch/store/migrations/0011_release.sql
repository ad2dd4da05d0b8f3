-- Coordination: release. Own rules and what people ordered are kept for ever; which incidents must be weighed
-- anew follows from what changed.

CREATE TABLE release_rules (
    version INTEGER PRIMARY KEY,
    yaml TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL
);

-- Append-only, but for a reason that `forget` may erase. `approved` says how finely each field was approved.
CREATE TABLE release_orders (
    number INTEGER PRIMARY KEY,
    incident TEXT NOT NULL,
    kind TEXT NOT NULL,
    receiver TEXT,
    field TEXT,
    tlp TEXT,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    why TEXT NOT NULL,
    approved TEXT NOT NULL
);
CREATE INDEX release_orders_incident ON release_orders (incident);
CREATE TRIGGER release_orders_unchanged
BEFORE UPDATE OF number, incident, kind, receiver, field, tlp, "by", at, approved ON release_orders BEGIN
    SELECT raise(ABORT, 'release orders are append-only');
END;
CREATE TRIGGER release_orders_kept BEFORE DELETE ON release_orders BEGIN
    SELECT raise(ABORT, 'release orders are append-only');
END;

-- The mentions that told the incident when it was ordered: where it is split, the order holds for all parts.
CREATE TABLE release_order_mentions (
    mention_id TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES release_orders (number),
    PRIMARY KEY (mention_id, number)
) WITHOUT ROWID;

-- Incidents that changed, came or went since they were weighed last.
CREATE TABLE release_changed (incident TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TRIGGER incidents_added_release AFTER INSERT ON incidents BEGIN
    INSERT OR IGNORE INTO release_changed VALUES (new.id);
END;
CREATE TRIGGER incidents_changed_release AFTER UPDATE OF json ON incidents BEGIN
    INSERT OR IGNORE INTO release_changed VALUES (new.id);
END;
CREATE TRIGGER incidents_removed_release AFTER DELETE ON incidents BEGIN
    INSERT OR IGNORE INTO release_changed VALUES (old.id);
END;
CREATE TRIGGER articles_changed_release AFTER UPDATE ON articles BEGIN
    INSERT OR IGNORE INTO release_changed
    SELECT i.incident_id FROM mentions m JOIN incident_mentions i ON i.mention_id = m.id
    WHERE m.article_id = new.id;
END;
CREATE TRIGGER article_sources_added_release AFTER INSERT ON article_sources BEGIN
    INSERT OR IGNORE INTO release_changed
    SELECT i.incident_id FROM mentions m JOIN incident_mentions i ON i.mention_id = m.id
    WHERE m.article_id = new.article_id;
END;
CREATE TRIGGER article_sources_removed_release AFTER DELETE ON article_sources BEGIN
    INSERT OR IGNORE INTO release_changed
    SELECT i.incident_id FROM mentions m JOIN incident_mentions i ON i.mention_id = m.id
    WHERE m.article_id = old.article_id;
END;
INSERT INTO release_changed SELECT id FROM incidents;

-- When more of an incident may go to a party.
CREATE TABLE release_due (
    incident TEXT NOT NULL,
    receiver TEXT NOT NULL,
    due TEXT NOT NULL,
    PRIMARY KEY (incident, receiver)
) WITHOUT ROWID;
CREATE INDEX release_due_due ON release_due (due);
